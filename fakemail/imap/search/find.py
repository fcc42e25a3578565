"""Runs a search over the selected mailbox; SEARCH, SORT and THREAD begin with it."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TypeAlias

from fakemail.imap.grammar.sequence import NO_MESSAGES
from fakemail.imap.items import ITEMS, Source
from fakemail.imap.search.customs import understood
from fakemail.imap.search.evaluate import SearchProgram, Setting
from fakemail.imap.search.keys import InSet, leaves
from fakemail.imap.session import Session
from fakemail.imap.view import View
from fakemail.store.errors import MessageGone
from fakemail.store.index import Message

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

    @property
    def modseq(self) -> int:
        """When it last changed."""
        return self.view.mailbox.modseq(self.message.uid)

    @property
    def email_id(self) -> bytes:
        """EMAILID, kept once it was found out."""
        return self._item("EMAILID")

    @property
    def thread_id(self) -> bytes:
        """THREADID, likewise."""
        return self._item("THREADID")

    def _item(self, name: str) -> bytes:
        source = Source(self.view)
        source.turn(self.message)
        return ITEMS[name](source)[len(name) + 2 : -1]

    def head(self) -> bytes:
        """At least the header."""
        return self.view.mailbox.read_head(self.message.uid)

    def whole(self) -> bytes:
        """The message."""
        return self.view.mailbox.read(self.message.uid)


def bound(session: Session, program: SearchProgram) -> SearchProgram:
    """The program as this provider understands it, here and now. Where it names sequence numbers,
    no message may vanish while it runs, not even in a UID command (RFC 7162 §3.2.10.2).

    Raises Refusal(imap.search-unsupported, imap.not-offered).
    """
    view = session.view
    uids = view.uids
    setting = Setting(
        len(uids),
        uids[-1] if uids else 0,
        view.saved or NO_MESSAGES,
        session.desk.clock.time() // 1,
    )
    view.keeps_numbers = any(isinstance(x, InSet) and not x.uids for x in leaves(program.key))
    return understood(program, session).bound(setting)


Finding: TypeAlias = Generator[bytes, None, list[int]]


def find(session: Session, program: SearchProgram, ends: tuple[int, int] | None = None) -> Finding:
    """Sequence numbers, ascending, of the messages that a program, bound, means; those that are
    gone match nothing.

    `ends`: so many of the first and of the last are enough; what lies between may be missing.
    Numbers, since these cost the garbage collector nothing; while the command runs the view's
    `uids` say which messages they are.
    """
    view = session.view
    uids = list(view.uids)
    first, last = ends or (len(uids) + 1, 0)
    front: list[int] = []
    looked = 0
    if first:
        front = yield from _matching(view, program, enumerate(uids, 1), first)
        looked = front[-1] if len(front) == first else len(uids)
    if last:
        from_the_end = zip(range(len(uids), looked, -1), reversed(uids), strict=False)
        front += reversed((yield from _matching(view, program, from_the_end, last)))
    return front


def _matching(
    view: View, program: SearchProgram, pairs: Iterable[tuple[int, int]], most: int
) -> Finding:
    """At most so many of these that match."""
    turn = max(1, TURN // program.effort)
    get, matches = view.mailbox.get, program.matches
    found: list[int] = []
    append = found.append
    for looked, (seq, uid) in enumerate(pairs, 1):
        message = get(uid)
        if message is None:
            continue
        try:
            if matches(Candidate(view, seq, message)):
                append(seq)
                if len(found) >= most:
                    break
        except MessageGone:
            continue
        if not looked % turn:
            yield b""
    return found
