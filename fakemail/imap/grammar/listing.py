"""Arguments of LIST and LSUB, and what a pattern matches (RFC 3501 §6.3.8; RFC 5258 §6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from fakemail.imap.grammar.mailbox_name import list_mailbox, mailbox, with_inbox
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.wire.cursor import Cursor

SEPARATOR = "/"
LONGEST_PATTERN = 4096
MOST_PATTERNS = 100
_OPEN = 0x28
BASE = frozenset({b"SUBSCRIBED"})
"""Selection options that RECURSIVEMATCH can work on (list-select-base-opt)."""

SELECTION = (b"SUBSCRIBED", b"REMOTE", b"RECURSIVEMATCH", b"SPECIAL-USE")
RETURN = (b"SUBSCRIBED", b"CHILDREN", b"SPECIAL-USE", b"STATUS")


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

    patterns: tuple[Pattern, ...]
    """One, unless the command is extended; none: an empty one was left out."""

    hierarchy_only: bool = False
    """The pattern was empty: the client wants to know the separator."""

    extended: bool = False
    """In any of the three ways of RFC 5258 §3: options, return options, several patterns."""

    selection: frozenset[bytes] = frozenset()
    returned: frozenset[bytes] = frozenset()
    """Return options; SUBSCRIBED is one too where it selects (§3.1)."""

    status: tuple[bytes, ...] = ()
    """The items of RETURN (STATUS (...)) (RFC 5819 §2)."""

    def match(self, name: str) -> bool:
        """Whether one of the patterns covers the name."""
        return any(pattern.matches(name) for pattern in self.patterns)


def list_parser(
    status_items: Callable[[Cursor], tuple[bytes, ...]],
) -> Callable[[Cursor], ListArguments]:
    """LIST's parser; `status_items` is that of STATUS."""

    def parse(cursor: Cursor) -> ListArguments:
        """list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]

        list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
        """
        cursor.space()
        start = cursor.at
        selected: dict[bytes, tuple[bytes, ...]] | None = None
        if cursor.next == _OPEN:
            selected = _options(cursor, SELECTION)
            if b"RECURSIVEMATCH" in selected and BASE.isdisjoint(selected):
                cursor.fail("SUBSCRIBED beside RECURSIVEMATCH", start)
            cursor.space()
        reference = mailbox(cursor)
        cursor.space()
        several, at = cursor.next == _OPEN, cursor.at
        patterns = _patterns(cursor) if several else [list_mailbox(cursor)]
        _bound(cursor, at, reference, patterns)
        returned: dict[bytes, tuple[bytes, ...]] | None = None
        if cursor.accept(b" "):
            cursor.expect_word(b"RETURN", "RETURN, or the end of the command")
            cursor.space()
            returned = _options(cursor, RETURN, status_items)
        extended = several or selected is not None or returned is not None
        if not extended and not patterns[0]:
            return ListArguments((), hierarchy_only=True)
        selection, wanted = frozenset(selected or ()), returned or {}
        return ListArguments(
            tuple(Pattern(reference + pattern) for pattern in patterns if pattern),
            extended=extended,
            selection=selection,
            returned=frozenset(wanted) | selection & {b"SUBSCRIBED"},
            status=wanted.get(b"STATUS", ()),
        )

    return parse


def lsub_arguments(cursor: Cursor) -> ListArguments:
    """lsub = "LSUB" SP mailbox SP list-mailbox"""
    cursor.space()
    reference = mailbox(cursor)
    cursor.space()
    at = cursor.at
    pattern = list_mailbox(cursor)
    _bound(cursor, at, reference, [pattern])
    return ListArguments((Pattern(reference + pattern),), hierarchy_only=not pattern)


def _patterns(cursor: Cursor) -> list[str]:
    """patterns = "(" list-mailbox *(SP list-mailbox) ")" """
    cursor.expect(b"(", "patterns in parentheses")
    found = [list_mailbox(cursor)]
    while not cursor.accept(b")"):
        cursor.space()
        found.append(list_mailbox(cursor))
    return found


def _bound(cursor: Cursor, at: int, reference: str, patterns: list[str]) -> None:
    """Matching takes its time for every character, so there must not be too many."""
    if len(patterns) > MOST_PATTERNS:
        cursor.fail(f"at most {MOST_PATTERNS} patterns", at)
    if sum(len(reference) + len(pattern) + 1 for pattern in patterns) > LONGEST_PATTERN + 1:
        cursor.fail(f"a pattern of at most {LONGEST_PATTERN} characters", at)


def _options(
    cursor: Cursor,
    known: tuple[bytes, ...],
    status_items: Callable[[Cursor], tuple[bytes, ...]] | None = None,
) -> dict[bytes, tuple[bytes, ...]]:
    """ "(" [option *(SP option)] ")" ; only STATUS has a value"""
    cursor.expect(b"(", "options in parentheses")
    found: dict[bytes, tuple[bytes, ...]] = {}
    while not cursor.accept(b")"):
        if found:
            cursor.space()
        start = cursor.at
        option = cursor.run(ATOM_CHAR).upper()
        if option not in known:
            cursor.fail("one of " + b" ".join(known).decode("ascii"), start)
        value: tuple[bytes, ...] = ()
        if option == b"STATUS" and status_items is not None:
            cursor.space()
            value = status_items(cursor)
        found[option] = value
    return found
