"""USER and PASS (RFC 1939 §7)."""

from __future__ import annotations

from fakemail.pop3.response import ok
from fakemail.pop3.session import Session
from fakemail.reasons.pop3 import USER_FIRST
from fakemail.reasons.reason import Refusal
from fakemail.wire.effects import Effects


def user(session: Session, name: str) -> Effects:
    """USER names the mailbox (RFC 1939 §7); whether it exists is not said before PASS."""
    session.user = name
    return (ok("send PASS"),)


def pass_(session: Session, secret: str) -> Effects:
    """PASS gives the code, locks the maildrop and opens it (RFC 1939 §7).

    After a failure both commands have to come again.
    """
    name, session.user = session.user, None
    if name is None:
        raise Refusal(USER_FIRST)
    session.log_in(name, secret, "", "PASS")
    return (ok(welcome(session)),)


def welcome(session: Session) -> str:
    """``maildrop has 2 messages (320 octets)``, as the example of RFC 1939 §10 says it."""
    count = len(session.maildrop)
    plural = "" if count == 1 else "s"
    return f"maildrop has {count} message{plural} ({session.maildrop.octets} octets)"
