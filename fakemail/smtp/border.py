"""What SMTP asks of the host that drives its connection, and what it is told.

The host (`services/`) owns the socket, TLS, the transcript of what was sent and the pace; one
border for all three protocols. POP3 and IMAP return effects; SMTP, being aiosmtpd, acts on a
`Border` while one of its entry points runs:

    session = SmtpSession(desk, border, policy, loop)
    session.opened()               the connection is there (and TLS, where it is implicit): greeting
    session.received(octets)       any slice of the stream
    session.secured(tls)           the handshake that `start_tls()` began is done
    session.congested(True|False)  the client reads too slowly, or has caught up
    session.drained()              the same as congested(False)
    session.shutting_down()        421 4.3.2 and close; nothing more is read
    session.ended()                the connection is gone, however; exactly once, nothing follows

Rules:

1. Every entry point runs to its end at once; none blocks, none raises.
2. `send` records at once, so that the transcript stands in the order of the conversation. The
   octets may wait until the entry point returns: the replies to pipelined commands then leave
   in one write (RFC 2920 §3.2).
3. After `start_tls` the host sends what is waiting, throws away whatever it still holds of the
   clear stream, begins the handshake, sets `desk.tls`, tells the recorder, calls `secured`.
4. After `close` the host calls `received` no more, and `ended` once. It closes the recorder
   after `ended`, because the session may still have something to say about how it ended.
5. While `congested` is true the session carries out no further command; it holds what it was
   given and has called `pause_reading`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Border(Protocol):
    """The outside of one connection, as SMTP sees it."""

    congested: bool
    """The client reads too slowly: stop writing until `SmtpSession.congested(False)`."""

    def send(self, octets: bytes, shown: bytes | None = None) -> None:
        """Send one whole reply; the transcript shows `shown` in its place if that is given."""

    def start_tls(self) -> None:
        """Begin the handshake after everything sent so far has gone out in clear."""

    def close(self) -> None:
        """Close after everything sent so far has gone out."""

    def pause_reading(self) -> None:
        """Take no more octets from the client for now."""

    def resume_reading(self) -> None:
        """Take octets again."""


@dataclass(frozen=True, slots=True)
class SmtpPolicy:
    """What one listener demands."""

    auth_required: bool
    """True for submission (RFC 6409 §4.3): EHLO, then AUTH, then MAIL. False for port 25."""

    sender_must_match: bool = False
    """Whether MAIL may only name an address of the account that has logged in (RFC 6409 §6.1)."""

    unknown_commands: int = 20
    """So many unknown commands end the session; a person at a keyboard mistypes a few."""


RELAY = SmtpPolicy(auth_required=False)
"""The listener `smtp`: takes mail for anybody."""

SUBMISSION = SmtpPolicy(auth_required=True)
"""The listeners `submission`, `submissions` and `smtp-alt`."""


def policy_of(listener: str) -> SmtpPolicy:
    """The policy of a listener, by its name (`Peer.listener`)."""
    return RELAY if listener == "smtp" else SUBMISSION
