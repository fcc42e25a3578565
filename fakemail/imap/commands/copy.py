"""COPY, MOVE and their UID forms (RFC 3501 §6.4.7; RFC 4315 §3; RFC 6851; RFC 7162 §3.2)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

from fakemail.imap import quota, write
from fakemail.imap.capabilities import offered
from fakemail.imap.command import Command, Running
from fakemail.imap.commands.expunge import highest
from fakemail.imap.commands.numbers import Numbers, parser
from fakemail.imap.grammar.mailbox_name import mailbox
from fakemail.imap.session import Session, State
from fakemail.reasons.imap import READ_ONLY, TRY_CREATE
from fakemail.reasons.reason import Refusal
from fakemail.store.mailbox import Mailbox
from fakemail.wire.cursor import Cursor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CopyArguments:
    """Which messages, and where they go."""

    numbers: Numbers
    target: str


def copy_parser(by_uid: bool) -> Callable[[Cursor], CopyArguments]:
    """COPY's and MOVE's parser, for sequence numbers or UIDs."""
    numbers = parser(by_uid)

    def parse(cursor: Cursor) -> CopyArguments:
        """copy = "COPY" SP sequence-set SP mailbox"""
        messages = numbers(cursor)
        cursor.space()
        return CopyArguments(messages, mailbox(cursor))

    return parse


def copy(session: Session, arguments: CopyArguments) -> Running:
    """COPY: all or none (RFC 3501 §6.4.7), with COPYUID (RFC 4315 §3)."""
    uids, target = _both_ends(session, arguments, adds=True)
    pairs: list[tuple[int, int]] = []
    if uids:
        copying = session.view.mailbox.copying(uids, target)
        with closing(copying):
            pairs = yield from _with_turns(copying)
    return b"OK %bCOPY completed." % _copyuid(session, target, pairs)


def move(session: Session, arguments: CopyArguments) -> Running:
    """MOVE: all or none; COPYUID goes before the EXPUNGE responses (RFC 6851 §4.3)."""
    if session.view.read_only:
        raise Refusal(READ_ONLY)
    uids, target = _both_ends(session, arguments)
    pairs = session.view.mailbox.move(uids, target) if uids else []
    if pairs:
        yield b"* OK %bMoved.\r\n" % _copyuid(session, target, pairs)
    return b"OK %bMOVE completed." % (highest(session.view) if pairs else b"")


def _with_turns(work: Generator[None, None, T]) -> Generator[bytes, None, T]:
    """Other sessions may have their turn wherever `work` pauses."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: T = end.value
            return found
        yield b""


def _both_ends(
    session: Session, arguments: CopyArguments, *, adds: bool = False
) -> tuple[list[int], Mailbox]:
    target = session.mailbox(arguments.target, TRY_CREATE)
    found = arguments.numbers.messages(session.view)
    found.all_there()
    if adds:
        quota.check(session, sum(m.size for _, m in found.messages), len(found.messages))
    return [message.uid for _, message in found.messages], target


def _copyuid(session: Session, target: Mailbox, pairs: list[tuple[int, int]]) -> bytes:
    """resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set; nothing when nothing was
    copied."""
    if not offered(session, "UIDPLUS"):
        return b""
    if not pairs and not session.desk.dialect.has("copyuid_empty"):
        return b""
    sources = write.number_set(source for source, _ in pairs)
    targets = write.number_set(target for _, target in pairs)
    return b"[COPYUID %d %b %b] " % (session.uid_validity(target), sources, targets)


ROWS = (
    Command(
        name="COPY",
        parse=copy_parser(by_uid=False),
        run=copy,
        states=State.SELECTED,
        cites="RFC 3501 §6.4.7",
    ),
    Command(
        name="UID COPY",
        parse=copy_parser(by_uid=True),
        run=copy,
        states=State.SELECTED,
        cites="RFC 3501 §6.4.8",
    ),
    Command(
        name="MOVE",
        parse=copy_parser(by_uid=False),
        run=move,
        states=State.SELECTED,
        cites="RFC 6851 §3.1",
        capability="MOVE",
    ),
    Command(
        name="UID MOVE",
        parse=copy_parser(by_uid=True),
        run=move,
        states=State.SELECTED,
        cites="RFC 6851 §3.2",
        capability="MOVE",
    ),
)
