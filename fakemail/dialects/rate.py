"""So many in so long: ``20/15min``, the value of a rule that limits something over time."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 100_000
"""What is counted is kept, moment by moment, so a rate has an end."""

LONGEST = 7 * 86400
"""Seconds."""

WANTED = "a number in a time, such as 5/10min, 20/h or 100/day; or off"

_UNITS = {"s": 1, "min": 60, "h": 3600, "day": 86400}
_NAMES = {
    **{name: unit for unit in _UNITS for name in (unit, unit + "s")},
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "minute": "min",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "d": "day",
}
_TYPED = re.compile(r"(\d{1,9}) ?/ ?(\d{1,9})? ?([a-z]{1,7})", re.ASCII)


class NotARate(ValueError):
    """The text is for people."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` may pass in any `seconds`; the next one is refused.

    Raises NotARate for less than one, more than `MOST`, or more than a week.
    """

    count: int
    seconds: int

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST:
            raise NotARate(f"{self.count} is not a number from 1 to {MOST}")
        if not 1 <= self.seconds <= LONGEST:
            raise NotARate(f"{self.seconds} is not a time from a second to seven days")

    def __str__(self) -> str:
        """As it is typed: ``20/15min``, ``100/day``."""
        number, unit = self._time()
        return f"{self.count}/{'' if number == 1 else number}{unit}"

    @property
    def within(self) -> str:
        """The time, for people who read any language: ``15 min``."""
        number, unit = self._time()
        return f"{number * 24} h" if unit == "day" else f"{number} {unit}"

    @classmethod
    def of(cls, typed: str) -> Rate:
        """The rate that somebody typed; raises NotARate."""
        match = _TYPED.fullmatch(typed.strip().lower())
        unit = _NAMES.get(match[3]) if match else None
        if match is None or unit is None:
            raise NotARate(f"{typed!r} is not {WANTED}")
        return cls(int(match[1]), int(match[2] or 1) * _UNITS[unit])

    def _time(self) -> tuple[int, str]:
        unit = next(name for name in reversed(_UNITS) if self.seconds % _UNITS[name] == 0)
        return self.seconds // _UNITS[unit], unit
