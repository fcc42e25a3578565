"""What an engine wants done, as values (mitmproxy's "commands out").

An engine (POP3, IMAP) touches no socket. Each of its entry points returns an iterable of
effects, and the host that drives it (`services/drive.py`) carries them out *in order and one at
a time*: it stops pulling while the client reads too slowly, so an engine that yields one
message at a time holds one message at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Shown:
    """Send `octets`, but let the transcript show `text` (message content, challenges with
    secrets)."""

    octets: bytes
    text: bytes


@dataclass(frozen=True, slots=True)
class StartTls:
    """Begin the TLS handshake now; whatever arrived in clear after the command is thrown away.

    The engine has already sent its go-ahead. When the handshake is done the host calls
    `secured()` (RFC 3207 §4.2, RFC 2595 §4, RFC 9051 §6.2.1: nothing learnt in clear may
    survive).
    """


@dataclass(frozen=True, slots=True)
class Compress:
    """From now on both sides send DEFLATE (RFC 4978 §3); everything before has gone out without.

    `early`: so many octets came behind the command, before its answer; the engine dropped them.
    """

    early: int = 0


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection after everything sent so far has gone out."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds before the next effect; nothing is read from the client
    meanwhile."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Later:
    """Call `woken()` in so many seconds (perhaps earlier too); go on meanwhile."""

    seconds: float


Effect: TypeAlias = bytes | Shown | StartTls | Compress | Close | Pause | Later
"""Plain `bytes` are the usual case: send them, and show them in the transcript as they are.

Empty ``b""`` sends nothing: with it an engine at long work says "others may have their turn", and
the host gives it to them when this session's slice of time is over."""

Effects: TypeAlias = Iterable[Effect]
