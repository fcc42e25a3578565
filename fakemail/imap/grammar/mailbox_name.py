"""Mailbox names on the wire: modified UTF-7 (RFC 3501 §5.1.3), or UTF-8 where the client enabled it
(RFC 6855 §3)."""

from __future__ import annotations

import binascii
import re
from typing import NoReturn

from fakemail.imap.grammar.octets import LIST_CHAR
from fakemail.imap.grammar.strings import astring, string
from fakemail.reasons.imap import NAME_ENCODING
from fakemail.reasons.reason import Reason, Refusal
from fakemail.reasons.utf8 import UTF8_NAME
from fakemail.wire.cursor import Cursor

WANTED = "a mailbox name"
_SHIFTED = re.compile(r"[^\x20-\x7e]+|&")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSHIFT = re.compile(rb"&([^-]*)(-?)")


def mailbox(cursor: Cursor) -> str:
    """mailbox = "INBOX" / astring        ; INBOX is case-insensitive"""
    return with_inbox(_name(astring(cursor, WANTED), cursor))


def with_inbox(name: str) -> str:
    """INBOX, alone or in front of what is below it, in upper case."""
    first, slash, rest = name.partition("/")
    return f"INBOX{slash}{rest}" if first.upper() == "INBOX" else name


def list_mailbox(cursor: Cursor) -> str:
    """list-mailbox = 1*list-char / string"""
    if cursor.next in (0x22, 0x7B):
        pattern = string(cursor, "a mailbox pattern")
    else:
        pattern = cursor.run1(LIST_CHAR, "a mailbox pattern such as * or INBOX/%")
    return _name(pattern, cursor)


def _name(octets: bytes, cursor: Cursor) -> str:
    text = decode_utf8(octets) if cursor.utf8 else decode(octets)
    return swapped(text, cursor.separator)


def swapped(name: str, separator: str) -> str:
    """A name with `separator` between its parts as one with ``/``, and the other way round: where
    one of the two divides, the other is a character like any."""
    if separator == "/":
        return name
    return name.translate({ord(separator): "/", ord("/"): separator})


def decode(octets: bytes) -> str:
    """Modified UTF-7 to text; raises Refusal when it is not what an encoder makes."""
    if b"&" not in octets:
        return _ascii(octets)
    pieces, done = [], 0
    for shift in _UNSHIFT.finditer(octets):
        pieces.append(_ascii(octets[done : shift.start()]))
        done = shift.end()
        base64, closed = shift.groups()
        if not closed:
            _refuse(octets, "an '&' without its '-'")
        pieces.append(_decode_shifted(octets, base64) if base64 else "&")
    pieces.append(_ascii(octets[done:]))
    return "".join(pieces)


def decode_utf8(octets: bytes) -> str:
    """UTF-8 to text; raises Refusal for what RFC 6855 §3 forbids in names."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        _refuse(octets, "octets that are not UTF-8", UTF8_NAME)
    if found := _FORBIDDEN.search(text):
        _refuse(octets, f"the character U+{ord(found[0]):04X}", UTF8_NAME)
    return text


def encode(name: str) -> bytes:
    """Text to modified UTF-7."""
    return _SHIFTED.sub(_encode_run, name).encode("ascii")


def _encode_run(run: re.Match[str]) -> str:
    if run[0] == "&":
        return "&-"
    base64 = binascii.b2a_base64(run[0].encode("utf-16-be", "surrogatepass"), newline=False)
    return "&" + base64.decode("ascii").rstrip("=").replace("/", ",") + "-"


def _decode_shifted(octets: bytes, base64: bytes) -> str:
    padded = base64.replace(b",", b"/") + b"=" * (-len(base64) % 4)
    try:
        if b"/" in base64:
            raise ValueError("'/' is ',' in modified base64")
        text = binascii.a2b_base64(padded, strict_mode=True).decode("utf-16-be")
    except ValueError:
        _refuse(octets, "'&" + base64.decode("ascii", "replace") + "-' is not modified base64")
    if encode(text) != b"&" + base64 + b"-":
        _refuse(octets, "'&" + base64.decode("ascii") + "-' is not how that text is encoded")
    return text


def _ascii(octets: bytes) -> str:
    if not octets.isascii():
        _refuse(octets, "8-bit octets")
    return octets.decode("ascii")


def _refuse(octets: bytes, problem: str, reason: Reason = NAME_ENCODING) -> NoReturn:
    raise Refusal(reason, name=octets.decode("utf-8", "backslashreplace"), problem=problem)
