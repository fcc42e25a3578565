"""The messages of one folder in memory: by UID, by base name, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable
from typing import Protocol

from fakemail.store.filename import delivery_order, guid_of, letters_of, sizes_of

_FEW = 50


class Owner(Protocol):
    """What a message asks its mailbox."""

    def flags_of(self, letters: str) -> frozenset[str]:
        """The flags that the letters of a file name stand for."""

    def date_of(self, message: Message) -> float:
        """The file's mtime."""

    def wire_size_of(self, message: Message) -> int:
        """The size that the file name does not tell."""


class Message:
    """One message: treat as read-only outside the store; it is live, flags change in place."""

    __slots__ = ("_date", "_owner", "_size", "base", "name", "recent", "uid")

    def __init__(self, owner: Owner, uid: int, base: str, name: str, recent: bool) -> None:
        self._owner = owner
        self.uid = uid
        self.base = base
        self.name = name
        """The file name, with flag letters, as last seen."""
        self.recent = recent
        """Whether the file is in ``new/``: no session has claimed it yet."""
        self._date: float | None = None
        self._size: int | None = None

    def __repr__(self) -> str:
        return f"<Message {self.uid} {self.name}>"

    @property
    def letters(self) -> str:
        """The flag letters of the file name."""
        return letters_of(self.name, self.base)

    @property
    def flags(self) -> frozenset[str]:
        """System flags and keywords; never \\Recent."""
        return self._owner.flags_of(self.letters)

    @property
    def guid(self) -> str:
        """Names this message for ever: at most 70 printable ASCII characters (RFC 1939 §7)."""
        return guid_of(self.base)

    @property
    def arrival(self) -> tuple[int, int, str]:
        """A sort key: when it was delivered, as its file name states."""
        return delivery_order(self.base)

    @property
    def internal_date(self) -> float:
        """When it was received, in seconds since 1970 UTC. Raises MessageGone."""
        if self._date is None:
            self._date = self._owner.date_of(self)
        return self._date

    @property
    def size(self) -> int:
        """Octets on the wire (RFC822.SIZE). Raises MessageGone if it must look and cannot."""
        if self._size is None:
            stored, wire = sizes_of(self.base)
            known = wire if stored is not None else None
            self._size = self._owner.wire_size_of(self) if known is None else known
        return self._size


class Index:
    """Messages by UID, ascending. UIDs only grow, so adding is appending."""

    def __init__(self) -> None:
        self.by_uid: dict[int, Message] = {}
        self.by_base: dict[str, Message] = {}
        self._order: list[int] = []
        self._messages: list[Message] = []
        self._snapshot: tuple[Message, ...] | None = ()
        self.recent: set[int] = set()
        """UIDs of the messages in ``new/``."""

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def last_uid(self) -> int:
        """The highest UID, 0 if there is none."""
        return self._order[-1] if self._order else 0

    def snapshot(self) -> tuple[Message, ...]:
        """All messages; the same tuple until one comes or goes."""
        if self._snapshot is None:
            self._snapshot = tuple(self._messages)
        return self._snapshot

    def fill(self, messages: list[Message]) -> None:
        """Start over with these, which are in ascending order."""
        self._messages = messages
        self._order = [m.uid for m in messages]
        self.by_uid = dict(zip(self._order, messages, strict=True))
        self.by_base = {m.base: m for m in messages}
        self.recent = {m.uid for m in messages if m.recent}
        self._snapshot = None

    def add(self, messages: Iterable[Message]) -> None:
        """Append messages whose UIDs are above all others, ascending."""
        for message in messages:
            self._messages.append(message)
            self._order.append(message.uid)
            self.by_uid[message.uid] = message
            self.by_base[message.base] = message
            if message.recent:
                self.recent.add(message.uid)
        self._snapshot = None

    def place(self, message: Message, name: str, recent: bool) -> None:
        """The file of a message is called so and lies there now."""
        message.name = name
        if message.recent is not recent:
            message.recent = recent
            (self.recent.add if recent else self.recent.discard)(message.uid)

    def remove(self, messages: Collection[Message]) -> None:
        """Take messages out."""
        gone = {m.uid for m in messages}
        for message in messages:
            del self.by_uid[message.uid]
            del self.by_base[message.base]
        self.recent -= gone
        if len(gone) <= _FEW:
            for uid in gone:
                position = bisect_left(self._order, uid)
                del self._order[position], self._messages[position]
        else:
            self._messages = [m for m in self._messages if m.uid not in gone]
            self._order = [m.uid for m in self._messages]
        self._snapshot = None
