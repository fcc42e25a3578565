"""What happened when: sliding windows, each by what is counted and of whom.

A window keeps the moments of the newest events, as many as its rate allows in all. It is full when
the oldest of these is younger than the rate's time, and has room again the moment when that one is
as old: an event at second 0 no longer counts at second 10 of ``3/10s``. So a refusal can say when
it ends, and nothing has to be cleaned up by a timer.

What was refused is not counted: who keeps trying does not wait for ever.

Memory is bounded whatever clients do: `MOST_WINDOWS` and `MOST_MOMENTS`; beyond that the window in
which nothing has happened for longest is forgotten.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from fakemail.clock import Clock
from fakemail.dialects.rate import Rate

MOST_WINDOWS = 10_000
MOST_MOMENTS = 1_000_000

Key: TypeAlias = tuple[str, str, str]
"""Dialect, rule, and whose: an address of an account or of a client."""


class Counts:
    """Of one server."""

    def __init__(self, clock: Clock) -> None:
        self._now = clock.monotonic
        self._windows: dict[Key, deque[float]] = {}
        """Where something happened last comes last."""
        self._moments = 0
        self._open: dict[Key, int] = {}

    def left(self, key: Key, rate: Rate) -> float:
        """Seconds until the next may pass; 0: now."""
        window = self._windows.get(key)
        if window is None or len(window) < rate.count:
            return 0.0
        return max(0.0, window[-rate.count] + rate.seconds - self._now())

    def within(self, key: Key, rate: Rate) -> int:
        """How many there were in the rate's time."""
        since = self._now() - rate.seconds
        return sum(moment > since for moment in self._windows.get(key, ()))

    def add(self, key: Key, rate: Rate) -> None:
        """It happened once more, now."""
        window = self._windows.pop(key, None)
        if window is None or window.maxlen != rate.count:  # another rate than before
            kept = window or ()
            window = deque(kept, rate.count)
            self._moments += len(window) - len(kept)
        self._moments += len(window) < rate.count
        window.append(self._now())
        self._windows[key] = window
        while len(self._windows) > MOST_WINDOWS or self._moments > MOST_MOMENTS:
            oldest = next(iter(self._windows))
            self._moments -= len(self._windows.pop(oldest))

    # what is open at the moment

    def opened(self, key: Key) -> int:
        """How many are open."""
        return self._open.get(key, 0)

    def open(self, key: Key) -> None:
        """One more is open, until `shut`."""
        self._open[key] = self._open.get(key, 0) + 1

    def shut(self, key: Key) -> None:
        """One is open no more."""
        number = self._open.pop(key) - 1
        if number:
            self._open[key] = number

    def forget(self, whose: Callable[[str], bool] = lambda _: True) -> None:
        """Nothing has happened, to these or to anybody; what is open stays open."""
        for key in [key for key in self._windows if whose(key[2])]:
            self._moments -= len(self._windows.pop(key))
