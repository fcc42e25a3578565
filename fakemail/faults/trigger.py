"""Which of many: the third, the first two, every fifth, all from the third on.

Counting starts at 1. What is counted apart is said by `per`: one count for the whole server, or one
for each session, account or client address. Nothing is left to chance, so a test can assert what it
sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fakemail.faults.moment import Occasion

Per: TypeAlias = Literal["server", "session", "account", "client"]

MOST_KEYS = 10_000
"""So many sessions, accounts or clients are counted apart; then the oldest is forgotten."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """When to strike; all of the numbers that are not 0 have to agree.

    Raises ValueError for a number below 0.
    """

    nth: int = 0
    """This one only."""

    first: int = 0
    """These, and none after them."""

    after: int = 0
    """All but the first so many."""

    every: int = 0
    """Each so-many-th: the 3rd, the 6th, ..."""

    per: Per = "server"

    def __post_init__(self) -> None:
        for name in ("nth", "first", "after", "every"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} = {getattr(self, name)} is below 0")

    def strikes(self, count: int) -> bool:
        """Whether the occasion that is number `count` is one."""
        return (
            (not self.nth or count == self.nth)
            and (not self.first or count <= self.first)
            and count > self.after
            and (not self.every or count % self.every == 0)
        )

    def key(self, occasion: Occasion) -> str | int:
        """What is counted together."""
        match self.per:
            case "session":
                return occasion.session
            case "account":
                return occasion.account
            case "client":
                return occasion.client
            case _:
                return ""


class Counts:
    """How often each key has come; bounded."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[str | int, int] = {}

    def next(self, key: str | int) -> int:
        """Count one more; the number of this one."""
        count = self._counts.get(key, 0) + 1
        if count == 1 and len(self._counts) >= MOST_KEYS:
            del self._counts[next(iter(self._counts))]
        self._counts[key] = count
        return count
