"""Which messages a search means.

A program is compiled once a command into nested functions and then asked about one message
after the other, so whoever runs it may do something else in between.

Cheap questions come first. Flags, UID, size and internal date need no file; header fields and
the sent date need the head of the file; BODY and TEXT need all of it. AND and OR ask their keys
in that order and stop as soon as the answer is known, so ``BODY x UNSEEN`` opens only unseen
messages.

Texts are compared as people read them (RFC 3501 §6.4.4): encoded words, transfer encodings and
charsets undone, field values unfolded, and without regard to case in the sense of Unicode, nor
to how accents are composed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol, TypeAlias
from unicodedata import normalize

from fakemail.imap.grammar.sequence import NO_MESSAGES, SequenceSet
from fakemail.imap.objectid import as_number
from fakemail.imap.search.keys import (
    All,
    And,
    Arrived,
    EmailId,
    EmailNumber,
    HasFlag,
    InBody,
    InHeader,
    InSet,
    InText,
    Key,
    Labelled,
    Larger,
    ModSeq,
    Not,
    Or,
    Raw,
    Recent,
    Relation,
    Sent,
    Smaller,
    ThreadId,
    ThreadNumber,
    Within,
)
from fakemail.message.date import parse_date
from fakemail.message.encoded_word import decode_words
from fakemail.message.header import Header, header_of
from fakemail.message.part import Part, parse
from fakemail.message.text import all_texts, body_texts

DAY = 86_400
LARGEST = 0xFFFFFFFF
EFFORT = (0, 50, 500)
"""Looks at a flag that take as long as reading and decoding, by the search's cost."""

_EPOCH = date(1970, 1, 1).toordinal()


class Candidate(Protocol):
    """A message as a search sees it."""

    @property
    def seq(self) -> int:
        """Message sequence number in this session."""

    @property
    def uid(self) -> int:
        """Unique identifier."""

    @property
    def flags(self) -> Collection[str]:
        """Flags and keywords, without \\Recent."""

    @property
    def recent(self) -> bool:
        """Whether this session has it as \\Recent."""

    @property
    def size(self) -> int:
        """Octets, as RFC822.SIZE tells."""

    @property
    def internal_date(self) -> float:
        """Seconds since 1970-01-01 UTC."""

    @property
    def modseq(self) -> int:
        """When it last changed (RFC 7162)."""

    @property
    def email_id(self) -> bytes:
        """EMAILID (RFC 8474)."""

    @property
    def thread_id(self) -> bytes:
        """THREADID (RFC 8474)."""

    def head(self) -> bytes:
        """The message, at least up to the end of its header."""

    def whole(self) -> bytes:
        """The message."""


class _Subject:
    """A candidate, and what was read of it so far; a text is decoded once for all keys."""

    __slots__ = ("_texts", "candidate", "head", "whole")

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        self.head: Header | None = None
        self.whole: Part | None = None
        self._texts: dict[object, list[str]] = {}

    @property
    def header(self) -> Header:
        if self.head is None:
            self.head = header_of(self.candidate.head())
        return self.head

    @property
    def part(self) -> Part:
        if self.whole is None:
            self.whole = parse(self.candidate.whole())
            self.head = self.whole.header
        return self.whole

    def field(self, name: bytes) -> list[str]:
        """The values of a header field, decoded and folded."""
        found = self._texts.get(name)
        if found is None:
            values = self.header.get_all(name)
            found = self._texts[name] = [fold(decode_words(value)) for value in values]
        return found

    def texts(self, of: Callable[[Part], Iterable[str]]) -> Iterator[str]:
        """The texts of the message, folded, one after the other; all are kept once all were
        wanted."""
        kept = self._texts.get(of)
        if kept is not None:
            yield from kept
            return
        found = []
        for text in of(self.part):
            found.append(fold(text))
            yield found[-1]
        self._texts[of] = found


Test: TypeAlias = Callable[[_Subject], bool]


@dataclass(frozen=True, slots=True)
class Setting:
    """What some words of a search mean only where and when it runs."""

    largest: int = LARGEST
    """``*`` in a sequence set."""

    largest_uid: int = LARGEST
    """``*`` after UID."""

    last_result: SequenceSet = NO_MESSAGES
    """``$``, in UIDs."""

    now: float = 0.0
    """Seconds since 1970-01-01 UTC."""


@dataclass(frozen=True, slots=True)
class SearchProgram:
    """What SEARCH asks for."""

    key: Key
    charset: str | None = None
    """As the client named it."""

    setting: Setting = Setting()

    _test: Test = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_test", _compile(self.key, self.setting))

    def bound(self, setting: Setting) -> SearchProgram:
        """The same program where it runs. Before, ``*`` is a number that no message has, ``$`` is
        empty, and it is 1970."""
        return replace(self, setting=setting)

    @property
    def cost(self) -> int:
        """What one message may need: 0 nothing, 1 the head of its file, 2 all of it."""
        return cost(self.key)

    @property
    def effort(self) -> int:
        """How much work one message may be, in looks at a flag."""
        return EFFORT[self.cost] + _count(self.key)

    def matches(self, candidate: Candidate) -> bool:
        """Whether the message is meant. Raises only what the candidate raises."""
        return self._test(_Subject(candidate))


def cost(key: Key) -> int:
    """0 for what is known without the file, 1 for what the header tells, 2 for the rest."""
    match key:
        case InBody() | InText() | EmailId() | EmailNumber():
            return 2
        case InHeader() | Sent() | ThreadId() | ThreadNumber():
            return 1
        case Not(inner):
            return cost(inner)
        case And(keys) | Or(keys):
            return max(map(cost, keys))
        case _:
            return 0


def _count(key: Key) -> int:
    """How many keys stand in a key."""
    match key:
        case Not(inner):
            return _count(inner)
        case And(keys) | Or(keys):
            return sum(map(_count, keys))
        case _:
            return 1


def fold(text: str) -> str:
    """A text without its differences of case and of composition."""
    return text.lower() if text.isascii() else normalize("NFC", text.casefold())


def _compile(key: Key, setting: Setting) -> Test:
    match key:
        case And(keys) | Or(keys):
            tests = tuple(_compile(inner, setting) for inner in sorted(keys, key=cost))
            if isinstance(key, And):
                return lambda subject: all(test(subject) for test in tests)
            return lambda subject: any(test(subject) for test in tests)
        case Not(inner):
            test = _compile(inner, setting)
            return lambda subject: not test(subject)
        case InSet(numbers, uids):
            if numbers.last_result or uids:
                numbers = setting.last_result if numbers.last_result else numbers
                holds_uid = _holder(numbers.bounds(setting.largest_uid))
                return lambda subject: holds_uid(subject.candidate.uid)
            holds = _holder(numbers.bounds(setting.largest))
            return lambda subject: holds(subject.candidate.seq)
        case InHeader() | InBody() | InText():
            return _compile_text(key)
        case Arrived(relation, day):
            arrived = _relation(relation, day)
            return lambda subject: arrived(_EPOCH + int(subject.candidate.internal_date // DAY))
        case Within(age, seconds):
            then = setting.now - seconds
            if age == "older":
                return lambda subject: subject.candidate.internal_date // 1 <= then
            return lambda subject: subject.candidate.internal_date // 1 >= then
        case Sent(relation, day):
            return _compile_sent(_relation(relation, day))
        case _:
            return _compile_simple(key)


def _compile_simple(key: Key) -> Test:
    match key:
        case HasFlag(flag):
            if flag.startswith("\\"):
                return lambda subject: flag in subject.candidate.flags
            wanted = flag.lower()
            return lambda subject: any(wanted == found.lower() for found in subject.candidate.flags)
        case Recent():
            return lambda subject: subject.candidate.recent
        case Larger(octets):
            return lambda subject: subject.candidate.size > octets
        case Smaller(octets):
            return lambda subject: subject.candidate.size < octets
        case ModSeq(least):
            return lambda subject: subject.candidate.modseq >= least
        case EmailId(value):
            return lambda subject: subject.candidate.email_id == value
        case ThreadId(value):
            return lambda subject: subject.candidate.thread_id == value
        case EmailNumber(asked):
            return lambda subject: as_number(subject.candidate.email_id) == asked
        case ThreadNumber(asked):
            return lambda subject: as_number(subject.candidate.thread_id) == asked
        case Labelled() | Raw():
            return lambda _subject: False  # `limits.py` puts other keys in its place
        case All():
            return lambda _subject: True
    raise TypeError(key)  # a key that was added to keys.py and not here


def _compile_text(key: InHeader | InBody | InText) -> Test:
    wanted = fold(key.text)
    match key:
        case InHeader(name):
            return lambda subject: any(wanted in value for value in subject.field(name))
        case InBody():
            texts = body_texts
        case InText():
            texts = all_texts
    if not wanted:
        return lambda _subject: True
    return lambda subject: any(wanted in text for text in subject.texts(texts))


def _compile_sent(holds: Callable[[int], bool]) -> Test:
    def test(subject: _Subject) -> bool:
        value = subject.header.get(b"date")
        sent = parse_date(value) if value else None
        return sent is not None and holds(sent.date().toordinal())

    return test


def _relation(relation: Relation, day: date) -> Callable[[int], bool]:
    """How a day, as an ordinal, must stand to the one asked for."""
    asked = day.toordinal()
    match relation:
        case "before":
            return lambda found: found < asked
        case "on":
            return lambda found: found == asked
        case "since":
            return lambda found: found >= asked


def _holder(bounds: list[tuple[int, int]]) -> Callable[[int], bool]:
    """Whether a number lies in one of these ranges, which are sorted and apart."""
    lows = [low for low, _ in bounds]

    def holds(number: int) -> bool:
        at = bisect_right(lows, number)
        return at > 0 and number <= bounds[at - 1][1]

    return holds
