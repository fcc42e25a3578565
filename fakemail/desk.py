"""What one session is given: the things it works with, in one place, so that engines stay sans-
IO.

The host makes a `Desk` for every connection; an engine takes it and a `wake` function, and
nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from fakemail.accounts.directory import Directory
from fakemail.clock import Clock
from fakemail.dialects.dialect import GENERIC, Dialect
from fakemail.store.store import Store
from fakemail.transcript.recorder import Recorder
from fakemail.wire.engine import Peer, TlsFacts


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may ask for; all in octets, seconds or counts."""

    message_octets: int = 50 * 1024 * 1024
    """Largest message by DATA, BDAT or APPEND; what SIZE advertises (RFC 1870)."""

    recipients: int = 1000
    """Recipients of one message (RFC 5321 §4.5.3.1.8 wants at least 100)."""

    command_octets: int = 65536
    """One IMAP command without the message literals of APPEND."""

    smtp_timeout: float = 300.0
    """RFC 5321 §4.5.3.2.7."""

    pop3_timeout: float = 600.0
    """RFC 1939 §3 wants at least ten minutes."""
    imap_timeout: float = 1800.0
    """RFC 9051 §5.4 wants at least thirty minutes."""
    login_timeout: float = 180.0
    """POP3 and IMAP before login."""


@dataclass(slots=True)
class Desk:
    """One session's things."""

    peer: Peer
    host_name: str
    """What the server calls itself in greetings and trace fields."""

    recorder: Recorder
    directory: Directory
    store: Store
    clock: Clock
    limits: Limits
    dialect: Dialect = GENERIC
    tls: TlsFacts | None = None
    """Set by the host when the handshake is done; None in clear."""

    can_tls: bool = True
    """Whether STARTTLS/STLS can be offered (a certificate is configured)."""
