"""Time as a parameter: the only place that reads the computer's clock.

Engines, the store and the recorder take a `Clock`; tests give them one they turn by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic as _monotonic
from time import time as _time
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never steps back."""


class SystemClock:
    """The computer's clock."""

    time = staticmethod(_time)
    monotonic = staticmethod(_monotonic)


@dataclass(slots=True)
class ManualClock:
    """A clock that stands still until a test moves it."""

    now: float = 1_700_000_000.0

    def time(self) -> float:
        """Seconds since 1970-01-01 UTC, as last set."""
        return self.now

    def monotonic(self) -> float:
        """The same number: this clock has one hand."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds."""
        self.now += seconds
