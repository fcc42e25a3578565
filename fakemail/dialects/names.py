"""Which dialects there are, without reading any of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

GENERIC_NAME = "generic"


def folder() -> Traversable:
    """Where the files of facts are."""
    return files("fakemail.dialects") / "data"


@cache
def names() -> tuple[str, ...]:
    """The names of all dialects that fakemail brings along, in alphabetical order."""
    found = (entry.name for entry in folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def meant(word: str, known: Iterable[str]) -> str:
    """``. Did you mean gmail?`` for the end of a message about ``gmial``; empty without a guess."""
    import difflib  # for mistakes only

    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.75)
    return f". Did you mean {near[0]}?" if near else ""
