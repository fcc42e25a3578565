"""What authorization codes look like: ``[a-z]{16}`` at one provider, ``[0-9a-f]{20}`` at another.

A shape is written as a small part of the language of regular expressions: characters that stand
for themselves, and sets with ranges, each followed by a count where it is more than one. That much
can be made as well as recognised.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

ORDINARY = "[A-Z]{16}"
"""Of a code where no provider says otherwise."""

_PIECE = re.compile(
    r"(?:\[(?P<set>[A-Za-z0-9-]+)\]|(?P<plain>[A-Za-z0-9_-]|\\[.-]))(?:\{(?P<n>[1-9]\d?)\})?",
    re.ASCII,
)


class NoShape(ValueError):
    """A pattern that is more than a shape; the text is for people."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the codes of an account look."""

    pattern: str = ORDINARY
    groups: int = 0
    """They are shown in groups of so many characters; 0: in one piece."""

    only_length: bool = False
    """The pattern is one of many; all that is known is how long they are."""

    def __post_init__(self) -> None:
        _pieces(self.pattern)

    def make(self) -> str:
        """A new code of this shape."""
        return "".join(
            secrets.choice(choice) for choice, count in _pieces(self.pattern) for _ in range(count)
        )

    def fits(self, secret: str) -> bool:
        """Whether a code has this shape, however it is grouped."""
        bare = secret.replace(" ", "")
        places = [choice for choice, count in _pieces(self.pattern) for _ in range(count)]
        if len(bare) != len(places):
            return False
        return self.only_length or all(c in place for c, place in zip(bare, places, strict=True))

    def shown(self, secret: str) -> str:
        """The code as the provider shows it."""
        if not self.groups or " " in secret:
            return secret
        starts = range(0, len(secret), self.groups)
        return " ".join(secret[start : start + self.groups] for start in starts)

    @property
    def words(self) -> str:
        """The shape in words: ``16 lower-case letters``, ``abcd-abcd-abcd-abcd``."""
        pieces = _pieces(self.pattern)
        if len(pieces) == 1:
            choice, count = pieces[0]
            if self.only_length:
                return f"{count} characters"
            return f"{count} {_KINDS.get(choice, f'characters of {choice}')}"
        return "".join(choice[:4].ljust(count, choice[0])[:count] for choice, count in pieces)


_KINDS = {
    "abcdefghijklmnopqrstuvwxyz": "lower-case letters",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ": "capital letters",
    "0123456789": "digits",
    "0123456789abcdef": "hexadecimal digits",
}


def _pieces(pattern: str) -> list[tuple[str, int]]:
    """Characters to choose from, and how often."""
    inner = pattern.removeprefix("^").removesuffix("$")
    pieces = []
    at = 0
    while at < len(inner):
        piece = _PIECE.match(inner, at)
        if piece is None:
            raise NoShape(f"{pattern!r} is no shape of a code at {inner[at:]!r}")
        choice = _expanded(piece["set"]) if piece["set"] else piece["plain"][-1]
        pieces.append((choice, int(piece["n"] or 1)))
        at = piece.end()
    if not pieces:
        raise NoShape("a code is not empty")
    return pieces


def _expanded(text: str) -> str:
    """``a-f`` as the letters; a hyphen at either end is one."""
    found = re.sub(
        r"(.)-(.)",
        lambda ends: "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1))),
        text,
    )
    if not found:
        raise NoShape(f"nothing is in [{text}]")
    return found
