"""Sets of UIDs as text, ``1:3,7``: small where UIDs follow one another."""

from __future__ import annotations

from collections.abc import Iterable


def compress(uids: Iterable[int]) -> str:
    """The shortest text for these UIDs, ascending."""
    runs: list[list[int]] = []
    for uid in sorted(set(uids)):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in runs)


def expand(text: str, highest: int) -> list[int]:
    """The UIDs up to `highest`; ValueError if it is no such text."""
    uids: list[int] = []
    for run in text.split(","):
        low, colon, high = run.partition(":")
        uids.extend(range(int(low), min(int(high if colon else low), highest) + 1))
    return uids
