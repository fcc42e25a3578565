"""The two that a connection deals with: its app (it speaks the protocol), its host (the server)."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Protocol

from fakemail.desk import Desk
from fakemail.wire.engine import Peer

if TYPE_CHECKING:
    from fakemail.faults.action import Action
    from fakemail.services.connection import Connection


class App(Protocol):
    """What is driven at the border: an engine's driver, or the SMTP session."""

    @property
    def idle_limit(self) -> float:
        """Seconds without an octet from the client, after which `timed_out` is called."""

    @property
    def busy(self) -> bool:
        """Whether the server is answering, so that silence of the client is no idleness."""

    def opened(self) -> None:
        """The connection is there, and TLS too where it is implicit."""

    def received(self, octets: bytes) -> None:
        """The client sent this (in clear or decrypted)."""

    def secured(self) -> None:
        """The handshake that `Connection.start_tls` began is done; `desk.tls` tells of it."""

    def ended(self) -> None:
        """The client will send no more, but may still read."""

    def congested_changed(self, yes: bool) -> None:
        """The client reads too slowly (stop sending), or has caught up."""

    def timed_out(self) -> None:
        """Nothing came for `idle_limit` seconds."""

    def shutting_down(self) -> None:
        """The server stops: finish what was accepted, say goodbye, close."""

    def arm(self, action: Action) -> None:
        """Something is to go wrong with what the server says from here on."""

    def closed(self) -> None:
        """The connection is gone.

        Called once, always.
        """


class Host(Protocol):
    """What a connection asks of the server."""

    handshake_limit: float
    """Seconds for a TLS handshake."""

    linger: float
    """Seconds that a client has to take leave after the server closed."""

    def has_room(self) -> bool:
        """Whether one more connection can at least be answered."""

    def admit(self, connection: Connection, peer: Peer) -> tuple[Desk, App]:
        """A session for this connection."""

    def tls_context(self, desk: Desk) -> ssl.SSLContext | None:
        """For a new handshake in this session."""

    def named(self, connection: Connection, server_name: str | None) -> None:
        """A handshake is done, in which the client asked for this server."""

    def gone(self, connection: Connection) -> None:
        """The connection is no more."""
