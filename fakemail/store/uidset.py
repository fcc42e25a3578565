"""Sets of UIDs as text, ``1:3,7``: small where UIDs follow one another."""

from __future__ import annotations

from collections.abc import Iterable


def compress(uids: Iterable[int]) -> str:
    """The shortest text for these UIDs, ascending."""
    runs: list[str] = []
    first, last = 0, -1
    for uid in sorted(set(uids)):
        if uid == last + 1:
            last = uid
            continue
        if last > 0:
            runs.append(str(first) if first == last else f"{first}:{last}")
        first = last = uid
    if last > 0:
        runs.append(str(first) if first == last else f"{first}:{last}")
    return ",".join(runs)


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
