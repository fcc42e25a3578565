"""Search keys as values (RFC 3501 §6.4.4, and of extensions RFC 5032, RFC 7162, RFC 8474).

The RFC's keys that are short for others are not here: UNSEEN is ``Not(HasFlag("\\Seen"))``, NEW
is ``And((Recent(), Not(HasFlag("\\Seen"))))``, OLD is ``Not(Recent())``.
"""

from __future__ import annotations

from collections.abc import Iterator
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
class ModSeq:
    """MODSEQ: changed at this mod-sequence or after it (RFC 7162 §3.1.5)."""

    least: int


@dataclass(frozen=True, slots=True)
class EmailId:
    """EMAILID: exactly this object identifier (RFC 8474 §6)."""

    value: bytes


@dataclass(frozen=True, slots=True)
class ThreadId:
    """THREADID: exactly this object identifier (RFC 8474 §6)."""

    value: bytes


@dataclass(frozen=True, slots=True)
class EmailNumber:
    """X-GM-MSGID: EMAILID as a number (`imap/labels.py`)."""

    number: int


@dataclass(frozen=True, slots=True)
class ThreadNumber:
    """X-GM-THRID: THREADID as a number."""

    number: int


@dataclass(frozen=True, slots=True)
class Labelled:
    """X-GM-LABELS: has that label; becomes a set of UIDs before the search begins."""

    label: str


@dataclass(frozen=True, slots=True)
class Raw:
    """X-GM-RAW: becomes other keys before the search begins (`raw.py`)."""

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
    | ModSeq
    | EmailId
    | ThreadId
    | EmailNumber
    | ThreadNumber
    | Labelled
    | Raw
    | Not
    | And
    | Or
)

EXTENSIONS: dict[type[Key], str] = {
    Within: "WITHIN",
    ModSeq: "CONDSTORE",
    EmailId: "OBJECTID",
    ThreadId: "OBJECTID",
    EmailNumber: "X-GM-EXT-1",
    ThreadNumber: "X-GM-EXT-1",
    Labelled: "X-GM-EXT-1",
    Raw: "X-GM-EXT-1",
}
"""Keys that came with an extension, and the capability that says it is there."""


def leaves(key: Key) -> Iterator[Key]:
    """Every key that is no operator; never deeper than the grammar lets it be."""
    match key:
        case Not(inner):
            yield from leaves(inner)
        case And(keys) | Or(keys):
            for each in keys:
                yield from leaves(each)
        case _:
            yield key
