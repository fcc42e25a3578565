"""Atoms, strings and literals (RFC 3501 §4, §9).

The framing has already cut the stream into commands, literals included; here a literal is just
``{5}`` CRLF and five octets that stand in the command.
"""

from __future__ import annotations

from fakemail.imap.grammar.octets import ASTRING_CHAR, ATOM_CHAR, PLAIN_QUOTED_CHAR, UTF8_OCTET
from fakemail.wire.cursor import Cursor

_QUOTE, _BACKSLASH, _BRACE = b'"\\{'


def atom(cursor: Cursor, wanted: str) -> bytes:
    """atom = 1*ATOM-CHAR"""
    return cursor.run1(ATOM_CHAR, wanted)


def astring(cursor: Cursor, wanted: str) -> bytes:
    """astring = 1*ASTRING-CHAR / string"""
    if cursor.next in (_QUOTE, _BRACE):
        return string(cursor, wanted)
    return cursor.run1(ASTRING_CHAR, wanted)


def string(cursor: Cursor, wanted: str) -> bytes:
    """string = quoted / literal"""
    if cursor.next == _QUOTE:
        return quoted(cursor)
    if cursor.next == _BRACE:
        return literal(cursor)
    cursor.fail(wanted)


def nstring(cursor: Cursor, wanted: str) -> bytes | None:
    """nstring = string / nil"""
    return None if cursor.accept_word(b"NIL") else string(cursor, wanted)


def quoted(cursor: Cursor) -> bytes:
    """quoted = DQUOTE *QUOTED-CHAR DQUOTE

    QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / "\\" quoted-specials
    uQUOTED-CHAR = QUOTED-CHAR / UTF8-2 / UTF8-3 / UTF8-4     (RFC 6855 §3, when it is enabled)
    """
    cursor.expect(b'"', "a quoted string")
    pieces = []
    while True:
        pieces.append(cursor.run(PLAIN_QUOTED_CHAR))
        match cursor.next:
            case 0x22:
                cursor.at += 1
                return pieces[0] if len(pieces) == 1 else b"".join(pieces)
            case 0x5C:
                escaped = cursor.octets[cursor.at + 1 : cursor.at + 2]
                if escaped not in (b'"', b"\\"):
                    cursor.fail('\\" or \\\\ (nothing else is escaped in a quoted string)')
                pieces.append(escaped)
                cursor.at += 2
            case octet if octet >= 0x80 and cursor.utf8:
                pieces.append(_utf8(cursor))
            case octet if octet >= 0x80:
                cursor.fail("7-bit octets (8-bit octets may stand in a literal only)")
            case _:
                cursor.fail('the closing " of a quoted string')


def _utf8(cursor: Cursor) -> bytes:
    """1*(UTF8-2 / UTF8-3 / UTF8-4)"""
    start = cursor.at
    octets = cursor.run(UTF8_OCTET)
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError as error:
        cursor.fail("UTF-8 in a quoted string", start + error.start)
    return octets


def literal(cursor: Cursor) -> bytes:
    """literal = "{" number ["+"] "}" CRLF *CHAR8     (RFC 7888 §8 for "+")"""
    cursor.expect(b"{", "a literal")
    size = cursor.number("the octet count of a literal")
    cursor.accept(b"+")
    cursor.expect(b"}", "the } of a literal")
    if not cursor.accept(b"\r\n"):
        cursor.expect(b"\n", "the line end after a literal's count")
    octets = cursor.take(size, f"the {size} octets of a literal")
    if b"\0" in octets:
        cursor.fail("octets other than NUL", cursor.at - size + octets.index(b"\0"))
    return octets
