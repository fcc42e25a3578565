"""DELE and RSET: mark as deleted, and take the marks away (RFC 1939 §5)."""

from __future__ import annotations

from fakemail.pop3.commands.login import welcome
from fakemail.pop3.session import Session
from fakemail.wire.effects import Effects


def dele(session: Session, number: int) -> Effects:
    """DELE marks a message; only QUIT removes it (RFC 1939 §5)."""
    session.maildrop.delete(number)
    return (session.say("pop3.dele", f"message {number} deleted", n=number),)


def rset(session: Session, _: None) -> Effects:
    """RSET takes all marks away (RFC 1939 §5)."""
    session.maildrop.undelete()
    return (welcome(session, "pop3.rset"),)
