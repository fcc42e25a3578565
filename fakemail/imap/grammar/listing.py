"""Arguments of LIST and LSUB, and what a pattern matches (RFC 3501 §6.3.8; RFC 6154 §5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from fakemail.imap.grammar.mailbox_name import list_mailbox, mailbox, with_inbox
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.wire.cursor import Cursor

SEPARATOR = "/"
LONGEST_PATTERN = 4096
SELECTION = (b"SPECIAL-USE",)
RETURN = (b"SPECIAL-USE", b"CHILDREN")


@dataclass(frozen=True)
class Pattern:
    """Reference and pattern, joined; ``*`` matches anything, ``%`` anything but the separator."""

    text: str

    @cached_property
    def _steps(self) -> str:
        text = with_inbox(self.text)
        while "**" in text:
            text = text.replace("**", "*")
        return text

    def matches(self, name: str) -> bool:
        """Whether the pattern covers the whole name.

        Bit i of `reached` says that the pattern so far can cover the first i characters: no
        backtracking, whatever a client writes.
        """
        places: dict[str, int] = {}
        for index, character in enumerate(name):
            places[character] = places.get(character, 0) | 1 << index
        walls = places.get(SEPARATOR, 0)
        everywhere = (1 << (len(name) + 1)) - 1
        reached = 1
        for step in self._steps:
            if step == "*":
                reached = everywhere & ~((reached & -reached) - 1)
            elif step == "%":
                spread = reached
                while spread := (spread & ~walls) << 1 & everywhere & ~reached:
                    reached |= spread
            else:
                reached = (reached & places.get(step, 0)) << 1
            if not reached:
                return False
        return bool(reached >> len(name) & 1)


@dataclass(frozen=True, slots=True)
class ListArguments:
    """What LIST was asked."""

    pattern: Pattern
    hierarchy_only: bool
    """The pattern was empty: the client wants to know the separator."""

    only_special_use: bool = False


def list_arguments(cursor: Cursor) -> ListArguments:
    """list = "LIST" [SP list-select-opts] SP mailbox SP list-mailbox [SP list-return-opts]

    The options are those of RFC 6154 §5.
    """
    cursor.space()
    selected: set[bytes] = set()
    if cursor.next == 0x28:
        selected = _options(cursor, SELECTION)
        cursor.space()
    found = _reference_and_pattern(cursor)
    if cursor.accept(b" "):
        cursor.expect_word(b"RETURN", "RETURN, or the end of the command")
        cursor.space()
        _options(cursor, RETURN)
    return ListArguments(found.pattern, found.hierarchy_only, bool(selected))


def lsub_arguments(cursor: Cursor) -> ListArguments:
    """lsub = "LSUB" SP mailbox SP list-mailbox"""
    cursor.space()
    return _reference_and_pattern(cursor)


def _reference_and_pattern(cursor: Cursor) -> ListArguments:
    reference = mailbox(cursor)
    cursor.space()
    start = cursor.at
    pattern = list_mailbox(cursor)
    if len(reference) + len(pattern) > LONGEST_PATTERN:
        cursor.fail(f"a pattern of at most {LONGEST_PATTERN} characters", start)
    return ListArguments(Pattern(reference + pattern), not pattern)


def _options(cursor: Cursor, known: tuple[bytes, ...]) -> set[bytes]:
    """ "(" [option *(SP option)] ")" """
    cursor.expect(b"(", "options in parentheses")
    found: set[bytes] = set()
    while not cursor.accept(b")"):
        if found:
            cursor.space()
        start = cursor.at
        option = cursor.run(ATOM_CHAR).upper()
        if option not in known:
            cursor.fail("one of " + b" ".join(known).decode("ascii"), start)
        found.add(option)
    return found
