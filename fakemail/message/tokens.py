r"""Tokens of a structured header field: what addresses, parameters and dates are made of.

RFC 5322 §3.2 without its rules about where white space may stand, and for any octets:

* a quoted-string or a domain-literal that is not closed runs to the end of the value;
* a comment that is not closed does too, and one with very many parentheses in it; comments nest
  without recursion;
* octets above 127 and stray control characters are part of an atom.

Every octet is looked at once. A token costs about a microsecond, so a caller says how many of
them a value is worth: what follows them is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["atom", "quoted", "comment", "literal", "special"]

USUAL = 100
"""Tokens that are read of a value other than a list of addresses."""

PARENTHESES = 100
"""Parentheses and quoted pairs in one comment; one with more runs to the end of the value."""

_SPACE = re.compile(rb"[ \t\r\n]++")
_ATOM = re.compile(rb"[^ \t\r\n()<>\[\]:;@\\,.\"]++")
_QUOTED = re.compile(rb'((?:[^"\\]++|\\.)*+)(?:\\?\Z|")', re.DOTALL)
_LITERAL = re.compile(rb"((?:[^\]\\]++|\\.)*+)(?:\\?\Z|\])", re.DOTALL)
_NESTING = re.compile(rb"\\.?|[()]", re.DOTALL)
_PAIR = re.compile(rb"\\(.)", re.DOTALL)


class Token(NamedTuple):
    """One token."""

    kind: Kind
    text: bytes
    """The content: without quotes, brackets and parentheses, with quoted pairs undone."""

    spaced: bool
    """White space or a comment stands in front of it."""


def tokens(value: bytes, at_most: int = USUAL) -> Iterator[Token]:
    """The first `at_most` tokens of an unfolded value."""
    at, end = 0, len(value)
    spaced = False
    while at < end and at_most:
        octet = value[at]
        if space := _SPACE.match(value, at):
            at = space.end()
            spaced = True
            continue
        at_most -= 1
        if octet == 0x28:
            text, at = _comment(value, at + 1)
            yield Token("comment", text, spaced)
            spaced = True
            continue
        if atom := _ATOM.match(value, at):
            yield Token("atom", atom[0], spaced)
            at = atom.end()
        elif octet == 0x22 and (quoted := _QUOTED.match(value, at + 1)):
            yield Token("quoted", unquote(quoted[1]), spaced)
            at = quoted.end()
        elif octet == 0x5B and (literal := _LITERAL.match(value, at + 1)):
            yield Token("literal", b"[" + unquote(literal[1]) + b"]", spaced)
            at = literal.end()
        else:
            yield Token("special", value[at : at + 1], spaced)
            at += 1
        spaced = False


def unquote(content: bytes) -> bytes:
    """Undo quoted pairs (RFC 5322 §3.2.1)."""
    return _PAIR.sub(rb"\1", content) if b"\\" in content else content


def _comment(value: bytes, start: int) -> tuple[bytes, int]:
    """The text of the comment whose content begins at `start`, and where it ends."""
    depth = 1
    for found in islice(_NESTING.finditer(value, start), PARENTHESES):
        if found[0] == b"(":
            depth += 1
        elif found[0] == b")":
            depth -= 1
            if not depth:
                return unquote(value[start : found.start()]), found.end()
    return unquote(value[start:]), len(value)
