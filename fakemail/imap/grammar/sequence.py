"""Sequence sets: message sequence numbers or UIDs (RFC 3501 §9, seq-number; RFC 5182 §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fakemail.wire.cursor import Cursor
from fakemail.wire.ranges import ranges

STAR = 0
"""``*``, the largest number in use; 0 is no legal number."""

WANTED = "a message number or *"


@dataclass(frozen=True, slots=True)
class SequenceSet:
    """Ranges as they were sent, in their order; either end may be `STAR`."""

    ranges: tuple[tuple[int, int], ...]

    last_result: bool = False
    """``$``: not these ranges, but what the last SEARCH saved (RFC 5182)."""

    def bounds(self, largest: int) -> list[tuple[int, int]]:
        """The ranges with ``*`` resolved, each (low, high), sorted, overlaps merged.

        "2:4 and 4:2 are equivalent"; "3291:* includes the UID of the last message, even if that
        value is less than 3291".
        """
        merged: list[tuple[int, int]] = []
        for low, high in sorted(self._resolved(largest)):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        return merged

    def holds(self, number: int, largest: int) -> bool:
        """Whether `number` is in the set, when `largest` is the largest number in use."""
        return any(low <= number <= high for low, high in self._resolved(largest))

    def _resolved(self, largest: int) -> Iterator[tuple[int, int]]:
        for first, last in self.ranges:
            one, other = first or largest, last or largest
            yield (one, other) if one <= other else (other, one)


LAST_RESULT = SequenceSet((), last_result=True)
NO_MESSAGES = SequenceSet(())
"""What no client can write, and the value of ``$`` before anything was saved."""


def set_of(numbers: Iterable[int]) -> SequenceSet:
    """The set of these numbers, which ascend."""
    return SequenceSet(tuple(ranges(numbers)))


def sequence_set(cursor: Cursor) -> SequenceSet:
    """sequence-set = (seq-number / seq-range) *("," sequence-set) / seq-last-command

    seq-range = seq-number ":" seq-number ; seq-last-command = "$"
    """
    if cursor.accept(b"$"):
        return LAST_RESULT
    found = []
    while True:
        first = last = seq_number(cursor)
        if cursor.accept(b":"):
            last = seq_number(cursor)
        found.append((first, last))
        if not cursor.accept(b","):
            return SequenceSet(tuple(found))


def seq_number(cursor: Cursor) -> int:
    """seq-number = nz-number / "*" """
    return STAR if cursor.accept(b"*") else cursor.number(WANTED, least=1)
