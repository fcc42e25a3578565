"""The first two words of a command (RFC 3501 §2.2.1, §9)."""

from __future__ import annotations

from fakemail.imap.grammar.octets import TAG_CHAR
from fakemail.reasons.imap import NO_COMMAND
from fakemail.reasons.reason import Refusal
from fakemail.wire.abnf import OCTET, SP, Octets
from fakemail.wire.cursor import Cursor

_WORD = OCTET.minus("command name", SP, Octets("line ends", b"\r\n"))
LONGEST_NAME = 64


def tag(cursor: Cursor) -> bytes:
    """tag = 1*<any ASTRING-CHAR except "+">"""
    found = cursor.run(TAG_CHAR)
    if found and cursor.next in (0x20, -1):
        return found
    what = "an empty line" if cursor.ended and not found else f"{cursor.found()} in its tag"
    raise Refusal(NO_COMMAND, detail=f"a command begins with a tag and a space, this is {what}.")


def command_name(cursor: Cursor) -> str:
    """The name in upper case; that of UID commands is two words: ``UID FETCH``."""
    if cursor.ended:
        raise Refusal(NO_COMMAND, detail="a command is a tag, a space and a name; no name is here.")
    cursor.space()
    name = _word(cursor)
    if not name:
        raise Refusal(NO_COMMAND, detail="between the tag and the name stands exactly one space.")
    if name == "UID" and cursor.accept(b" "):
        name += " " + _word(cursor)
    return name


def _word(cursor: Cursor) -> str:
    return cursor.run(_WORD)[:LONGEST_NAME].decode("ascii", "backslashreplace").upper()
