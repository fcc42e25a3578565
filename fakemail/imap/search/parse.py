"""The grammar of search keys (RFC 3501 §9, search-key).

Read without recursion: a frame is pushed for each OR, NOT and parenthesis, and a key that is
complete falls into the innermost frame. Clients write ``OR k1 OR k2 OR k3 ...`` with hundreds
of keys, so nested ORs (and ANDs, and pairs of NOTs) are merged as they are read; what remains
nested deeper than `MAX_DEPTH` is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from fakemail.imap.grammar.dates import date_
from fakemail.imap.grammar.flags import keyword
from fakemail.imap.grammar.labels import label
from fakemail.imap.grammar.modifiers import mod_sequence
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.imap.grammar.sequence import sequence_set
from fakemail.imap.grammar.strings import astring, quoted
from fakemail.imap.search.evaluate import SearchProgram
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
from fakemail.message.charset import codec_name, decode, decode_strictly
from fakemail.reasons.imap import BAD_CHARSET
from fakemail.reasons.reason import Refusal
from fakemail.wire.abnf import ALPHA, DIGIT, of
from fakemail.wire.cursor import Cursor

MAX_DEPTH = 50
"""How deep AND, OR and NOT may alternate."""

WANTED = "a search key such as ALL, UNSEEN or FROM"

_CHARSET = re.compile(rb"[!-~]{1,64}")
_NUMBERS = frozenset(b"0123456789*$")
_SPACE, _QUOTE = b' "'
_OBJECT_ID = ALPHA.plus("object identifier", DIGIT, of("dash or underscore", "-_"))
_SEEN = HasFlag("\\Seen")


def parse_search(cursor: Cursor) -> SearchProgram:
    """search = "SEARCH" [SP "CHARSET" SP astring] 1*(SP search-key)

    The cursor stands at ``CHARSET`` or the first key; everything up to its end is consumed.
    Raises Refusal(BAD_CHARSET).
    """
    charset: str | None = None
    if cursor.accept_word(b"CHARSET"):
        cursor.space()
        charset = _charset(cursor)
    return SearchProgram(_keys(cursor, _Words(charset)), charset)


def parse_criteria(cursor: Cursor) -> SearchProgram:
    """search-criteria = charset 1*(SP search-key)    (SORT and THREAD, RFC 5256 §5)

    Raises Refusal(BAD_CHARSET).
    """
    charset = _charset(cursor)
    return SearchProgram(_keys(cursor, _Words(charset)), charset)


def _charset(cursor: Cursor) -> str:
    """astring SP, the name of a charset that is known; Refusal(BAD_CHARSET)."""
    start = cursor.at
    name = astring(cursor, "a charset")
    if not _CHARSET.fullmatch(name):
        cursor.fail("a charset such as UTF-8", start)
    charset = name.decode("ascii")
    cursor.space()
    if codec_name(charset) is None:
        raise Refusal(BAD_CHARSET, charset=charset)
    return charset


@dataclass(slots=True)
class _Words:
    """Reads the texts of the command in its charset."""

    charset: str | None

    def text(self, cursor: Cursor) -> str:
        """SP astring"""
        cursor.space()
        start = cursor.at
        octets = astring(cursor, "a text to search for")
        if self.charset is None:
            return decode(octets)
        found = decode_strictly(octets, self.charset)
        if found is None:
            cursor.fail(f"a text in the charset {self.charset}", start)
        return found


_Read: TypeAlias = Callable[[Cursor, _Words], Key]


def _is(key: Key) -> _Read:
    return lambda _cursor, _words: key


def _in_field(name: bytes) -> _Read:
    return lambda cursor, words: InHeader(name, words.text(cursor))


def _in_header(cursor: Cursor, words: _Words) -> Key:
    """ "HEADER" SP header-fld-name SP astring"""
    cursor.space()
    name = astring(cursor, "the name of a header field").lower()
    return InHeader(name, words.text(cursor))


def _keyword(cursor: Cursor, _words: _Words) -> Key:
    cursor.space()
    return HasFlag(keyword(cursor))


def _arrived(relation: Relation) -> _Read:
    def read(cursor: Cursor, _words: _Words) -> Key:
        cursor.space()
        return Arrived(relation, date_(cursor))

    return read


def _sent(relation: Relation) -> _Read:
    def read(cursor: Cursor, _words: _Words) -> Key:
        cursor.space()
        return Sent(relation, date_(cursor))

    return read


def _within(relation: Literal["older", "younger"]) -> _Read:
    """("OLDER" / "YOUNGER") SP nz-number (RFC 5032 §3)"""

    def read(cursor: Cursor, _words: _Words) -> Key:
        cursor.space()
        return Within(relation, cursor.number("a number of seconds", least=1))

    return read


def _size(kind: type[Larger | Smaller]) -> _Read:
    def read(cursor: Cursor, _words: _Words) -> Key:
        cursor.space()
        return kind(cursor.number("a number of octets"))

    return read


def _modseq(cursor: Cursor, _words: _Words) -> Key:
    """ "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer (RFC 7162 §7)

    We keep one mod-sequence a message, so the entry must be ignored (§3.1.5).
    """
    cursor.space()
    if cursor.next == _QUOTE:
        start = cursor.at
        if not quoted(cursor).lower().startswith(b"/flags/"):
            cursor.fail('the name of a metadata item such as "/flags/\\\\Seen"', start)
        cursor.space()
        start = cursor.at
        if cursor.run(ATOM_CHAR).lower() not in (b"priv", b"shared", b"all"):
            cursor.fail("priv, shared or all", start)
        cursor.space()
    return ModSeq(mod_sequence(cursor))


def _object_id(kind: type[EmailId | ThreadId]) -> _Read:
    """objectid = 1*255(ALPHA / DIGIT / "_" / "-") (RFC 8474 §7)"""

    def read(cursor: Cursor, _words: _Words) -> Key:
        cursor.space()
        start = cursor.at
        value = cursor.run1(_OBJECT_ID, "an object identifier")
        if len(value) > 255:
            cursor.fail("at most 255 characters", start)
        return kind(value)

    return read


def _object_number(kind: type[EmailNumber | ThreadNumber]) -> _Read:
    def read(cursor: Cursor, _words: _Words) -> Key:
        cursor.space()
        return kind(cursor.number("a number", most=(1 << 64) - 1))

    return read


def _labelled(cursor: Cursor, _words: _Words) -> Key:
    cursor.space()
    return Labelled(label(cursor))


def _uids(cursor: Cursor, _words: _Words) -> Key:
    cursor.space()
    return InSet(sequence_set(cursor), uids=True)


KEYS: dict[bytes, _Read] = {
    b"ALL": _is(All()),
    b"ANSWERED": _is(HasFlag("\\Answered")),
    b"BCC": _in_field(b"bcc"),
    b"BEFORE": _arrived("before"),
    b"BODY": lambda cursor, words: InBody(words.text(cursor)),
    b"CC": _in_field(b"cc"),
    b"DELETED": _is(HasFlag("\\Deleted")),
    b"DRAFT": _is(HasFlag("\\Draft")),
    b"EMAILID": _object_id(EmailId),
    b"FLAGGED": _is(HasFlag("\\Flagged")),
    b"FROM": _in_field(b"from"),
    b"HEADER": _in_header,
    b"KEYWORD": _keyword,
    b"LARGER": _size(Larger),
    b"MODSEQ": _modseq,
    b"NEW": _is(And((Recent(), Not(_SEEN)))),
    b"OLD": _is(Not(Recent())),
    b"OLDER": _within("older"),
    b"ON": _arrived("on"),
    b"RECENT": _is(Recent()),
    b"SEEN": _is(_SEEN),
    b"SENTBEFORE": _sent("before"),
    b"SENTON": _sent("on"),
    b"SENTSINCE": _sent("since"),
    b"SINCE": _arrived("since"),
    b"SMALLER": _size(Smaller),
    b"SUBJECT": _in_field(b"subject"),
    b"TEXT": lambda cursor, words: InText(words.text(cursor)),
    b"THREADID": _object_id(ThreadId),
    b"TO": _in_field(b"to"),
    b"UID": _uids,
    b"UNANSWERED": _is(Not(HasFlag("\\Answered"))),
    b"UNDELETED": _is(Not(HasFlag("\\Deleted"))),
    b"UNDRAFT": _is(Not(HasFlag("\\Draft"))),
    b"UNFLAGGED": _is(Not(HasFlag("\\Flagged"))),
    b"UNKEYWORD": lambda cursor, words: Not(_keyword(cursor, words)),
    b"UNSEEN": _is(Not(_SEEN)),
    b"X-GM-LABELS": _labelled,
    b"X-GM-MSGID": _object_number(EmailNumber),
    b"X-GM-RAW": lambda cursor, words: Raw(words.text(cursor)),
    b"X-GM-THRID": _object_number(ThreadNumber),
    b"YOUNGER": _within("younger"),
}
"""Every key but OR, NOT, parentheses and sequence sets, in the order of the alphabet."""


@dataclass(slots=True)
class _Frame:
    """An operator that still wants keys."""

    kind: Literal["and", "(", "or", "not"]
    wanted: int = 1
    """Keys that must come; AND, in parentheses or not, goes on to its end."""

    keys: list[Key] = field(default_factory=list)
    depth: int = 0
    """Of the deepest of the keys."""

    def add(self, key: Key, depth: int) -> None:
        """Take a key; an OR in an OR and an AND in an AND are merged."""
        self.wanted -= 1
        merged = Or if self.kind == "or" else And if self.kind != "not" else None
        if merged is not None and isinstance(key, merged):
            self.keys += key.keys
            self.depth = max(self.depth, depth - 1)
        else:
            self.keys.append(key)
            self.depth = max(self.depth, depth)

    def complete(self) -> tuple[Key, int]:
        """The operator with its keys, and how deep that is."""
        if self.kind == "or":
            return Or(tuple(self.keys)), self.depth + 1
        if self.kind == "not":
            return Not(self.keys[0]), self.depth + 1
        if len(self.keys) == 1:
            return self.keys[0], self.depth
        return And(tuple(self.keys)), self.depth + 1


def _keys(cursor: Cursor, words: _Words) -> Key:
    """search-key *(SP search-key), up to the end of the command."""
    frames = [_Frame("and")]
    while True:
        start = cursor.at
        if cursor.accept(b"("):
            frames.append(_Frame("("))
            continue
        if cursor.next in _NUMBERS:
            key: Key = InSet(sequence_set(cursor), uids=False)
        else:
            word = cursor.run1(ATOM_CHAR, WANTED).upper()
            if word == b"OR" or word == b"NOT":
                cursor.space()
                _open(frames, "or" if word == b"OR" else "not")
                continue
            if word not in KEYS:
                cursor.fail(WANTED, start)
            key = KEYS[word](cursor, words)
        whole = _drop(frames, key, cursor)
        if whole is not None:
            return whole
        cursor.space()


def _open(frames: list[_Frame], kind: Literal["or", "not"]) -> None:
    """Begin an OR or a NOT; OR inside OR wants one key more, NOT NOT is nothing."""
    if frames[-1].kind != kind:
        frames.append(_Frame(kind, 2 if kind == "or" else 1))
    elif kind == "or":
        frames[-1].wanted += 1
    else:
        frames.pop()


def _drop(frames: list[_Frame], key: Key, cursor: Cursor) -> Key | None:
    """Put a key where it belongs, then every operator that is complete by it; returns the
    whole when the command has ended."""
    depth = 1 if isinstance(key, Not | And) else 0
    while frames:
        frame = frames[-1]
        frame.add(key, depth)
        match frame.kind:
            case "or" if frame.wanted:
                return None
            case "and" if not cursor.ended:
                return None
            case "(" if not cursor.accept(b")"):
                if cursor.next != _SPACE:
                    cursor.fail("a space and a search key, or )")
                return None
        frames.pop()
        key, depth = frame.complete()
        if depth > MAX_DEPTH:
            cursor.fail(f"search keys that are nested no deeper than {MAX_DEPTH} levels")
    return key
