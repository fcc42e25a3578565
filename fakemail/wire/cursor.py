"""A place in some octets, for parsers written by hand.

Every parser takes a `Cursor`, consumes what its rule covers, and returns a value; or it raises
`SyntaxFault`, which knows where, what was wanted and what was found there. There is no
backtracking by exception: `at` can be read and set, so a rule that must look ahead says so.
"""

from __future__ import annotations

from typing import NoReturn

from fakemail.wire.abnf import DIGIT, Octets

SHOWN = 24
"""Octets of what was found that an error message quotes."""


class SyntaxFault(Exception):
    """The octets do not follow the grammar.

    `offset` counts octets from the start of what the cursor was given, from 0; `wanted` and
    `found` are English.
    """

    def __init__(self, offset: int, wanted: str, found: str) -> None:
        super().__init__(f"wanted {wanted} at offset {offset}, found {found}")
        self.offset = offset
        self.wanted = wanted
        self.found = found


class Cursor:
    """Octets, and how far they have been read."""

    __slots__ = ("at", "octets", "separator", "utf8")

    def __init__(
        self, octets: bytes, at: int = 0, separator: str = "/", *, utf8: bool = False
    ) -> None:
        self.octets = octets
        self.at = at
        self.separator = separator
        """What stands between the parts of a mailbox name here."""

        self.utf8 = utf8
        """Whether quoted strings may be UTF-8, and mailbox names are (RFC 6855 §3)."""

    def __repr__(self) -> str:
        return f"<Cursor at {self.at} of {len(self.octets)}>"  # not the octets: maybe a secret

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.octets)

    @property
    def next(self) -> int:
        """The next octet, not consumed; -1 at the end."""
        return self.octets[self.at] if self.at < len(self.octets) else -1

    @property
    def rest(self) -> bytes:
        """What is left, not consumed."""
        return self.octets[self.at :]

    def found(self, at: int | None = None) -> str:
        """What stands at the cursor (or `at`), for an error message."""
        at = self.at if at is None else at
        piece = self.octets[at : at + SHOWN + 1]
        if not piece:
            return "the end of the line"
        line = piece.split(b"\r", 1)[0].split(b"\n", 1)[0]
        if not line:
            return "a line end"
        text = "".join(chr(octet) if 0x20 <= octet < 0x7F else f"\\x{octet:02x}" for octet in line)
        return f"'{text[:SHOWN]}...'" if len(line) > SHOWN else f"'{text}'"

    def fail(self, wanted: str, at: int | None = None) -> NoReturn:
        """Raise the `SyntaxFault` that says what was wanted here (or `at`)."""
        at = self.at if at is None else at
        raise SyntaxFault(at, wanted, self.found(at))

    def startswith(self, octets: bytes) -> bool:
        """Whether exactly these octets come next; consumes nothing."""
        return self.octets.startswith(octets, self.at)

    def accept(self, octets: bytes) -> bool:
        """Consume exactly these octets if they come next."""
        if self.octets.startswith(octets, self.at):
            self.at += len(octets)
            return True
        return False

    def accept_word(self, word: bytes) -> bool:
        """Consume these octets in any case of ASCII letters; `word` is in upper case.

        Says nothing about what follows: ``accept_word(b"RFC822")`` also takes the front of
        ``RFC822.SIZE``.
        """
        end = self.at + len(word)
        if self.octets[self.at : end].upper() == word:
            self.at = end
            return True
        return False

    def expect(self, octets: bytes, wanted: str) -> None:
        """Consume exactly these octets, or fail."""
        if not self.accept(octets):
            self.fail(wanted)

    def expect_word(self, word: bytes, wanted: str) -> None:
        """Consume this word in any case, or fail."""
        if not self.accept_word(word):
            self.fail(wanted)

    def space(self) -> None:
        """``SP``: exactly one space."""
        if self.octets[self.at : self.at + 1] != b" ":
            self.fail("a space")
        self.at += 1

    def run(self, octets: Octets) -> bytes:
        """``*octet``: the longest run of members of the set, maybe empty."""
        match = octets.run.match(self.octets, self.at)
        self.at, start = (match.end() if match else self.at), self.at
        return self.octets[start : self.at]

    def run1(self, octets: Octets, wanted: str) -> bytes:
        """``1*octet``: the longest run of members of the set, or fail when it is empty."""
        return self.run(octets) or self.fail(wanted)

    def take(self, count: int, wanted: str) -> bytes:
        """Exactly `count` octets, or fail."""
        if self.at + count > len(self.octets):
            self.fail(wanted, len(self.octets))
        start, self.at = self.at, self.at + count
        return self.octets[start : self.at]

    def number(self, wanted: str, *, least: int = 0, most: int = 0xFFFFFFFF) -> int:
        """``1*DIGIT`` within bounds (both included); the default is IMAP's 32-bit number."""
        start = self.at
        digits = self.run1(DIGIT, wanted)
        if len(digits) > 20 or not least <= (value := int(digits)) <= most:
            self.fail(f"{wanted} ({least} to {most})", start)
        return value

    def digits(self, count: int, wanted: str) -> int:
        """Exactly `count` digits, as a number."""
        start = self.at
        piece = self.octets[start : start + count]
        if len(piece) < count or not DIGIT.holds(piece):
            self.fail(wanted, start)
        self.at += count
        return int(piece)

    def end(self) -> None:
        """Nothing may follow, or fail."""
        if self.at < len(self.octets):
            self.fail("the end of the command")
