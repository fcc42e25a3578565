"""Octets on their way out where a fault has struck (`faults/action.py`): late, few, slow, or none.

The engine is not told: it answers as ever. All that it says, and all that shall happen after it
(a further fault, the handshake of TLS, the end of the connection), stands in one queue, so that
nothing is lost and nothing overtakes. While something waits there the engine is held as it is by a
client that reads too slowly; and such a client holds the queue.

What has struck stays: a pace until another one takes its place, a cut until it is reached. Delays
add up. Once the connection is to end without an answer, no further fault changes that.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import Protocol, TypeAlias

from fakemail.faults.action import Action, Kind

TICK = 0.1
"""Seconds between the pieces of a slow answer, where an octet does not take longer."""

SILENT = frozenset({"close", "reset", "hang", "lose"})
"""Nothing goes out any more, so the transcript shows none of it."""

Step: TypeAlias = Callable[[], None]


class Way(Protocol):
    """What a connection gives its faults."""

    loop: asyncio.AbstractEventLoop

    def write(self, octets: bytes) -> None:
        """Send now, by TLS where it is on."""

    def is_full(self) -> bool:
        """Whether the client does not read; `Outgoing.drained` when it does again."""

    def waits(self) -> None:
        """Something waits: hold the engine."""

    def relieved(self) -> None:
        """Nothing waits any more."""

    def hang(self) -> None:
        """Hear nothing any more, but stay."""

    def end(self, how: str) -> None:
        """Close the connection now."""

    def reset(self, how: str) -> None:
        """Cut it, by RST in place of FIN."""


class Outgoing:
    """What goes out on one connection, from its first fault on."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._queue: deque[bytearray | Action | Step] = deque()
        self._timer: asyncio.Handle | None = None
        self._delay = 0.0
        self._pace: Action | None = None
        self._next = 0.0
        """When the next octets may go, at a slow pace."""
        self._left: int | None = None
        """Octets until the cut."""
        self._end: Kind | None = None
        self._over = False
        self.waiting = False
        """Whether something waits for its time, or for the client."""

    @property
    def hung(self) -> bool:
        """Whether nothing happens any more, until the client goes."""
        return self._end == "hang"

    @property
    def spent(self) -> bool:
        """Whether all goes as it would without a fault."""
        shaped = self._delay or self._pace or self._left is not None
        return not (self.waiting or shaped or self._end)

    def arm(self, action: Action) -> None:
        """Let this go wrong with what is said from here on."""
        self._queue.append(action)
        self._take_turn()

    def send(self, octets: bytes) -> None:
        """The engine said this."""
        if not self._over:
            self._queue.append(bytearray(octets))
            self._take_turn()

    def then(self, step: Step) -> None:
        """Do this when all that was said so far has gone out."""
        self._queue.append(step)
        self._take_turn()

    def drained(self) -> None:
        """The client reads again."""
        if self.waiting and self._timer is None and not self.hung:
            self._go_on()

    def stop(self) -> None:
        """The connection is gone."""
        self._over = True
        self._queue.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _take_turn(self) -> None:
        if not self.waiting:
            self._go_on()

    def _go_on(self) -> None:
        """Do what can be done now, in order."""
        self._timer = None
        while self._queue and not self._over:
            head = self._queue[0]
            if isinstance(head, Action):
                self._queue.popleft()
                self._take_on(head)
            elif not isinstance(head, bytearray):
                self._queue.popleft()
                head()
            elif self._delay:
                delay, self._delay = self._delay, 0.0
                self._wait(delay)
                return
            elif self._end is not None:
                self._carry_out(self._end)
            elif self._way.is_full():
                self._wait(None)
                return
            elif (pause := self._next - self._way.loop.time()) > 0:
                self._wait(pause)
                return
            elif self._write(head):
                self._wait(0.0)
                return
        if self.waiting and not self.hung:
            self.waiting = False
            if not self._over:
                self._way.relieved()

    def _write(self, head: bytearray) -> bool:
        """Send as much of it as may go now; whether the rest has to wait for a turn of the loop."""
        count, pace = len(head), self._pace
        if pace is not None:
            count = min(count, max(1, int(pace.number * TICK)))  # drip: its number is 0
        if self._left is not None:
            count = min(count, self._left)
            self._left -= count
        octets = bytes(head[:count])
        del head[:count]
        if not head:
            self._queue.popleft()
        if octets:
            self._way.write(octets)
        if self._left == 0:
            self._over = True
            self._way.end("cut off by a fault")
        elif pace is not None and pace.number:
            self._next = self._way.loop.time() + count / pace.number
        dripping = pace is not None and not pace.number
        return dripping and bool(self._queue) and isinstance(self._queue[0], bytearray)

    def _take_on(self, action: Action) -> None:
        """It counts from here on."""
        if self._end is not None:
            return
        self._delay += action.delay
        if action.kind in SILENT:
            self._end = action.kind
            if self.hung:
                self._queue.clear()
                self._over = True
                self._wait(None)
                self._way.hang()
        elif action.kind == "cut":
            self._left = action.number if self._left is None else min(self._left, action.number)
        elif action.kind in ("slow", "drip"):
            self._pace, self._next = action, 0.0

    def _carry_out(self, end: Kind) -> None:
        self._over = True
        self._queue.clear()
        if end == "reset":
            self._way.reset("reset by a fault")
        else:
            self._way.end("closed by a fault")

    def _wait(self, seconds: float | None) -> None:
        """Go on after so long; None: when somebody says so."""
        loop = self._way.loop
        if seconds is not None:
            self._timer = (
                loop.call_later(seconds, self._go_on) if seconds else loop.call_soon(self._go_on)
            )
        if not self.waiting:
            self.waiting = True
            self._way.waits()


def linger_not(connection: socket.socket) -> None:
    """Close with RST, and without what is still unsent (SO_LINGER with no time)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
