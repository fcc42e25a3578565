"""One wording, ready to be said: lines, what is to be filled in, and by what.

A text without placeholders is encoded once, when the dialect is loaded: saying it costs a look in
a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fakemail.dialects.made_up import Make

PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")

ALIASES: Mapping[str, tuple[str, ...]] = {
    "sender": ("address", "reverse_path"),
    "rcpt": ("recipient", "address", "forward_path"),
    "user": ("login", "identity"),
    "node": ("host",),
    "qid": (),
    "mailbox": ("name",),
}
"""Engines' names for what the files of facts call otherwise. ``{node}`` is the engine's host name
only where no name of a node was ever seen."""

_CONTROL = dict.fromkeys([*range(32), 127], "?")


@dataclass(eq=False)
class Text:
    """The lines of one reply."""

    lines: tuple[str, ...]
    encoding: str = ""
    samples: Mapping[str, str] = field(default_factory=dict)
    """What stood in the place of the placeholders when the reply was seen."""

    @cached_property
    def varies(self) -> bool:
        """Whether there is anything to fill in."""
        return any(PLACEHOLDER.search(line) for line in self.lines)

    @cached_property
    def _split(self) -> tuple[str | list[tuple[str, str]], ...]:
        """Each line: itself where it never varies, else its pieces."""
        return tuple(_pieces(line) if PLACEHOLDER.search(line) else line for line in self.lines)

    @cached_property
    def _octets(self) -> bytes:
        return self._encode(self.lines)

    def fill(self, facts: Mapping[str, object], make: Make) -> tuple[str, ...]:
        """The lines with everything in its place; what the engine knows comes first."""
        if not self.varies:
            return self.lines
        value = self._value
        return tuple(
            pieces
            if isinstance(pieces, str)
            else "".join([t + (value(name, facts, make) if name else "") for t, name in pieces])
            for pieces in self._split
        )

    def octets(self, facts: Mapping[str, object], make: Make) -> bytes:
        """The same as octets, each line with its CR LF."""
        return self._encode(self.fill(facts, make)) if self.varies else self._octets

    def _value(self, name: str, facts: Mapping[str, object], make: Make) -> str:
        known = facts.get(name)
        if known is None and not self.samples.get(name):
            known = next((facts[a] for a in ALIASES.get(name, ()) if facts.get(a)), None)
        if known is None:
            about = str(facts.get("id", "")) if name == "qid" else ""
            return make(name, self.samples.get(name, ""), about)
        text = str(known)
        return text if text.isprintable() else text.translate(_CONTROL)

    def _encode(self, lines: tuple[str, ...]) -> bytes:
        encoding = self.encoding or "ascii"
        return b"".join(line.encode(encoding, "backslashreplace") + b"\r\n" for line in lines)


def known(text: str, facts: Mapping[str, object]) -> str:
    """`text` with the facts in their places; what is not known stays in its braces."""
    return PLACEHOLDER.sub(lambda found: str(facts.get(found[1], found[0])), text)


def samples_of(lines: tuple[str, ...], example: str) -> dict[str, str]:
    """What the placeholders of a reply stood for in its example, which is one of its lines."""
    for line in lines if example else ():
        names: list[str] = []
        pattern = ""
        for piece, name in _pieces(line):
            pattern += re.escape(piece)
            if name:
                names.append(name)
                pattern += "(.+?)"
        if names and (match := re.fullmatch(pattern, example)):
            found = zip(names, match.groups(), strict=True)
            return {name: text for name, text in found if "{" not in text}
    return {}


def _pieces(line: str) -> list[tuple[str, str]]:
    """Literal text and the name of the placeholder after it, to the end."""
    split = PLACEHOLDER.split(line)
    return list(zip(split[::2], [*split[1::2], ""], strict=True))
