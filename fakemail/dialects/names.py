"""Which dialects there are, without reading any of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from fakemail.wire.nearest import nearest

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

GENERIC_NAME = "generic"


def folder() -> Traversable:
    """Where the files of facts are."""
    from importlib.resources import files  # 5 ms, which a generic server does not need

    return files("fakemail.dialects") / "data"


@cache
def names() -> tuple[str, ...]:
    """The names of all dialects that fakemail brings along, in alphabetical order."""
    found = (entry.name for entry in folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def meant(word: str, known: Iterable[str]) -> str:
    """``. Did you mean gmail?`` for the end of a message about ``gmial``; empty without a guess."""
    found = nearest(word, known, likeness=0.75)
    return f". Did you mean {found}?" if found else ""
