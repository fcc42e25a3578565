"""What the host calls on an engine: events in, effects out.

Rules between host and engine:

1. The host consumes one iterable to its end (or closes it) before it calls the next entry point.
2. `received` may be given any slice of the stream, from one octet to many commands.
3. After `Close` nothing more is pulled; `closed()` follows exactly once for every engine, always.
4. `woken()` follows a call of the `wake` function that the engine was given; several calls may
   become one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from fakemail.wire.effects import Effects


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What is known of the TLS layer under a session."""

    version: str
    """As OpenSSL names it, e.g. ``TLSv1.3``."""

    cipher: str
    server_name: str | None = None
    """SNI that the client sent (RFC 6066 §3), if any."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Both ends of a connection, and which listener took it."""

    host: str
    port: int
    local_host: str
    local_port: int
    listener: str
    """One of ``smtp submission submissions smtp-alt pop3 pop3s imap imaps``."""


class Engine(Protocol):
    """A sans-IO protocol engine (`pop3/`, `imap/`)."""

    @property
    def idle_limit(self) -> float:
        """Seconds without a command after which the host calls `timed_out()`; may change as the
        session goes."""

    def opened(self) -> Effects:
        """The connection is there (and TLS, where it is implicit): the greeting."""

    def received(self, octets: bytes) -> Effects:
        """The client sent these octets."""

    def secured(self, tls: TlsFacts) -> Effects:
        """The handshake that `StartTls` asked for is done."""

    def woken(self) -> Effects:
        """The engine's `wake` was called: something changed that the client may want to hear
        of."""

    def timed_out(self) -> Effects:
        """Nothing came for `idle_limit` seconds: say goodbye and close."""

    def closed(self) -> None:
        """The connection is gone, however: release locks and subscriptions, forget unsaved
        changes."""
