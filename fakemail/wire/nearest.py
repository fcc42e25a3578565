"""The word that was probably meant, where somebody mistyped one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], *, likeness: float) -> str | None:
    """The known word that is most like it; None where none is like enough (1 is the same)."""
    import difflib  # for mistakes only

    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=likeness)), None)
