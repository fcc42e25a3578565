"""The maildrop of one session: INBOX as it was at login, frozen (RFC 1939 §4, §5).

Message numbers mean the same message from login to QUIT, whatever arrives or is flagged, moved or
removed meanwhile. So numbers, sizes and unique-ids are read once; only the octets of a message are
read when they are asked for, and then they may be gone. The exclusive lock keeps a second POP3
session out; it does not keep IMAP sessions and other programs from removing messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fakemail.reasons.pop3 import MESSAGE_DELETED, MESSAGE_GONE, NO_SUCH_MESSAGE, NOT_REMOVED
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MessageGone, NoSuchMailbox, StoreError
from fakemail.store.index import Message
from fakemail.store.mailbox import Mailbox


class Maildrop:
    """Messages 1 to n as they were at login, and which of them are marked as deleted."""

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        hides: Callable[[Mailbox, Message], bool] | None = None,
        shape: Callable[[list[str]], list[str]] | None = None,
    ) -> None:
        """`hides` says of a message whether this provider does not show it; `shape` makes the
        provider's unique-ids of ours."""
        mailbox.refresh()
        self._mailbox = mailbox
        self._messages: list[Message] = []
        self._sizes: list[int] = []
        for message in mailbox.messages():
            try:
                if hides is not None and hides(mailbox, message):
                    continue
                self._sizes.append(message.size)
            except MessageGone:
                continue
            self._messages.append(message)
        self._unique_ids: list[str] | None = None
        if shape is not None:
            self._unique_ids = shape([message.guid for message in self._messages])
        self._deleted: set[int] = set()
        self.octets = sum(self._sizes)
        """Of all messages that are not marked as deleted."""

    def __len__(self) -> int:
        """How many messages are not marked as deleted."""
        return len(self._messages) - len(self._deleted)

    @property
    def deleted(self) -> int:
        """How many messages are marked as deleted."""
        return len(self._deleted)

    def sizes(self) -> Iterator[tuple[int, int]]:
        """Number and size in octets of each message that is not marked as deleted."""
        deleted = self._deleted
        return (pair for pair in enumerate(self._sizes, 1) if pair[0] not in deleted)

    def unique_ids(self) -> Iterator[tuple[int, str]]:
        """Number and unique-id of each message that is not marked as deleted."""
        shaped = self._unique_ids
        for number, message in enumerate(self._messages, 1):
            if number not in self._deleted:
                yield number, message.guid if shaped is None else shaped[number - 1]

    def size(self, number: int) -> int:
        """Size of one message in octets; Refusal if it is not there or marked as deleted."""
        self._find(number)
        return self._sizes[number - 1]

    def unique_id(self, number: int) -> str:
        """Unique-id of one message; Refusal if it is not there or marked as deleted."""
        message = self._find(number)
        return message.guid if self._unique_ids is None else self._unique_ids[number - 1]

    def read(self, number: int) -> bytes:
        """The octets of one message; Refusal also if somebody has removed it meanwhile."""
        return self._octets(number, self._mailbox.read)

    def read_head(self, number: int) -> bytes:
        """At least the header block of one message, like `read`."""
        return self._octets(number, self._mailbox.read_head)

    def delete(self, number: int) -> None:
        """Mark as deleted, or Refusal."""
        self._find(number)
        self._deleted.add(number)
        self.octets -= self._sizes[number - 1]

    def undelete(self) -> None:
        """Take all marks away."""
        self._deleted.clear()
        self.octets = sum(self._sizes)

    def update(self) -> None:
        """Remove the messages that are marked as deleted, and no others (RFC 1939 §6).

        A message that somebody else has removed meanwhile counts as removed. Raises
        Refusal(pop3.not-removed) if some could not be.
        """
        marked = [self._messages[number - 1] for number in sorted(self._deleted)]
        if not marked:
            return
        detail = ""
        try:
            self._mailbox.expunge([message.uid for message in marked if self._is_there(message)])
        except (OSError, StoreError) as error:
            detail = type(error).__name__
            self._mailbox.refresh()
        left = sum(map(self._is_there, marked))
        if left:
            raise Refusal(
                NOT_REMOVED,
                left=left,
                marked=len(marked),
                detail=f"{left} of {len(marked)} {detail}",
            )

    def _octets(self, number: int, read: Callable[[int], bytes]) -> bytes:
        message = self._find(number)
        try:
            if self._is_there(message):
                return read(message.uid)
        except (MessageGone, NoSuchMailbox):
            pass
        raise Refusal(MESSAGE_GONE, number=number, detail=f"message {number}")

    def _is_there(self, message: Message) -> bool:
        """Whether its UID still means this message: if the folder's list of UIDs was lost or
        replaced meanwhile, it may mean another, which must not be shown or removed."""
        current = self._mailbox.get(message.uid)
        return current is not None and current.base == message.base

    def _find(self, number: int) -> Message:
        if not 1 <= number <= len(self._messages):
            raise Refusal(NO_SUCH_MESSAGE, number=number, count=len(self._messages))
        if number in self._deleted:
            raise Refusal(MESSAGE_DELETED, number=number)
        return self._messages[number - 1]
