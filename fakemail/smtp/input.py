"""Where the conversation waits for the client.

A conversation is a coroutine, because aiosmtpd's commands are; but no task runs it. All it ever
awaits is one of four things of its own host: octets, the client catching up, TLS, or a time. So the
session drives it by hand: `coroutine.send(octets)` runs it until it wants more. An entry point of
the session therefore ends when everything that could be done has been done. There is nothing to
cancel and nothing that runs later, and a command costs no turn of the event loop.

`Input` is both ends of that: what the conversation awaits, and how the session wakes it up. Its
methods are generators where they could be coroutines: ``yield`` is the very place where control
goes back to the session, and what it gives is what the session sends.
"""

from __future__ import annotations

import types
from collections.abc import Generator
from typing import Literal, TypeAlias, TypeVar

from fakemail.wire.buffer import Buffer

Want: TypeAlias = Literal["octets", "relief", "tls", "time"]

T = TypeVar("T")
Wait: TypeAlias = Generator[None, bytes, T]
"""Gives nothing, is sent octets, returns T."""


class Input:
    """What the client has sent and the conversation has not taken yet."""

    __slots__ = ("_buffer", "seconds", "wants")

    def __init__(self) -> None:
        self._buffer = Buffer()
        self.wants: Want = "octets"
        """What the conversation waits for, while it waits."""

        self.seconds = 0.0
        """How long, where that is a time."""

    def __len__(self) -> int:
        return len(self._buffer)

    def hold(self, octets: bytes) -> None:
        """Keep octets for later: the conversation waits for something else."""
        self._buffer.feed(octets)

    def clear(self) -> int:
        """Forget what was not taken (STARTTLS); returns how many octets that was."""
        count = len(self._buffer)
        self._buffer.clear()
        return count

    @types.coroutine
    def line(self, limit: int) -> Wait[bytes]:
        """The next line with its line end; raises LineTooLong."""
        while True:
            if not len(self._buffer):
                self.wants = "octets"
                octets = yield
                if octets.find(b"\n") == len(octets) - 1 < limit:
                    return octets  # one command, whole: what nearly all clients send
                self._buffer.feed(octets)
            line = self._buffer.line(limit)
            if line is not None:
                return line
            self.wants = "octets"
            self._buffer.feed((yield))

    @types.coroutine
    def chunk(self, most: int | None = None) -> Wait[bytes]:
        """What is there, at least one octet, at most `most`; waits where there is nothing."""
        have = len(self._buffer)
        if not have:
            self.wants = "octets"
            octets = yield
            if most is None or len(octets) <= most:
                return octets
            self._buffer.feed(octets[most:])
            return octets[:most]
        return self._buffer.take(have if most is None else most)

    @types.coroutine
    def relief(self) -> Wait[None]:
        """Wait until the client has read what it was sent."""
        self.wants = "relief"
        yield

    @types.coroutine
    def tls(self) -> Wait[None]:
        """Wait until the handshake is done."""
        self.wants = "tls"
        yield

    @types.coroutine
    def pause(self, seconds: float) -> Wait[None]:
        """Wait so long; what the client says meanwhile is heard later."""
        self.wants, self.seconds = "time", seconds
        yield
