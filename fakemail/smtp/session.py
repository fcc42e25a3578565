"""One SMTP session, as the host sees it (see `border.py` for the rules between the two)."""

from __future__ import annotations

import asyncio

from fakemail.desk import Desk
from fakemail.smtp.border import Border, SmtpPolicy
from fakemail.wire.engine import TlsFacts


class SmtpSession:
    """Hands what happens on the connection to the conversation."""

    def __init__(
        self, desk: Desk, border: Border, policy: SmtpPolicy, loop: asyncio.AbstractEventLoop
    ) -> None:
        raise NotImplementedError

    def opened(self) -> None:
        """The connection is there (and TLS, where it is implicit): the greeting."""

    def received(self, octets: bytes) -> None:
        """The client sent these octets."""

    def secured(self, tls: TlsFacts) -> None:
        """The handshake is done: nothing learnt in clear survives (RFC 3207 §4.2)."""

    def congested(self, slow: bool) -> None:
        """The client reads too slowly, or has caught up again."""

    def drained(self) -> None:
        """The client has caught up."""

    def shutting_down(self) -> None:
        """The server goes away: 421 (RFC 5321 §3.8)."""

    def ended(self) -> None:
        """The connection is gone; a message that was not complete is forgotten."""
