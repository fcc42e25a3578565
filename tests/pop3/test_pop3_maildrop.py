"""The maildrop by itself, over mailboxes that do what a real one hardly ever does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from fakemail.pop3.maildrop import Maildrop
from fakemail.reasons.pop3 import MESSAGE_GONE, NOT_REMOVED
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MessageGone


@dataclass(frozen=True)
class FakeMessage:
    uid: int
    base: str
    octets: bytes = b"octets\r\n"
    has_size: bool = True

    @property
    def size(self) -> int:
        if not self.has_size:
            raise MessageGone("it went while we looked")
        return len(self.octets)


class FakeMailbox:
    def __init__(self, *messages: FakeMessage) -> None:
        self.by_uid = {message.uid: message for message in messages}
        self.fails = False

    def refresh(self) -> None:
        pass

    def messages(self) -> list[FakeMessage]:
        return list(self.by_uid.values())

    def get(self, uid: int) -> FakeMessage | None:
        return self.by_uid.get(uid)

    def read(self, uid: int) -> bytes:
        return self.by_uid[uid].octets

    def expunge(self, uids: list[int]) -> None:
        for uid in uids:
            del self.by_uid[uid]
            if self.fails:
                raise PermissionError(13, "Permission denied")


def test_a_uid_that_means_another_message_now_is_neither_shown_nor_removed():
    mailbox = FakeMailbox(FakeMessage(1, "one"), FakeMessage(2, "two"))
    drop = Maildrop(mailbox)
    mailbox.by_uid[1] = replace(mailbox.by_uid[1], base="another")
    with pytest.raises(Refusal) as caught:
        drop.read(1)
    assert caught.value.reason is MESSAGE_GONE
    drop.delete(1)
    drop.delete(2)
    drop.update()
    assert [message.base for message in mailbox.messages()] == ["another"]


def test_a_message_that_goes_while_its_size_is_asked_for_is_not_in_the_maildrop():
    mailbox = FakeMailbox(FakeMessage(1, "one"), FakeMessage(2, "two", has_size=False))
    drop = Maildrop(mailbox)
    assert list(drop.sizes()) == [(1, 8)]
    assert len(drop) == 1


def test_when_removing_fails_half_way_the_refusal_counts_what_is_left():
    mailbox = FakeMailbox(*(FakeMessage(uid, str(uid)) for uid in (1, 2, 3)))
    mailbox.fails = True
    drop = Maildrop(mailbox)
    for number in (1, 2, 3):
        drop.delete(number)
    with pytest.raises(Refusal) as caught:
        drop.update()
    assert caught.value.reason is NOT_REMOVED
    assert (caught.value.facts["left"], caught.value.facts["marked"]) == (2, 3)
