"""The lines of a fact beside the lines that came; in a placeholder stands what the engine put."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from fakemail.dialects.dialect import Dialect
from fakemail.dialects.load import load, years
from fakemail.dialects.names import GENERIC_NAME, names
from fakemail.dialects.text import PLACEHOLDER, Text


@dataclass(frozen=True)
class Wanted:
    """One text of one dialect."""

    dialect: str
    protocol: str
    slug: str
    command: str
    text: Text

    @property
    def title(self) -> str:
        return f"{self.slug} {self.command}".rstrip()

    def __str__(self) -> str:
        return f"{self.dialect}-{self.title.replace(' ', '-')}"


def everything(protocol: str, *, older: bool = True) -> Iterator[Wanted]:
    """All that all dialects have to say in a protocol, today and (`older`) in other years; each
    text once."""
    for name in names():
        said: set[tuple[str, str, tuple[str, ...]]] = set()
        today = "generic@2026" if name == GENERIC_NAME else name
        for which in (today, *(f"{name}@{year}" for year in years(name) if older)):
            for (spoken, slug, command), text in load(which).texts.items():
                if spoken == protocol and (slug, command, text.lines) not in said:
                    said.add((slug, command, text.lines))
                    yield Wanted(which, protocol, slug, command, text)


def lines_of(octets: bytes, encoding: str = "") -> list[str]:
    """A reply as text, without line ends."""
    return octets.decode(encoding or "ascii", "backslashreplace").removesuffix("\r\n").split("\r\n")


def pairs(text: Text, reply: bytes, facts: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """What the data says, what was said, and whether that is the same; `facts` are placeholders
    whose value is known."""
    found = lines_of(reply, text.encoding)
    return [
        (
            wanted or "",
            said or "",
            wanted is not None and said is not None and _same(wanted, said, facts),
        )
        for wanted, said in zip_longest(text.lines, found)
    ]


def _same(wanted: str, said: str, facts: Mapping[str, str]) -> bool:
    pieces = PLACEHOLDER.split(wanted)
    pattern = re.escape(pieces[0])
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        pattern += (re.escape(facts[name]) if name in facts else r"[^{}]+?") + re.escape(text)
    return re.fullmatch(pattern, said) is not None


def domain_of(dialect: Dialect) -> str:
    """Where the accounts of the situations are."""
    return dialect.domains[0] if dialect.domains else "fakemail.test"
