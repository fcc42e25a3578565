"""The header of a message or of a MIME part: fields found, never rejected (RFC 5322 §2.2).

A header runs up to and including the first blank line, whatever stands in between: a server
stores what it was given, so a line without a colon is kept as a field that has no name (an mbox
``From `` line, say) and does not end the header. Lines end with LF, usually CRLF; a line that
begins with a space or a tab continues the one before it.

Cost: one pass for the blank line, one to cut the block into fields, one dictionary; the octets
are looked at by C code only. `MAX_FIELDS` bounds what `get`, `get_all` and `fields` look at;
`select`, which answers HEADER.FIELDS, looks at every field.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

MAX_FIELDS = 10_000
"""Fields past this number are not found by name; they stay in `octets` and in `select`."""

_NEXT_FIELD = re.compile(rb"\n(?![ \t])")
_FOLD = re.compile(rb"[\r\n]+")


class Field(NamedTuple):
    """One header field, as it stands in the message."""

    name: bytes
    """In the spelling of the sender; empty when the line has no colon."""

    value: bytes
    """Raw: folded, with the white space around it, without the last line end."""

    octets: bytes
    """The whole field with all its line ends."""


class Header:
    """A header block, looked into on demand."""

    __slots__ = ("_block_end", "_index", "octets")

    def __init__(self, octets: bytes) -> None:
        """`octets`: the whole block with its blank line, if it has one."""
        self.octets = octets
        if octets.endswith(b"\n\r\n") or octets == b"\r\n":
            self._block_end = len(octets) - 2
        elif octets.endswith(b"\n\n") or octets == b"\n":
            self._block_end = len(octets) - 1
        else:
            self._block_end = len(octets)
        self._index: dict[bytes, list[bytes]] | None = None

    def __repr__(self) -> str:
        return f"<Header of {len(self.octets)} octets>"

    @property
    def fields(self) -> list[Field]:
        """Every field in order, at most `MAX_FIELDS` of them."""
        found = []
        for raw in self._cut(MAX_FIELDS)[:MAX_FIELDS]:
            name, colon, value = raw.partition(b":")
            if not colon:
                name, value = b"", raw
            found.append(Field(name.rstrip(b" \t"), value.rstrip(b"\r\n"), raw))
        return found

    def get(self, name: bytes) -> bytes | None:
        """The first field of that name (in lower case), unfolded and trimmed; None when there
        is none."""
        values = self._by_name().get(name)
        return None if values is None else unfold(values[0])

    def get_all(self, name: bytes) -> list[bytes]:
        """Every field of that name (in lower case), in order, unfolded and trimmed."""
        return [unfold(value) for value in self._by_name().get(name, ())]

    def select(self, names: Collection[bytes], *, negate: bool = False) -> bytes:
        """The fields named, or with `negate` all the others, octet for octet, and then the
        blank line if there is one (BODY[HEADER.FIELDS (...)], RFC 3501 §6.4.5)."""
        wanted = {name.lower() for name in names}
        chosen = []
        for raw in self._cut(0):
            name, colon, _ = raw.partition(b":")
            if (bool(colon) and name.rstrip(b" \t").lower() in wanted) is not negate:
                chosen.append(raw)
        chosen.append(self.octets[self._block_end :])
        return b"".join(chosen)

    def _cut(self, at_most: int) -> list[bytes]:
        """The block as raw fields with their line ends; past `at_most` (0: no limit) the rest
        is one piece."""
        block = self.octets[: self._block_end]
        pieces = _NEXT_FIELD.split(block, maxsplit=at_most)
        last = pieces.pop()
        cut = [piece + b"\n" for piece in pieces]
        if last:
            cut.append(last)
        return cut

    def _by_name(self) -> dict[bytes, list[bytes]]:
        index = self._index
        if index is None:
            index = self._index = {}
            block = self.octets[: self._block_end]
            for raw in _NEXT_FIELD.split(block, maxsplit=MAX_FIELDS)[:MAX_FIELDS]:
                name, colon, value = raw.partition(b":")
                if colon:
                    name = name.rstrip(b" \t").lower()
                    if name in index:
                        index[name].append(value)
                    else:
                        index[name] = [value]
        return index


def header_of(octets: bytes) -> Header:
    """The header of a message."""
    return Header(octets[: body_offset(octets)])


def body_offset(octets: bytes, start: int = 0, end: int | None = None) -> int:
    """The index of the first octet after the blank line that ends the header which begins at
    `start`; `end` when there is no blank line."""
    if end is None:
        end = len(octets)
    if octets.startswith(b"\r\n", start, end):
        return start + 2
    if octets.startswith(b"\n", start, end):
        return start + 1
    crlf = octets.find(b"\n\r\n", start, end)
    lf = octets.find(b"\n\n", start, end if crlf < 0 else crlf + 1)
    if lf >= 0:
        return lf + 2
    return crlf + 3 if crlf >= 0 else end


def unfold(value: bytes) -> bytes:
    """A field's value without its line ends and without white space around it (RFC 5322
    §2.2.3: the line end goes, the white space after it stays)."""
    if b"\n" in value:
        value = _FOLD.sub(b"", value)
    return value.strip(b" \t\r\n")
