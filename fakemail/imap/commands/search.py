"""SEARCH and UID SEARCH (RFC 3501 §6.4.4); the keys are in `imap/search/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fakemail.imap import untagged
from fakemail.imap.command import Command, Numbers, Running
from fakemail.imap.search.evaluate import SearchProgram
from fakemail.imap.search.limits import limited
from fakemail.imap.search.parse import parse_search
from fakemail.imap.session import Session, State
from fakemail.imap.view import View
from fakemail.store.errors import MessageGone
from fakemail.store.index import Message
from fakemail.wire.cursor import Cursor

TURN = 1000
"""Flags, UIDs, sizes and dates to look at before other sessions may have their turn; other keys
count for more (`SearchProgram.effort`)."""


class Candidate:
    """One message, as a search asks about it."""

    __slots__ = ("message", "seq", "view")

    def __init__(self, view: View, seq: int, message: Message) -> None:
        self.view = view
        self.seq = seq
        self.message = message

    @property
    def uid(self) -> int:
        """Unique identifier."""
        return self.message.uid

    @property
    def flags(self) -> frozenset[str]:
        """Flags and keywords, without \\Recent."""
        return self.message.flags

    @property
    def recent(self) -> bool:
        """Whether this session has it as \\Recent."""
        return self.message.uid in self.view.recent

    @property
    def size(self) -> int:
        """RFC822.SIZE."""
        return self.message.size

    @property
    def internal_date(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self.message.internal_date

    def head(self) -> bytes:
        """At least the header."""
        return self.view.mailbox.read_head(self.message.uid)

    def whole(self) -> bytes:
        """The message."""
        return self.view.mailbox.read(self.message.uid)


@dataclass(frozen=True, slots=True)
class SearchArguments:
    """What is looked for, and what the answer's numbers are."""

    program: SearchProgram
    by_uid: bool


def search_parser(by_uid: bool) -> Callable[[Cursor], SearchArguments]:
    """SEARCH's parser, for answers in sequence numbers or UIDs."""

    def parse(cursor: Cursor) -> SearchArguments:
        """search = "SEARCH" [SP "CHARSET" SP astring] 1*(SP search-key)"""
        cursor.space()
        return SearchArguments(parse_search(cursor), by_uid)

    return parse


def search(session: Session, arguments: SearchArguments) -> Running:
    """SEARCH: messages that are gone meanwhile match nothing."""
    view = session.view
    uids = view.uids
    dialect = session.desk.dialect
    program = limited(arguments.program, dialect).bound(len(uids), uids[-1] if uids else 0)
    turn = max(1, TURN // program.effort)
    found = []
    for seq, uid in enumerate(list(uids), 1):
        message = view.mailbox.get(uid)
        if message is None:
            continue
        try:
            if program.matches(Candidate(view, seq, message)):
                found.append(uid if arguments.by_uid else seq)
        except MessageGone:
            continue
        if not seq % turn:
            yield b""
    word = b"SEARCH"
    if seen := dialect.untagged("imap.search"):
        word = seen[0].split()[1].encode("ascii")
    yield untagged.search(found, word)
    return b"OK SEARCH completed."


ROWS = (
    Command(
        name="SEARCH",
        parse=search_parser(by_uid=False),
        run=search,
        states=State.SELECTED,
        numbers=Numbers.USES,
        looks_first=True,
        cites="RFC 3501 §6.4.4",
    ),
    Command(
        name="UID SEARCH",
        parse=search_parser(by_uid=True),
        run=search,
        states=State.SELECTED,
        looks_first=True,
        cites="RFC 3501 §6.4.8",
    ),
)
