"""What THREAD has to know of every message; read once, by both algorithms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakemail.imap.sort.base_subject import BaseSubject
from fakemail.imap.sort.order import Turns, each_header, sorted_in_turns
from fakemail.imap.sort.values import sent_date, subject_of
from fakemail.imap.view import View
from fakemail.message.header import Header
from fakemail.message.message_ids import message_ids
from fakemail.store.index import Message


@dataclass(frozen=True, slots=True)
class Post:
    """One message."""

    seq: int
    sent: float
    subject: BaseSubject
    """Collated."""

    message_id: bytes | None = None
    references: tuple[bytes, ...] = ()
    """The message's ancestry, its parent last."""


def posts(view: View, found: Sequence[int], *, with_references: bool) -> Turns[list[Post]]:
    """The messages with these sequence numbers, sorted by sent date (RFC 5256 §2.2)."""
    read: list[Post] = []

    def take(seq: int, message: Message, header: Header) -> None:
        message_id: bytes | None = None
        references: tuple[bytes, ...] = ()
        if with_references:
            message_id = next(iter(message_ids(header.get(b"message-id") or b"")), None)
            references = _references(header)
        subject = subject_of(header)
        read.append(Post(seq, sent_date(message, header), subject, message_id, references))

    yield from each_header(view, found, take)
    return (yield from sorted_in_turns(read, lambda post: (post.sent, post.seq)))


def _references(header: Header) -> tuple[bytes, ...]:
    """The message IDs of References, or else the first of In-Reply-To (RFC 5256 §3)."""
    ids = message_ids(header.get(b"references") or b"")
    return tuple(ids or message_ids(header.get(b"in-reply-to") or b"")[:1])
