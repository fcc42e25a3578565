"""NOOP (RFC 1939 §5)."""

from __future__ import annotations

from fakemail.pop3.session import Session
from fakemail.wire.effects import Effects


def noop(session: Session, _: None) -> Effects:
    """NOOP does nothing (RFC 1939 §5)."""
    return (session.say("pop3.noop"),)
