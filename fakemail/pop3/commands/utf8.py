"""UTF8: what follows may be UTF-8 (RFC 6856 §2.1). LANG (§3) is not offered."""

from __future__ import annotations

from fakemail.pop3.response import ok
from fakemail.pop3.session import Session
from fakemail.pop3.utf8 import offered
from fakemail.reasons.pop3 import UNKNOWN_COMMAND
from fakemail.reasons.reason import Refusal
from fakemail.wire.effects import Effects


def utf8(session: Session, _: None) -> Effects:
    """UTF8 switches to UTF-8 mode, and there is no way back (RFC 6856 §2.1)."""
    if not offered(session):
        raise Refusal(UNKNOWN_COMMAND)
    session.utf8 = True
    return (ok("UTF8 enabled"),)
