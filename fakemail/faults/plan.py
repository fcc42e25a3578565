"""The faults of one server, and how often each has come and struck.

An occasion counts for every fault that it meets, whether that one strikes or not; of those that
strike, the first that was planned does. So what one fault does never depends on another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fakemail.faults.moment import Occasion
from fakemail.faults.trigger import Counts

if TYPE_CHECKING:
    from fakemail.faults.fault import Fault

MOST = 100
"""Faults at a time."""


@dataclass(slots=True)
class Planned:
    """A fault with its number and its history."""

    number: int
    fault: Fault
    only: Callable[[Occasion], bool] | None = None
    """A further condition of whoever planned it."""

    standing: bool = False
    """Whether it was there from the start (`--fault`), and stays when the server is reset."""

    met: int = 0
    """How often its moment came."""

    struck: int = 0
    counts: Counts = field(default_factory=Counts)

    def takes(self, occasion: Occasion) -> bool:
        """Count the occasion if it is one; whether the fault strikes."""
        if not self.fault.meets(occasion) or (self.only is not None and not self.only(occasion)):
            return False
        self.met += 1
        trigger = self.fault.trigger
        if not trigger.strikes(self.counts.next(trigger.key(occasion))):
            return False
        self.struck += 1
        return True


class Plan:
    """All of them, in the order in which they were planned."""

    def __init__(self, sentences: Iterable[str] = ()) -> None:
        """Raises FaultError."""
        self._planned: list[Planned] = []
        self._last = 0
        self.moments: frozenset[str] = frozenset()
        """Those that any fault is about: quick to ask, since it is asked at every command."""
        for sentence in sentences:
            self.add(sentence).standing = True

    def __len__(self) -> int:
        return len(self._planned)

    @property
    def planned(self) -> tuple[Planned, ...]:
        """All, oldest first."""
        return tuple(self._planned)

    def add(self, sentence: str, only: Callable[[Occasion], bool] | None = None) -> Planned:
        """Plan one more; raises FaultError."""
        from fakemail.faults.fault import FaultError, fault  # only for those who plan some

        if len(self._planned) >= MOST:
            raise FaultError(f"there are {MOST} faults already: remove some")
        self._last += 1
        planned = Planned(self._last, fault(sentence), only)
        self._planned.append(planned)
        self._know()
        return planned

    def remove(self, number: int) -> bool:
        """Forget one; whether it was there."""
        left = [planned for planned in self._planned if planned.number != number]
        found = len(left) < len(self._planned)
        self._planned = left
        self._know()
        return found

    def clear(self) -> int:
        """Forget all; how many there were."""
        count = len(self._planned)
        self._planned.clear()
        self._know()
        return count

    def begin_anew(self) -> None:
        """As at the start: those that stand count from the beginning, the others are forgotten."""
        self._planned = [planned for planned in self._planned if planned.standing]
        for planned in self._planned:
            planned.met = planned.struck = 0
            planned.counts = Counts()
        self._know()

    def at(self, occasion: Occasion) -> Planned | None:
        """The fault that strikes here, if any; it has been counted."""
        struck = [planned for planned in self._planned if planned.takes(occasion)]
        for late in struck[1:]:
            late.struck -= 1
        return struck[0] if struck else None

    def _know(self) -> None:
        moments = {planned.fault.moment for planned in self._planned}
        self.moments = frozenset(moments)
