"""Search keys as values (RFC 3501 §6.4.4, and of extensions RFC 5032).

The RFC's keys that are short for others are not here: UNSEEN is ``Not(HasFlag("\\Seen"))``, NEW
is ``And((Recent(), Not(HasFlag("\\Seen"))))``, OLD is ``Not(Recent())``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from fakemail.imap.grammar.sequence import SequenceSet

Relation: TypeAlias = Literal["before", "on", "since"]
"""Of a message's day to the day asked for; `since` includes it."""


@dataclass(frozen=True, slots=True)
class All:
    """ALL: every message."""


@dataclass(frozen=True, slots=True)
class HasFlag:
    """ANSWERED, DELETED, DRAFT, FLAGGED, SEEN, KEYWORD: the flag is set."""

    flag: str


@dataclass(frozen=True, slots=True)
class Recent:
    """RECENT: new to this session."""


@dataclass(frozen=True, slots=True)
class InSet:
    """<sequence set>, UID <sequence set>."""

    numbers: SequenceSet
    uids: bool


@dataclass(frozen=True, slots=True)
class Larger:
    """LARGER: more octets than that."""

    octets: int


@dataclass(frozen=True, slots=True)
class Smaller:
    """SMALLER: fewer octets than that."""

    octets: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """BEFORE, ON, SINCE: the day of the internal date, in UTC, as INTERNALDATE shows it."""

    relation: Relation
    day: date


@dataclass(frozen=True, slots=True)
class Within:
    """OLDER, YOUNGER: the internal date is at least, or at most, so many seconds ago (RFC 5032)."""

    relation: Literal["older", "younger"]
    seconds: int


@dataclass(frozen=True, slots=True)
class Sent:
    """SENTBEFORE, SENTON, SENTSINCE: the day that the Date field says, whatever its zone."""

    relation: Relation
    day: date


@dataclass(frozen=True, slots=True)
class InHeader:
    """BCC, CC, FROM, SUBJECT, TO, HEADER: the field exists and contains the text."""

    field: bytes
    """In lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class InBody:
    """BODY: the body contains the text."""

    text: str


@dataclass(frozen=True, slots=True)
class InText:
    """TEXT: the header or the body contains the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """NOT and the UN... keys."""

    key: Key


@dataclass(frozen=True, slots=True)
class And:
    """All of them: keys one after the other, in parentheses or not."""

    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them: OR, and OR inside OR."""

    keys: tuple[Key, ...]


Key: TypeAlias = (
    All
    | HasFlag
    | Recent
    | InSet
    | Larger
    | Smaller
    | Arrived
    | Within
    | Sent
    | InHeader
    | InBody
    | InText
    | Not
    | And
    | Or
)

EXTENSIONS: dict[type[Key], str] = {Within: "WITHIN"}
"""Keys that came with an extension, and the capability that says it is there."""
