"""What CONDSTORE, QRESYNC and PARTIAL add to commands, in parentheses (RFC 7162 §7; RFC 9394 §4;
RFC 4466 §2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.imap.grammar.partial import PartialRange, partial_range
from fakemail.imap.grammar.sequence import STAR, SequenceSet, sequence_set
from fakemail.wire.cursor import Cursor

HIGHEST = 2**63 - 1
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Resync:
    """The QRESYNC parameter of SELECT: what the client remembers (§3.2.5)."""

    uid_validity: int
    modseq: int
    known: SequenceSet | None = None
    """The UIDs that it has; None: all that ever were."""

    sequences: Ranges = ()
    """Some of its sequence numbers, ascending, ..."""

    uids: Ranges = ()
    """... and which UIDs they had, ascending."""

    def pairs(self) -> Iterator[tuple[int, int]]:
        """(sequence number, UID), lazily: the client may have written ``1:4294967295``."""
        return zip(_numbers(self.sequences), _numbers(self.uids), strict=False)


@dataclass(frozen=True, slots=True)
class SelectParameters:
    """What stands behind the name in SELECT and EXAMINE."""

    condstore: bool = False
    resync: Resync | None = None


@dataclass(frozen=True, slots=True)
class FetchModifiers:
    """What stands behind the attributes in FETCH."""

    changed_since: int | None = None
    vanished: bool = False
    partial: PartialRange | None = None


def mod_sequence(cursor: Cursor, *, least: int = 0) -> int:
    """mod-sequence-valzer = "0" / mod-sequence-value     (63 bits)"""
    return cursor.number("a mod-sequence", least=least, most=HIGHEST)


def select_parameters(cursor: Cursor) -> SelectParameters:
    """[SP "(" select-param *(SP select-param) ")"]

    select-param = "CONDSTORE" / "QRESYNC" SP "(" uidvalidity SP mod-sequence-value
    [SP known-uids] [SP seq-match-data] ")"
    """
    condstore, resync = False, None
    for word, start in _modifiers(cursor):
        if word == b"CONDSTORE" and not condstore:
            condstore = True
        elif word == b"QRESYNC" and resync is None:
            cursor.space()
            resync = _resync(cursor)
        else:
            cursor.fail("CONDSTORE or QRESYNC, each once", start)
    return SelectParameters(condstore, resync)


def fetch_modifiers(cursor: Cursor, *, by_uid: bool) -> FetchModifiers:
    """[SP "(" fetch-modifier *(SP fetch-modifier) ")"]

    fetch-modifier = "CHANGEDSINCE" SP mod-sequence-value / "VANISHED"     (§3.2.6: UID FETCH only,
    and only both together) / "PARTIAL" SP partial-range     (RFC 9394 §3.3: UID FETCH only).
    As others do, we take CHANGEDSINCE 0 too: everything has changed.
    """
    begin, changed_since, vanished, partial = cursor.at, None, False, None
    for word, start in _modifiers(cursor):
        if word == b"CHANGEDSINCE" and changed_since is None:
            cursor.space()
            changed_since = mod_sequence(cursor)
        elif word == b"VANISHED" and by_uid and not vanished:
            vanished = True
        elif word == b"PARTIAL" and by_uid and partial is None:
            cursor.space()
            partial = partial_range(cursor)
        else:
            wanted = "CHANGEDSINCE, VANISHED or PARTIAL" if by_uid else "CHANGEDSINCE"
            cursor.fail(f"{wanted}, each once", start)
    if vanished and changed_since is None:
        cursor.fail("CHANGEDSINCE, without which there is no VANISHED", begin)
    return FetchModifiers(changed_since, vanished, partial)


def store_modifiers(cursor: Cursor) -> int | None:
    """[SP "(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")"]"""
    unchanged_since = None
    for word, start in _modifiers(cursor):
        if word != b"UNCHANGEDSINCE" or unchanged_since is not None:
            cursor.fail("UNCHANGEDSINCE, once", start)
        cursor.space()
        unchanged_since = mod_sequence(cursor)
    return unchanged_since


def _modifiers(cursor: Cursor) -> Iterator[tuple[bytes, int]]:
    """The words of a list, and where they begin; whoever asks reads their values. Consumes
    nothing where there is no list."""
    if not cursor.accept(b" ("):
        return
    while True:
        start = cursor.at
        yield cursor.run(ATOM_CHAR).upper(), start
        if cursor.accept(b")"):
            return
        cursor.space()


def _resync(cursor: Cursor) -> Resync:
    cursor.expect(b"(", "UIDVALIDITY and mod-sequence in parentheses")
    uid_validity = cursor.number("a UIDVALIDITY", least=1)
    cursor.space()
    modseq = mod_sequence(cursor, least=1)
    known, sequences, uids = None, Ranges(), Ranges()
    if cursor.startswith(b" ") and not cursor.startswith(b" ("):
        cursor.space()
        known = SequenceSet(_known(cursor, ascending=False))
    if cursor.accept(b" ("):
        sequences = _known(cursor, ascending=True)
        cursor.space()
        uids = _known(cursor, ascending=True)
        cursor.expect(b")", "the ) of the sequence match data")
    cursor.expect(b")", "the ) of QRESYNC")
    return Resync(uid_validity, modseq, known, sequences, uids)


def _known(cursor: Cursor, *, ascending: bool) -> Ranges:
    """sequence-set, where ``*`` is not allowed; each number once and in order if `ascending`."""
    start = cursor.at
    ranges = sequence_set(cursor).ranges
    if not ranges or any(STAR in ends for ends in ranges):
        cursor.fail("numbers and ranges, without * or $", start)
    if ascending:
        ends = [end for low, high in ranges for end in ((low, high) if low != high else (low,))]
        if any(one >= other for one, other in pairwise(ends)):
            cursor.fail("numbers in ascending order", start)
    return ranges


def _numbers(ranges: Ranges) -> Iterator[int]:
    for low, high in ranges:
        yield from range(low, high + 1)
