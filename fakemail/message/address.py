"""Address lists as IMAP's ENVELOPE wants them (RFC 3501 §7.4.2, RFC 5322 §3.4 and §4.4).

Two readers give the same answer: a regular expression for the spellings that make up nearly all
mail (``a@b``, ``Name <a@b>``, ``"Name" <a@b>``), and, as soon as it meets anything else, a
reader of tokens that takes everything: comments, groups, source routes, quoted local parts,
domain literals, and what people write instead of an address.

Mistakes are read like this:

* no ``@``: what stands there is the mailbox, the host is empty. (Never NIL: a NIL host would
  make it the start of a group.)
* text after ``<...>`` up to the comma is dropped; a ``<`` that is not closed ends at the comma;
* an address where the name should be (``a@b <a@b>``) is the name;
* a name in a comment (``a@b (Name)``) is the personal name when there is no other; an empty one
  is none.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from fakemail.message.tokens import Token, tokens

MAX_ADDRESSES = 10_000
"""Addresses of one list past this number are not looked at."""

MAX_OCTETS = 262_144
"""Octets of one list past this number are not looked at."""

_ATEXT = rb"A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\xff.-"
_SIMPLE = re.compile(
    rb"[ \t]*+(?:"
    rb'(?:"([^"\\]*+)"[ \t]*+|([ \t' + _ATEXT + rb"]*+))"
    rb"<([" + _ATEXT + rb"]++)@([" + _ATEXT + rb"]++)>"
    rb"|([" + _ATEXT + rb"]++)@([" + _ATEXT + rb"]++)"
    rb")[ \t]*+(,|\Z)"
)


class Address(NamedTuple):
    """One address, or the start or end of a group."""

    name: bytes | None
    """Personal name, raw: encoded words stay as they are."""

    adl: bytes | None
    """Source route, ``@a,@b``."""

    mailbox: bytes | None
    """Local part; the name of the group at its start; None at its end."""

    host: bytes | None
    """Domain; None at the start and end of a group."""


GROUP_END = Address(None, None, None, None)


def parse_addresses(value: bytes, at_most: int = MAX_ADDRESSES) -> tuple[Address, ...]:
    """The addresses of an unfolded field value (RFC 5322 ``address-list``)."""
    if len(value) > MAX_OCTETS:
        last = value.rfind(b",", 0, MAX_OCTETS)
        value = value[: MAX_OCTETS if last < 0 else last]
    found: list[Address] = []
    at = 0
    match = _SIMPLE.match
    while simple := match(value, at):
        quoted, phrase, mailbox, host, bare, bare_host, more = simple.groups()
        if bare is not None:
            found.append(Address(None, None, bare, bare_host))
        else:
            name = b" ".join(phrase.split()) if quoted is None else quoted
            found.append(Address(name or None, None, mailbox, host))
        if not more:
            return tuple(found)
        if len(found) >= at_most:
            return tuple(found)
        at = simple.end()
    _Reader(found, at_most).read(value[at:] if at else value)
    return tuple(found)


class _Reader:
    """Reads tokens into addresses, appending to `found`."""

    __slots__ = ("adl", "angle", "at_most", "comment", "domain", "found", "group", "spec", "words")

    def __init__(self, found: list[Address], at_most: int) -> None:
        self.found = found
        self.at_most = at_most
        self.group = False
        self._begin()

    def _begin(self) -> None:
        self.words: list[Token] = []
        """The phrase, or the local part of an address without angle brackets."""
        self.spec: list[Token] | None = None
        """The local part in angle brackets, once they were opened."""
        self.domain: list[Token] | None = None
        """What follows the @, once it was met."""
        self.adl: bytes | None = None
        self.comment: bytes | None = None
        self.angle = False

    def read(self, value: bytes) -> None:
        for token in tokens(value, MAX_OCTETS):
            if len(self.found) >= self.at_most:
                return
            if token.kind == "comment":
                if self.comment is None or not self.angle:
                    self.comment = token.text
            elif token.kind == "special":
                self._special(token)
            else:
                self._word(token)
        self._finish()
        if self.group:
            self.found.append(GROUP_END)

    def _special(self, token: Token) -> None:
        text = token.text
        if text == b",":
            if self.angle and not self.spec and self.domain is not None:
                self.domain.append(token)
            else:
                self._finish()
        elif text == b";":
            self._finish()
            if self.group:
                self.group = False
                self.found.append(GROUP_END)
        elif text == b":":
            self._colon()
        elif text == b"<" and self.spec is None:
            if self.domain is not None:
                self.words += [Token("special", b"@", False), *self.domain]
            self.spec, self.domain, self.angle = [], None, True
        elif text == b">":
            self.angle = False
        elif text == b"@" and (self.angle or self.spec is None):
            if self.domain is None:
                self.domain = []
            else:
                self.domain.append(token)
        else:
            self._word(token)

    def _word(self, token: Token) -> None:
        if self.spec is not None and not self.angle:
            return
        if self.domain is not None:
            self.domain.append(token)
        elif self.spec is not None:
            self.spec.append(token)
        else:
            self.words.append(token)

    def _colon(self) -> None:
        if self.angle and self.domain is not None and not self.spec:
            self.adl = b"@" + _joined(self.domain)
            self.domain = None
        elif not self.group and self.spec is None and self.domain is None:
            self.found.append(Address(None, None, _phrase(self.words) or b"", None))
            self.group = True
            self._begin()

    def _finish(self) -> None:
        words, spec, domain = self.words, self.spec, self.domain
        if spec is not None:
            mailbox = _joined(spec)
            name = _phrase(words)
        elif domain is not None:
            mailbox = _joined(words)
            name = None
        elif words:
            mailbox = _phrase(words) or b""
            name = None
        else:
            self._begin()
            return
        host = _joined(domain) if domain else b""
        self.found.append(Address(name or self.comment, self.adl, mailbox, host))
        self._begin()


def _phrase(words: list[Token]) -> bytes | None:
    """The words of a phrase with one space where there was white space; None for no words."""
    if not words:
        return None
    parts = [words[0].text]
    for before, token in pairwise(words):
        if token.spaced or before.kind == "quoted" or token.kind == "quoted":
            parts.append(b" ")
        parts.append(token.text)
    return b"".join(parts)


def _joined(words: list[Token]) -> bytes:
    """The words of a local part or domain: white space counts between two words only (where it
    is wrong), not beside a dot."""
    parts = []
    after_word = False
    for token in words:
        is_word = token.kind != "special"
        if is_word and after_word and token.spaced:
            parts.append(b" ")
        parts.append(token.text)
        after_word = is_word
    return b"".join(parts)
