"""Sets of octets, built the way an ABNF builds them (RFC 5234), and its core rules.

A set is a value that can be united, narrowed and asked, and that carries the compiled pattern
of its longest run, so that a parser that is written octet by octet on paper still runs at the
speed of `re`. Protocols build their own sets from these (`imap/grammar/octets.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


class Octets:
    """A set of octets; `name` is what an error message calls one of them."""

    __slots__ = ("_members", "name", "run")

    def __init__(self, name: str, members: Iterable[int]) -> None:
        self.name = name
        self._members = frozenset(members)
        if not self._members <= _ALL:
            raise ValueError(f"{name}: not octets: {sorted(self._members - _ALL)}")
        inside = b"".join(b"\\x%02x" % octet for octet in sorted(self._members))
        self.run = re.compile(b"[" + inside + b"]*" if inside else b"")
        """Matches, at any place, the longest run of members (maybe empty)."""

    def __contains__(self, octet: int) -> bool:
        return octet in self._members

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._members))

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"<Octets {self.name}: {len(self)}>"

    def minus(self, name: str, *others: Octets) -> Octets:
        """``<any X except Y>``."""
        return Octets(name, self._members.difference(*(other._members for other in others)))

    def plus(self, name: str, *others: Octets) -> Octets:
        """``X / Y``."""
        return Octets(name, self._members.union(*(other._members for other in others)))

    def holds(self, octets: bytes) -> bool:
        """Whether every one of `octets` is a member."""
        found = self.run.match(octets)
        return found is not None and found.end() == len(octets)


_ALL = frozenset(range(256))


def of(name: str, characters: str) -> Octets:
    """The set of these ASCII characters."""
    return Octets(name, characters.encode("ascii"))


def between(name: str, first: int, last: int) -> Octets:
    """``%xFIRST-LAST``, both included."""
    return Octets(name, range(first, last + 1))


# RFC 5234 §B.1
SP = between("SP", 0x20, 0x20)
CR = between("CR", 0x0D, 0x0D)
LF = between("LF", 0x0A, 0x0A)
HTAB = between("HTAB", 0x09, 0x09)
DQUOTE = between("DQUOTE", 0x22, 0x22)
DIGIT = between("DIGIT", 0x30, 0x39)
ALPHA = between("lower case", 0x61, 0x7A).plus("ALPHA", between("upper case", 0x41, 0x5A))
CHAR = between("CHAR", 0x01, 0x7F)
CTL = between("C0", 0x00, 0x1F).plus("CTL", between("DEL", 0x7F, 0x7F))
VCHAR = between("VCHAR", 0x21, 0x7E)
OCTET = between("OCTET", 0x00, 0xFF)
HEXDIG = DIGIT.plus("HEXDIG", of("A-F", "ABCDEFabcdef"))
