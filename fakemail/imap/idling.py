"""What providers make of IDLE: nothing is pushed, or late, or the connection ends.

Without a timer of its own: it asks to be woken `Later`, and looks at the clock when it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from fakemail.clock import Clock
from fakemail.dialects.dialect import Dialect
from fakemail.wire.effects import Effect, Later

RULES = ("silent_idle", "idle_closes_after", "idle_push_delay")


@dataclass(slots=True)
class Idling:
    """One IDLE."""

    clock: Clock
    silent: bool
    push_delay: float
    closes_at: float | None
    _due: float | None = None
    """When what happened may be told; None: nothing has happened."""

    @property
    def over(self) -> bool:
        """Whether the provider hangs up now."""
        return self.closes_at is not None and self.clock.monotonic() >= self.closes_at

    def holds_back(self) -> list[Effect] | None:
        """None: news may be told now; else what is to be done in place of it."""
        if self.silent:
            return []
        if not self.push_delay:
            return None
        now = self.clock.monotonic()
        if self._due is None:
            self._due = now + self.push_delay
            return [Later(self.push_delay)]
        if now < self._due:
            return []
        self._due = None
        return None


def idling(dialect: Dialect, clock: Clock) -> Idling | None:
    """What this dialect makes of an IDLE that begins now; None: the usual."""
    if not dialect.rules or not any(map(dialect.has, RULES)):
        return None
    closes_after = dialect.seconds("idle_closes_after")
    return Idling(
        clock,
        dialect.has("silent_idle"),
        dialect.seconds("idle_push_delay"),
        clock.monotonic() + closes_after if closes_after else None,
    )
