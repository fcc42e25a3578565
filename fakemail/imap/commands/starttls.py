"""STARTTLS (RFC 3501 §6.2.1)."""

from __future__ import annotations

from fakemail.imap.command import Command, Running, nothing
from fakemail.imap.session import Session, State
from fakemail.reasons.imap import TLS_ACTIVE, TLS_UNAVAILABLE
from fakemail.reasons.reason import Refusal
from fakemail.wire.effects import StartTls


def starttls(session: Session, _: None) -> Running:
    """STARTTLS begins TLS after its tagged OK; what was sent in clear behind it is dropped."""
    if session.desk.tls is not None:
        raise Refusal(TLS_ACTIVE)
    if not session.desk.can_tls:
        raise Refusal(TLS_UNAVAILABLE)
    session.afterwards = StartTls()
    yield from ()
    return b"OK Begin TLS negotiation now."


ROWS = (
    Command(
        name="STARTTLS",
        parse=nothing,
        run=starttls,
        states=State.NOT_AUTHENTICATED,
        cites="RFC 3501 §6.2.1",
        capability="STARTTLS",
    ),
)
