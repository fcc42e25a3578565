"""STLS: go on inside TLS (RFC 2595 §4)."""

from __future__ import annotations

from fakemail.pop3.response import ok
from fakemail.pop3.session import Session
from fakemail.reasons.pop3 import NO_TLS, TLS_ACTIVE
from fakemail.reasons.reason import Refusal
from fakemail.reasons.utf8 import UTF8_BEFORE_TLS
from fakemail.wire.effects import Effects, StartTls


def stls(session: Session, _: None) -> Effects:
    """STLS begins the handshake right after its response (RFC 2595 §4)."""
    if session.desk.tls is not None:
        raise Refusal(TLS_ACTIVE)
    if not session.desk.can_tls:
        raise Refusal(NO_TLS)
    if session.utf8:
        raise Refusal(UTF8_BEFORE_TLS)
    session.awaits_tls = True
    return (ok("Begin TLS negotiation"), StartTls())
