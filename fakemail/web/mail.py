"""All messages of all accounts as one list, the newest first.

What went out once and came into three mailboxes is one message here, with three copies: the store
writes it once and links it, under one name for ever (`Message.guid`), and the ID is made of that
name. So an ID stays the same while flags change, mailboxes are renamed, and servers restart.

The first question makes the list from the disk. From then on it is kept up to date by the store's
bus; and, as other programs may write into the folders, it is compared with them now and then
before it is read. An entry costs a few hundred octets, whatever the message is.
"""

from __future__ import annotations

import logging
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import TypeAlias

from fakemail.postoffice import PostOffice
from fakemail.store.bus import Announcement
from fakemail.store.changes import Arrived, Deleted, Expunged, Flagged
from fakemail.store.errors import MailboxError, MessageGone
from fakemail.store.filename import moment_of
from fakemail.store.index import Message
from fakemail.store.mailbox import Mailbox

COMPARE_EVERY = 0.5
"""Seconds between comparisons with the disk; more where one takes long."""

SEEN = "\\Seen"
log = logging.getLogger("fakemail")


def id_of(mailbox: Mailbox, message: Message) -> str:
    """The ID of a message: 22 letters and digits.

    Other programs may call different messages `1.eml` in different mailboxes: where the name does
    not say the very moment of delivery, the mailbox counts too.
    """
    name = message.guid
    if moment_of(message.base) is None:
        name += f" {mailbox.guid}"
    return blake2b(name.encode(), digest_size=11).hexdigest()


class Copy:
    """The message as it lies in one mailbox."""

    __slots__ = ("address", "mailbox", "uid")

    def __init__(self, address: str, mailbox: Mailbox, uid: int) -> None:
        self.address = address
        self.mailbox = mailbox
        self.uid = uid

    @property
    def flags(self) -> frozenset[str]:
        """Flags and keywords; none if it is gone."""
        message = self.mailbox.get(self.uid)
        return message.flags if message is not None else frozenset()


class Entry:
    """One message of the list."""

    __slots__ = ("arrival", "copies", "id", "read")

    def __init__(self, id_: str, arrival: tuple[int, int, str]) -> None:
        self.id = id_
        self.arrival = arrival
        self.copies: list[Copy] = []
        self.read = False
        """Whether every copy has been seen."""

    @property
    def key(self) -> tuple[tuple[int, int, str], str]:
        """Its place in the list."""
        return self.arrival, self.id

    def octets(self) -> bytes:
        """The message, of whichever copy is still there. Raises MessageGone."""
        for copy in tuple(self.copies):
            try:
                return copy.mailbox.read(copy.uid)
            except MessageGone:
                continue
        raise MessageGone("The message has been removed.")


Listener: TypeAlias = Callable[[Entry, Copy], None]


class Mail:
    """The list; in the server's thread only."""

    def __init__(self, post_office: PostOffice) -> None:
        self._store = post_office.store
        self._clock = post_office.clock
        self._entries: dict[str, Entry] = {}
        self._order: list[tuple[tuple[int, int, str], str]] = []
        self._boxes: dict[Mailbox, dict[int, str]] = {}
        self._listeners: list[Listener] = []
        self._compare_at = 0.0
        self.unread = 0
        """Messages that have a copy which was not seen."""
        self._stop = self._store.bus.subscribe(self._heard)
        self.compare()

    def __len__(self) -> int:
        return len(self._entries)

    def close(self) -> None:
        """Subscribe to nothing any more."""
        self._stop()
        self._listeners.clear()

    def fresh(self) -> Mail:
        """The list, compared with the disk if that has not been done just now."""
        if self._clock.monotonic() >= self._compare_at:
            self.compare()
        return self

    def get(self, id_: str) -> Entry | None:
        """One message by its ID; ``latest`` is the newest."""
        if id_ == "latest":
            return self._entries[self._order[-1][1]] if self._order else None
        return self._entries.get(id_)

    def page(self, start: int, limit: int) -> list[Entry]:
        """`limit` messages from the `start`th on, the newest first."""
        end = max(len(self._order) - start, 0)
        keys = self._order[max(end - limit, 0) : end]
        return [self._entries[id_] for _, id_ in reversed(keys)]

    def ids(self) -> list[str]:
        """All IDs, the newest first."""
        return [id_ for _, id_ in reversed(self._order)]

    def with_keywords(self) -> Iterator[Entry]:
        """The messages of those mailboxes that know any keyword."""
        for mailbox, known in self._boxes.items():
            try:
                has_some = not mailbox.gone and bool(mailbox.keywords())
            except (MailboxError, OSError):
                continue
            if has_some:
                yield from (self._entries[id_] for id_ in known.values())

    def watch(self, listener: Listener) -> Callable[[], None]:
        """`listener(entry, copy)` for every copy that arrives from now on; returns "stop"."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def mark(self, entries: Iterable[Entry], read: bool) -> None:
        """Set or remove \\Seen of every copy."""
        for mailbox, uids in _by_mailbox(entries).items():
            if not mailbox.gone:
                mailbox.change_flags(uids, "add" if read else "remove", [SEEN])

    def delete(self, entries: Iterable[Entry]) -> None:
        """Remove every copy for good."""
        for mailbox, uids in _by_mailbox(entries).items():
            if not mailbox.gone:
                mailbox.expunge(uids)

    def compare(self) -> None:
        """Look at every mailbox on disk, also of accounts that other programs have made."""
        began = self._clock.monotonic()
        for address in self._store.addresses():
            try:
                home = self._store.home(address)
                boxes = [home.mailbox(name) for name in home.present()]
            except (MailboxError, OSError) as error:
                log.warning("the mail of %s cannot be listed: %s", address, error)
                continue
            for mailbox in boxes:
                try:
                    self._look(address, mailbox)
                except (MailboxError, OSError) as error:
                    log.warning("%s of %s cannot be listed: %s", mailbox.name, address, error)
        took = self._clock.monotonic() - began
        self._compare_at = began + took + max(COMPARE_EVERY, 10 * took)

    # inside

    def _look(self, address: str, mailbox: Mailbox) -> None:
        if mailbox in self._boxes:
            mailbox.look()
        else:
            self._boxes[mailbox] = {}
            self._add(address, mailbox, [message.uid for message in mailbox.messages()])

    def _heard(self, announcement: Announcement) -> None:
        change = announcement.change
        if isinstance(change, Deleted):
            for mailbox in [box for box in self._boxes if box.gone]:
                self._drop(mailbox, tuple(self._boxes[mailbox]))
                del self._boxes[mailbox]
            return
        if not isinstance(change, Arrived | Expunged | Flagged):
            return
        mailbox = self._store.home(announcement.address).mailbox(announcement.mailbox)
        if mailbox not in self._boxes:
            if isinstance(change, Arrived):
                self._look(announcement.address, mailbox)
        elif isinstance(change, Arrived):
            self._add(announcement.address, mailbox, change.uids)
        elif isinstance(change, Expunged):
            self._drop(mailbox, change.uids)
        else:
            for uid in change.uids:
                if (id_ := self._boxes[mailbox].get(uid)) is not None:
                    self._look_at_flags(self._entries[id_])

    def _add(self, address: str, mailbox: Mailbox, uids: Iterable[int]) -> None:
        known = self._boxes[mailbox]
        for uid in uids:
            message = mailbox.get(uid)
            if message is None or uid in known:
                continue
            id_ = known[uid] = id_of(mailbox, message)
            entry = self._entries.get(id_)
            if entry is None:
                entry = self._entries[id_] = Entry(id_, message.arrival)
                entry.read = True
                insort(self._order, entry.key)
            copy = Copy(address, mailbox, uid)
            entry.copies.append(copy)
            self._look_at_flags(entry)
            for listener in tuple(self._listeners):
                try:
                    listener(entry, copy)
                except Exception:
                    log.exception("a listener failed")

    def _drop(self, mailbox: Mailbox, uids: Iterable[int]) -> None:
        known = self._boxes[mailbox]
        for uid in uids:
            id_ = known.pop(uid, None)
            if id_ is None:
                continue
            entry = self._entries[id_]
            entry.copies = [c for c in entry.copies if c.mailbox is not mailbox or c.uid != uid]
            self._look_at_flags(entry)
            if not entry.copies:
                del self._entries[id_]
                del self._order[bisect_left(self._order, entry.key)]

    def _look_at_flags(self, entry: Entry) -> None:
        read = all(SEEN in copy.flags for copy in entry.copies)
        self.unread += entry.read - read
        entry.read = read


def _by_mailbox(entries: Iterable[Entry]) -> dict[Mailbox, list[int]]:
    found: dict[Mailbox, list[int]] = {}
    for entry in entries:
        for copy in entry.copies:
            found.setdefault(copy.mailbox, []).append(copy.uid)
    return found
