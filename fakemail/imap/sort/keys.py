"""Sort criteria (RFC 5256 §5; RFC 5957 §5)."""

from __future__ import annotations

from dataclasses import dataclass

from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.wire.cursor import Cursor

KEYS = ("ARRIVAL", "CC", "DATE", "DISPLAYFROM", "DISPLAYTO", "FROM", "SIZE", "SUBJECT", "TO")
WANTED = "a sort criterion such as DATE or REVERSE SUBJECT"
DISPLAY = frozenset({"DISPLAYFROM", "DISPLAYTO"})
"""Those of SORT=DISPLAY."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What to sort by, and whether downwards."""

    key: str
    """Of `KEYS`."""

    reverse: bool = False


def sort_criteria(cursor: Cursor) -> tuple[Criterion, ...]:
    """sort-criteria = "(" sort-criterion *(SP sort-criterion) ")"

    sort-criterion = ["REVERSE" SP] sort-key
    """
    cursor.expect(b"(", "sort criteria in parentheses")
    found: dict[str, Criterion] = {}
    while True:
        start = cursor.at
        word = cursor.run1(ATOM_CHAR, WANTED).upper()
        reverse = word == b"REVERSE"
        if reverse:
            cursor.space()
            start = cursor.at
            word = cursor.run1(ATOM_CHAR, WANTED).upper()
        key = word.decode("ascii")
        if key not in KEYS:
            cursor.fail(WANTED, start)
        found.setdefault(key, Criterion(key, reverse))  # said again it decides nothing more
        if cursor.accept(b")"):
            return tuple(found.values())
        cursor.space()
