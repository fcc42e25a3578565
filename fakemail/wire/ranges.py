"""Numbers that follow one another, as ranges: ``1:3,7`` is 1, 2, 3 and 7."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(first, last) of each run of numbers that go up by one, in their order."""
    left = iter(numbers)
    try:
        first = last = next(left)
    except StopIteration:
        return
    for number in left:
        if number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    yield first, last


def written(runs: Iterable[tuple[int, int]]) -> str:
    """The ranges as text, a range of one as its number."""
    return ",".join([str(first) if first == last else f"{first}:{last}" for first, last in runs])
