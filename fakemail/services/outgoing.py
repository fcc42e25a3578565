"""Octets on their way out while a fault is armed (`faults/action.py`): late, few, slow, or none.

The engine is not told: it answers as ever. What it says while nothing may go out (a delay, a slow
pace) waits here, and counts as congestion, so that the engine is held like it is by a slow reader.
A connection that is to be closed is closed when what waits has gone out.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Protocol

from fakemail.faults.action import Action

TICK = 0.1
"""Seconds between the pieces of a slow answer, where an octet does not take longer."""

AT_ONCE = 256
"""Single octets that are sent in one turn of the loop."""

SILENT = frozenset({"close", "reset", "hang", "lose"})
"""Nothing goes out any more, so the transcript shows none of it."""


class Way(Protocol):
    """What a connection gives its fault."""

    loop: asyncio.AbstractEventLoop

    def write(self, octets: bytes) -> None:
        """Send now, by TLS where it is on."""

    def relieved(self, *, closes: str) -> None:
        """Nothing waits any more; `closes`: with these words the connection was to be closed."""

    def waits(self) -> None:
        """Something waits: hold the engine."""

    def close(self, how: str) -> None:
        """Close the connection."""

    def abort(self, how: str) -> None:
        """Cut it."""

    def reset_when_cut(self) -> None:
        """Let the kernel send RST in place of FIN."""


class Outgoing:
    """One armed fault on one connection."""

    def __init__(self, way: Way, action: Action) -> None:
        self._way = way
        self._kind = action.kind
        self._number = action.number
        self._left = action.number
        self._delay = action.delay
        self._queue = bytearray()
        self._timer: asyncio.Handle | None = None
        self._closes = ""

    @property
    def waiting(self) -> bool:
        """Whether octets, or the end of the connection, wait for their time."""
        return self._timer is not None

    def send(self, octets: bytes) -> None:
        """The engine said this."""
        self._queue += octets
        if self._timer is None:
            if self._delay:
                delay, self._delay = self._delay, 0.0
                self._later(delay)
            else:
                self._go_on()

    def postpones(self, how: str) -> bool:
        """The connection is to be closed; whether that has to wait."""
        if self._kind == "hang":
            return True
        if self._timer is not None:
            self._closes = self._closes or how
        return self._timer is not None

    def stop(self) -> None:
        """The connection is gone."""
        if self._timer is not None:
            self._timer.cancel()

    def _later(self, seconds: float) -> None:
        waited = self._timer is not None
        loop = self._way.loop
        self._timer = (
            loop.call_later(seconds, self._go_on) if seconds else loop.call_soon(self._go_on)
        )
        if not waited:
            self._way.waits()

    def _go_on(self) -> None:
        """Send what may go out now."""
        way = self._way
        if self._kind == "reset":
            way.reset_when_cut()
            way.abort("reset by a fault")
        elif self._kind in SILENT:
            self._queue.clear()
            if self._kind != "hang":
                way.close("closed by a fault")
        elif self._kind == "cut":
            way.write(self._take(min(self._left, len(self._queue))))
            if self._queue or not self._left:
                way.close("cut off by a fault")
        elif self._kind == "slow":
            way.write(self._take(max(1, int(self._number * TICK))))
            if self._queue:
                return self._later(max(TICK, 1 / self._number))
        elif self._kind == "drip":
            for _ in range(min(AT_ONCE, len(self._queue))):
                way.write(self._take(1))
            if self._queue:
                return self._later(0.0)
        else:
            way.write(self._take(len(self._queue)))
        if self._timer is not None:
            self._timer = None
            way.relieved(closes=self._closes)
        return None

    def _take(self, count: int) -> bytes:
        octets = bytes(self._queue[:count])
        del self._queue[:count]
        self._left -= count
        return octets


def linger_not(connection: socket.socket) -> None:
    """Close with RST, and without what is still unsent (SO_LINGER with no time)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
