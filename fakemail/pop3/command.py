"""One line of the client, and the rows that commands are (RFC 2449 §3).

command      =  keyword *(SP param) CRLF    ;255 octets maximum
keyword      =  3*4VCHAR
param        =  1*VCHAR
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fakemail.pop3.state import State

if TYPE_CHECKING:
    from fakemail.pop3.session import Session
    from fakemail.wire.effects import Effects

LONGEST = 255
"""Octets of a command with its CRLF (RFC 2449 §4)."""

LONGEST_SASL = 12288
"""Octets of a line of a SASL exchange with its CRLF (RFC 5034 §4); AUTH may be as long here."""

AUTHORIZATION = frozenset({State.AUTHORIZATION})
TRANSACTION = frozenset({State.TRANSACTION})
BOTH = AUTHORIZATION | TRANSACTION


class WrongArguments(Exception):
    """The arguments are not what the command takes; the text says what was found."""


@dataclass(frozen=True, slots=True)
class Row:
    """One command: what it is called, takes, does, where it may stand, and where it says so."""

    name: str
    syntax: str
    """As a refusal of wrong arguments shows it: ``TOP msg n``."""

    parse: Callable[[str], Any]
    """What follows the keyword and one space, without the line end, to what `run` takes; raises
    WrongArguments."""

    run: Callable[[Session, Any], Effects]
    """Does all that can fail before its first effect."""

    states: frozenset[State]
    section: str
    shows: int = 9
    """How many arguments may stand in a transcript; the others are secrets, or may be."""

    longest: int = LONGEST
    utf8: bool = False
    """Whether its arguments may be UTF-8 (RFC 6856 §2.2)."""


def nothing(rest: str) -> None:
    """No argument."""
    if rest.strip(" "):
        raise WrongArguments(f"{len(rest.split())} given, none taken")


def one_word(rest: str) -> str:
    """Exactly one argument."""
    words = rest.split()
    if len(words) != 1:
        raise WrongArguments(f"{len(words)} given, one wanted")
    return words[0]


def verbatim(rest: str) -> str:
    """Everything after the first space, as it is: "the server may treat spaces as part of the
    password" (RFC 1939 §7)."""
    if not rest:
        raise WrongArguments("none given, one wanted")
    return rest


def mechanism(rest: str) -> tuple[str, str | None] | None:
    """A SASL mechanism and perhaps an initial response; None for a bare AUTH."""
    words = rest.split()
    if len(words) > 2:
        raise WrongArguments(f"{len(words)} given, at most two wanted")
    if not words:
        return None
    return words[0], words[1] if len(words) == 2 else None


def number(rest: str) -> int:
    """One message number."""
    return _digits(one_word(rest), "message number")


def perhaps_number(rest: str) -> int | None:
    """One message number or nothing."""
    return number(rest) if rest.strip(" ") else None


def number_and_lines(rest: str) -> tuple[int, int]:
    """A message number and a non-negative number of lines."""
    words = rest.split()
    if len(words) != 2:
        raise WrongArguments(f"{len(words)} given, two wanted")
    return _digits(words[0], "message number"), _digits(words[1], "number of lines")


def _digits(word: str, what: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise WrongArguments(f"{word} is not a {what}")
    return int(word)
