"""A range of results, counted from the first or the last (RFC 9394 §4; RFC 5267 §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from fakemail.wire.cursor import Cursor

T = TypeVar("T")

WANTED = "a range of results such as 1:500 or -1:-500"


@dataclass(frozen=True, slots=True)
class PartialRange:
    """From one result to another, both included; 1 is the first result, -1 the last."""

    first: int
    last: int

    def of(self, results: Sequence[T]) -> Sequence[T]:
        """The results in the range, in their order; fewer where there are not so many."""
        low, high = sorted((abs(self.first), abs(self.last)))
        if self.first > 0:
            return results[low - 1 : high]
        return results[max(0, len(results) - high) : max(0, len(results) - low + 1)]

    @property
    def reach(self) -> int:
        """How many results from that end decide about it."""
        return max(abs(self.first), abs(self.last))

    def __bytes__(self) -> bytes:
        """As the client wrote it, for the response."""
        return b"%d:%d" % (self.first, self.last)


def partial_range(cursor: Cursor) -> PartialRange:
    """partial-range = nz-number ":" nz-number / "-" nz-number ":" "-" nz-number"""
    sign = -1 if cursor.accept(b"-") else 1
    first = cursor.number(WANTED, least=1)
    cursor.expect(b":", "the : of a range of results")
    if sign < 0:
        cursor.expect(b"-", "a - before both ends of a range that is counted from the last result")
    return PartialRange(sign * first, sign * cursor.number(WANTED, least=1))
