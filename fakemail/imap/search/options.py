"""What SEARCH and SORT give back: RETURN (...) and the ESEARCH response (RFC 4731; RFC 4466 §2.6).

Options that need only the first or last results (MIN, MAX, PARTIAL) let a search stop early;
`ReturnOptions.ends` says how many it takes from each end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from fakemail.imap import write
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.imap.grammar.partial import PartialRange, partial_range
from fakemail.wire.cursor import Cursor

T = TypeVar("T")

CAPABILITIES = {
    b"MIN": ("ESEARCH",),
    b"MAX": ("ESEARCH",),
    b"ALL": ("ESEARCH",),
    b"COUNT": ("ESEARCH",),
    b"SAVE": ("SEARCHRES",),
    b"PARTIAL": ("PARTIAL", "CONTEXT=SEARCH", "CONTEXT=SORT"),
    b"CONTEXT": ("CONTEXT=SEARCH", "CONTEXT=SORT"),
    b"UPDATE": ("CONTEXT=SEARCH", "CONTEXT=SORT"),
}
"""Every option, and the extensions that have it (RFC 5267 §4.4 had PARTIAL first)."""

SAID = frozenset({b"CONTEXT", b"UPDATE"})
"""Not about what comes back at once."""

WANTED = "a result option such as MIN, MAX, ALL or COUNT"


@dataclass(frozen=True, slots=True)
class ReturnOptions:
    """What the client wants to have back."""

    words: frozenset[bytes]
    """Of `CAPABILITIES`, except those in `SAID`; no words at all mean ALL (RFC 4731 §3.1)."""

    partial: PartialRange | None = None
    said: frozenset[bytes] = frozenset()
    """What else the client said, which asks for no data (RFC 5267 §4.1)."""

    @property
    def silent(self) -> bool:
        """Whether there is no response (RFC 5182 §1)."""
        return self.words == {b"SAVE"}

    @property
    def ends(self) -> tuple[int, int] | None:
        """How many of the first and of the last results decide; None: all of them."""
        if self.words & {b"ALL", b"COUNT"} or self.silent or not self.words:
            return None
        ends = [int(b"MIN" in self.words), int(b"MAX" in self.words)]
        if self.partial is not None:
            end = 0 if self.partial.first > 0 else 1
            ends[end] = max(ends[end], self.partial.reach)
        return ends[0], ends[1]

    def saved(self, found: Sequence[T]) -> Sequence[T]:
        """What ``$`` becomes, in the order of `found` (RFC 5182 §2.4; RFC 9394 §3.2)."""
        if self.ends is None:
            return found
        low = found[:1] if b"MIN" in self.words else found[:0]
        high = found[-1:] if b"MAX" in self.words else found[:0]
        part = found[:0] if self.partial is None else self.partial.of(found)
        kept = dict.fromkeys([*low, *part, *high])
        return list(kept)


def return_options(cursor: Cursor) -> ReturnOptions | None:
    """search-return-opts = "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")" SP

    search-return-opt = "MIN" / "MAX" / "ALL" / "COUNT" / "SAVE" / "PARTIAL" SP partial-range /
    "CONTEXT" / "UPDATE"

    None when there is no RETURN here.
    """
    if not cursor.accept_word(b"RETURN"):
        return None
    cursor.space()
    cursor.expect(b"(", "result options in parentheses")
    words: set[bytes] = set()
    partial = None
    while not cursor.accept(b")"):
        if words:
            cursor.space()
        start = cursor.at
        word = cursor.run1(ATOM_CHAR, WANTED).upper()
        if word not in CAPABILITIES:
            cursor.fail(WANTED, start)
        if word == b"PARTIAL":
            cursor.space()
            if partial is not None:
                cursor.fail("only one PARTIAL", start)
            partial = partial_range(cursor)
        words.add(word)
        if {b"PARTIAL", b"ALL"} <= words:
            cursor.fail("either PARTIAL or ALL, not both", start)
    cursor.space()
    return ReturnOptions(frozenset(words - SAID), partial, frozenset(words & SAID))


def esearch(
    tag: bytes, options: ReturnOptions, found: Sequence[int], by_uid: bool, more: bytes = b""
) -> bytes:
    """esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)

    `found`: numbers in the order of the result. `more`: return data of other extensions, each
    with its leading space.
    """
    words = options.words
    items = [b'* ESEARCH (TAG "%b")%b' % (tag, b" UID" if by_uid else b"")]
    if found and b"MIN" in words:
        items.append(b"MIN %d" % found[0])
    if found and b"MAX" in words:
        items.append(b"MAX %d" % found[-1])
    if found and (b"ALL" in words or not words):
        items.append(b"ALL " + write.number_set(found))
    if options.partial is not None:
        part = write.number_set(options.partial.of(found)) or write.NIL
        items.append(b"PARTIAL (%b %b)" % (bytes(options.partial), part))
    if b"COUNT" in words:
        items.append(b"COUNT %d" % len(found))
    return b" ".join(items) + more + b"\r\n"
