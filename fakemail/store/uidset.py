"""Sets of UIDs as text, ``1:3,7``: small where UIDs follow one another."""

from __future__ import annotations

from collections.abc import Iterable

from fakemail.wire.ranges import ranges, written


def compress(uids: Iterable[int]) -> str:
    """The shortest text for these UIDs, ascending."""
    return written(ranges(sorted(set(uids))))


def expand(text: str, highest: int) -> list[int]:
    """The UIDs up to `highest`; ValueError if it is no such text."""
    uids: list[int] = []
    for run in text.split(","):
        if ":" in run:
            low, _, high = run.partition(":")
            uids.extend(range(int(low), min(int(high), highest) + 1))
        elif (uid := int(run)) <= highest:
            uids.append(uid)
    return uids
