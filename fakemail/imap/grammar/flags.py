"""Flags and keywords (RFC 3501 §2.3.2, §9).

System flags come out in the RFC's spelling whatever the client's case; keywords as sent.
"""

from __future__ import annotations

from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.wire.cursor import Cursor

SYSTEM = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")
_SPELLING = {name[1:].upper().encode(): name for name in SYSTEM}
WANTED = "a flag such as \\Seen or a keyword"


def flag(cursor: Cursor) -> str:
    r"""flag = "\Answered" / "\Flagged" / "\Deleted" / "\Seen" / "\Draft" / flag-keyword

    Not ``\Recent``, which no client can alter, and no flag-extension: a server that does not
    know one cannot keep it (RFC 3501 §2.3.2).
    """
    start = cursor.at
    if not cursor.accept(b"\\"):
        return keyword(cursor)
    name = cursor.run(ATOM_CHAR).upper()
    if name == b"RECENT":
        cursor.fail("a flag that a client can set (only the server sets \\Recent)", start)
    if name not in _SPELLING:
        cursor.fail("one of " + " ".join(SYSTEM), start)
    return _SPELLING[name]


def keyword(cursor: Cursor) -> str:
    """flag-keyword = atom"""
    return cursor.run1(ATOM_CHAR, WANTED).decode("ascii")


def flag_list(cursor: Cursor) -> list[str]:
    """flag-list = "(" [flag *(SP flag)] ")" """
    cursor.expect(b"(", "a list of flags in parentheses")
    flags: list[str] = []
    while not cursor.accept(b")"):
        if flags:
            cursor.space()
        flags.append(flag(cursor))
    return flags
