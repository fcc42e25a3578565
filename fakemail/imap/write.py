"""How values are spelled in responses (RFC 3501 §4, §9)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fakemail.imap.grammar.flags import SYSTEM
from fakemail.imap.grammar.mailbox_name import encode
from fakemail.imap.grammar.octets import ASTRING_CHAR
from fakemail.wire.ranges import ranges, written

NIL = b"NIL"
_PLACES = {flag: place for place, flag in enumerate((*SYSTEM, "\\Recent"))}
LONGEST_QUOTED = 1000
"""Longer strings go as literals: some clients read lines into fixed buffers."""

_PLAIN = re.compile(rb"[\x20\x21\x23-\x5b\x5d-\x7e\t]{0,%d}" % LONGEST_QUOTED).fullmatch
_QUOTABLE = re.compile(rb"[\x20-\x7e\t]{0,%d}" % LONGEST_QUOTED).fullmatch


def literal(octets: bytes) -> bytes:
    """literal, as it is."""
    return b"{%d}\r\n%b" % (len(octets), octets)


def string(octets: bytes) -> bytes:
    """string: quoted where that is possible, else a literal; NUL, which neither can hold, becomes
    0x80."""
    if _PLAIN(octets):
        return b'"%b"' % octets
    if _QUOTABLE(octets):
        return b'"%b"' % octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return literal(octets.replace(b"\0", b"\x80"))


def nstring(octets: bytes | None) -> bytes:
    """nstring = string / nil"""
    return NIL if octets is None else string(octets)


def astring(octets: bytes) -> bytes:
    """astring: bare where that is possible."""
    if octets and ASTRING_CHAR.holds(octets) and octets.upper() != NIL:
        return octets
    return string(octets)


def mailbox(name: str, *, utf8: bool = False) -> bytes:
    """mailbox, in modified UTF-7; or in UTF-8, for a client that enabled it (RFC 6855 §3)."""
    if not utf8:
        return astring(encode(name))
    if name.isascii():
        return astring(name.encode("ascii"))
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return b'"%b"' % quoted.encode("utf-8", "backslashreplace")


def parenthesized(items: Iterable[bytes]) -> bytes:
    """``(a b c)``"""
    return b"(" + b" ".join(items) + b")"


def flags(flags: Iterable[str]) -> bytes:
    """flag-list: system flags in the RFC's order, then keywords in the alphabet's."""
    return ("(" + " ".join(sorted(flags, key=_place)) + ")").encode("ascii")


def _place(flag: str) -> tuple[int, str]:
    return _PLACES.get(flag, len(_PLACES)), flag


def number_set(numbers: Iterable[int]) -> bytes:
    """sequence-set of numbers in their order, in ranges: ``1:3,5``."""
    return written(ranges(numbers)).encode("ascii")
