"""Which messages a sequence set means, for every command that takes one.

By sequence number, a message that another session expunged, and this client was not told of,
still has its number; such commands do what they can and end with NO [EXPUNGEISSUED] (RFC 2180
§4.1.2, §4.2.1; RFC 5530 §3). By UID, it is absent like any other (RFC 3501 §6.4.8).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fakemail.imap.grammar.sequence import SequenceSet, sequence_set
from fakemail.imap.view import View
from fakemail.reasons.imap import EXPUNGE_ISSUED
from fakemail.reasons.reason import Refusal
from fakemail.store.index import Message
from fakemail.wire.cursor import Cursor


@dataclass(frozen=True, slots=True)
class Numbers:
    """A sequence set, and what its numbers are."""

    set: SequenceSet
    by_uid: bool

    def messages(self, view: View) -> Found:
        """The messages; raises Refusal(imap.no-such-message) for a sequence number too large."""
        pairs = view.with_uids(self.set) if self.by_uid else view.numbered(self.set)
        get = view.mailbox.get
        found = Found()
        append = found.messages.append
        for sequence, uid in pairs:
            message = get(uid)
            if message is not None:
                append((sequence, message))
            else:
                found.missing = not self.by_uid
        return found


class Found:
    """Messages with their sequence numbers, ascending."""

    __slots__ = ("messages", "missing")

    def __init__(self) -> None:
        self.messages: list[tuple[int, Message]] = []
        self.missing = False
        """Whether one that the client may count on was expunged elsewhere."""

    def keep(self, wanted: Callable[[Message], bool]) -> None:
        """Leave out the others."""
        self.messages = [pair for pair in self.messages if wanted(pair[1])]

    def all_there(self) -> None:
        """Raise Refusal(imap.expunge-issued) if some were missing."""
        if self.missing:
            raise Refusal(EXPUNGE_ISSUED)


def parser(by_uid: bool) -> Callable[[Cursor], Numbers]:
    """SP sequence-set, of UIDs or of sequence numbers."""

    def parse(cursor: Cursor) -> Numbers:
        cursor.space()
        return Numbers(sequence_set(cursor), by_uid)

    return parse
