"""One mailbox: the messages of one Maildir with their UIDs, flags and changes.

The Maildir is the truth. This object is what fakemail knows of it, brought up to date in three
ways: by what fakemail does itself; by `look`, which compares the directories' time stamps and
lists them again when they differ; and, while somebody watches, by the system's notices of single
files. A message gets its UID when somebody looks, in order of delivery, or at once when somebody
watches; a UID is told to nobody before it stands in ``dovecot-uidlist``.

Sessions share one object per mailbox. All methods are synchronous and none is thread-safe.
Listeners are called after the change is on disk, in the order in which they came, also for
changes which their own session made.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from typing import Literal, TypeAlias

from fakemail.store import maildir, transfer
from fakemail.store.changes import Arrived, Change, Deleted, Expunged, Flagged, Renamed
from fakemail.store.errors import MessageGone, NoSuchMailbox
from fakemail.store.filename import with_letters
from fakemail.store.index import Message
from fakemail.store.journal import Journal
from fakemail.store.keywords import Keywords
from fakemail.store.surroundings import Surroundings
from fakemail.store.sync import Sync

log = logging.getLogger("fakemail")

Listener: TypeAlias = Callable[[Change], None]
How: TypeAlias = Literal["add", "remove", "replace"]


class Mailbox:
    """See the contract in docs/architecture.md, "Store"."""

    def __init__(self, name: str, folder: maildir.Folder, around: Surroundings) -> None:
        self.name = name
        self.folder = folder
        self.around = around
        self.gone = False
        """Deleted, or its UIDs lost their meaning: this object is of no use any more."""
        self.watched = False
        """Whether the system gives notices of changes."""
        self._listeners: list[Listener] = []
        folder.ensure()
        folder.clean()
        self._keywords = Keywords(folder.path)
        self._sync = Sync(self)
        self._journal: Journal | None = None

    def __repr__(self) -> str:
        return f"<Mailbox {self.name!r} {self.folder.path}>"

    # What there is

    @property
    def uid_validity(self) -> int:
        """RFC 3501 §2.3.1.1: grows whenever UIDs lose their meaning."""
        return self._sync.uids.loaded().validity

    @property
    def uid_next(self) -> int:
        """Above every UID ever told (RFC 3501 §2.3.1.1)."""
        self.look()
        return self._sync.uids.loaded().next_uid

    @property
    def guid(self) -> str:
        """32 hexadecimal digits, the same for ever: MAILBOXID (RFC 8474)."""
        return self._sync.uids.loaded().guid

    def messages(self) -> Sequence[Message]:
        """All messages by UID, ascending: one tuple until a message comes or goes."""
        self.look()
        return self._sync.index.snapshot()

    def get(self, uid: int) -> Message | None:
        """The message with this UID, if it is there."""
        self._sync.load()
        return self._sync.index.by_uid.get(uid)

    def read(self, uid: int) -> bytes:
        """The message's octets as on the wire. Raises MessageGone."""
        return self.with_file(self._message(uid), maildir.read_message)

    def read_head(self, uid: int) -> bytes:
        """At least the header block and its empty line. Raises MessageGone."""
        return self.with_file(self._message(uid), maildir.read_header)

    def recent_count(self) -> int:
        """How many messages no session has claimed (EXAMINE, STATUS)."""
        self.look()
        return len(self._sync.index.recent)

    def keywords(self) -> list[str]:
        """The keywords that messages here may carry so far."""
        self._sync.load()
        self._keywords.refresh()
        return self._keywords.names()

    def takes_new_keywords(self) -> bool:
        """Whether a message here could get a keyword that is not in `keywords`."""
        return self._keywords.has_room(self._letters_in_use)

    # What is done to it

    def change_flags(self, uids: Iterable[int], how: How, flags: Collection[str]) -> list[int]:
        """STORE (RFC 3501 §6.4.6); the UIDs whose flags are different now, ascending.

        Raises BadFlag or TooManyKeywords before anything changed; messages that are gone are
        left out.
        """
        self._sync.load()
        if how == "remove":
            self._keywords.refresh()
            wanted = set(self._keywords.known_letters(flags))
        else:
            wanted = set(self.letters_for(flags))
        changed = []
        for uid in sorted(set(uids)):
            message = self._sync.index.by_uid.get(uid)
            if message is not None and self._change(message, how, wanted):
                changed.append(uid)
        if changed:
            self.tell(Flagged(tuple(changed)))
        return changed

    def expunge(self, uids: Iterable[int]) -> list[int]:
        """Remove messages for good; the UIDs that are gone now, ascending."""
        self._sync.load()
        by_uid = self._sync.index.by_uid
        messages = [by_uid[uid] for uid in sorted(set(uids)) if uid in by_uid]
        removed: list[Message] = []
        try:
            for message in messages:
                with contextlib.suppress(MessageGone):
                    self.with_file(message, lambda path, _: os.unlink(path))
                removed.append(message)
        finally:
            gone = self.dropped(removed)
        return gone

    def copy(self, uids: Iterable[int], target: Mailbox) -> list[tuple[int, int]]:
        """COPY (RFC 3501 §6.4.7): pairs of old and new UID; all or none, flags and dates too."""
        return transfer.copy(self, uids, target)

    def copying(
        self, uids: Iterable[int], target: Mailbox
    ) -> Generator[None, None, list[tuple[int, int]]]:
        """The same as a generator, which yields where others may have their turn."""
        return transfer.copying(self, uids, target)

    def move(self, uids: Iterable[int], target: Mailbox) -> list[tuple[int, int]]:
        """MOVE (RFC 6851 §3.3): pairs of old and new UID; each message is never in neither."""
        return transfer.move(self, uids, target)

    def claim_recent(self, most: int | None = None) -> set[int]:
        """Take \\Recent for one session (RFC 3501 §2.3.2): ``new/`` to ``cur/``, oldest first.

        `most` messages; again until the answer is empty.
        """
        self.look()
        claimed = set()
        index = self._sync.index
        for uid in sorted(index.recent)[:most]:
            message = index.by_uid[uid]
            name = with_letters(message.base, message.letters)
            try:
                os.rename(self.path_of(message), self.folder.file(name, False))
            except FileNotFoundError:
                continue
            index.place(message, name, False)
            claimed.add(uid)
        if claimed:
            self._sync.touched()
        return claimed

    # Keeping in step

    def refresh(self) -> None:
        """Look at the disk now; what changed is told to the listeners."""
        if self.watched:
            self.around.drain_watcher()
        self._sync.look(thoroughly=not self.watched)

    def look(self, thoroughly: bool = False) -> None:
        """Be in step with the disk: nothing to do while watched, unless `thoroughly`."""
        self._sync.look(thoroughly)

    def watch(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change from now on; the answer is "stop"."""
        if self.gone:
            raise NoSuchMailbox("The mailbox is gone.")
        if not self._listeners:
            self.watched = self.around.start_watching(self)
            self._sync.look(thoroughly=True)
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)
                if not self._listeners:
                    self._unwatch()

        return stop

    @property
    def is_heard(self) -> bool:
        """Whether arrivals must be told at once."""
        return bool(self._listeners) or self.around.is_heard()

    def noticed(self, events: list[tuple[bool, str, bool]]) -> None:
        """The watcher's notices: (in ``new/``?, file name, is it there now?)."""
        self._sync.noticed(events)

    def tell(self, change: Change) -> None:
        """Announce what the disk has; a listener that fails is our bug, not the doer's."""
        if self._journal is not None and not isinstance(change, Renamed | Deleted):
            self._journal.note(change, self._sync.index)
        for listener in tuple(self._listeners):
            try:
                listener(change)
            except Exception:
                log.exception("a listener of %s failed", self.folder.path)
        self.around.announce(self.name, change)

    def renamed(self, name: str, path: str) -> None:
        """The home has given the folder another name."""
        self.name = name
        self.folder.move_to(path)
        self._keywords.path = os.path.join(path, os.path.basename(self._keywords.path))
        self._sync.uids.moved(path)
        if self._journal is not None:
            self._journal.moved(path)
        self.tell(Renamed(name))

    def vanished(self) -> None:
        """The mailbox is gone: say so and let go."""
        if not self.gone:
            self.gone = True
            self._unwatch()
            self.tell(Deleted())
            self._listeners.clear()

    # CONDSTORE and QRESYNC (RFC 7162): kept only from the first question on. All as of the last
    # look at the disk; the first question raises OSError where no journal can be kept.

    @property
    def highest_modseq(self) -> int:
        """Above 0, never goes back, survives restarts (RFC 7162 §3.1.2.1)."""
        return self._journalled().highest

    def modseq(self, uid: int) -> int:
        """When the message last changed, or was expunged, in MODSEQs."""
        return self._journalled().of(uid)

    def vanished_since(self, modseq: int) -> list[int] | None:
        """UIDs expunged after `modseq`, ascending; None: they are not remembered so far back
        (RFC 7162 §3.2.6)."""
        journal = self._journalled()
        return journal.vanished_since(modseq) if modseq >= journal.remembers_from else None

    def _journalled(self) -> Journal:
        if self._journal is None:
            self.look()
            uids = self._sync.uids.loaded()
            index = self._sync.index
            self._journal = Journal(self.folder.path, uids.validity, uids.next_uid, index)
        return self._journal

    def close(self) -> None:
        """Write down what is only in memory."""
        if self._journal is not None and not self.gone:
            self._journal.close()

    # For the rest of the store

    def settle(self) -> None:
        """Give UIDs to what has been delivered since somebody looked."""
        if not self.gone:
            self._sync.settle()

    def delivered(self, base: str, name: str, *, uid_wanted: bool) -> int | None:
        """`name` has just been put into ``new/``: its UID, if anybody wants to know."""
        if not (uid_wanted or self._listeners or self.around.is_heard()):
            self._sync.expect(base, name)
            return None
        return self._sync.adopt([(base, name)])[0]

    def adopt(self, names: list[tuple[str, str]]) -> list[int]:
        """(base, name) pairs have just been put into ``new/``: their UIDs, now."""
        return self._sync.adopt(names)

    def dropped(self, messages: Collection[Message]) -> list[int]:
        """The files of these messages are gone."""
        there = [m for m in messages if self._sync.index.by_uid.get(m.uid) is m]
        uids = [m.uid for m in there]
        if uids:
            self._sync.index.remove(there)
            self._sync.uids.removed(there)
            self.tell(Expunged(tuple(uids)))
        return uids

    def arrived(self, uids: Sequence[int]) -> None:
        """Announce new messages."""
        if uids:
            self.tell(Arrived(tuple(uids)))

    def letters_for(self, flags: Collection[str]) -> str:
        """The letters that stand for these flags here; raises BadFlag or TooManyKeywords."""
        self._keywords.refresh()
        return self._keywords.letters(flags, self._letters_in_use)

    def path_of(self, message: Message) -> str:
        """Where the file was last seen."""
        return self.folder.file(message.name, message.recent)

    def flags_of(self, letters: str) -> frozenset[str]:
        """What the letters of a file name stand for here."""
        return self._keywords.flags(letters)

    def keywords_changed(self) -> bool:
        """Whether another program gave a letter another meaning."""
        return self._keywords.refresh()

    def date_of(self, message: Message) -> float:
        """The file's mtime, in seconds. Raises MessageGone."""
        return self.with_file(message, lambda path, _: os.stat(path).st_mtime)

    def wire_size_of(self, message: Message) -> int:
        """The size on the wire, counted, and remembered in the uidlist. Raises MessageGone."""
        remembered = self._sync.uids.remembered_size(message)
        if remembered is None:
            remembered = self.with_file(message, lambda path, _: maildir.wire_size(path))
            self._sync.uids.remember_size(message, remembered)
        return remembered

    def with_file(self, message: Message, action: Callable[[str, str], maildir.T]) -> maildir.T:
        """Do something with the path, wherever another program has moved it meanwhile.

        Raises MessageGone.
        """
        for _ in range(3):
            try:
                return action(self.path_of(message), message.base)
            except FileNotFoundError:
                self._sync.look(thoroughly=True)
                if message.uid not in self._sync.index.by_uid:
                    break
        raise MessageGone("The message has been removed.")

    def _message(self, uid: int) -> Message:
        message = self.get(uid)
        if message is None:
            raise MessageGone("There is no message with this UID.")
        return message

    def _change(self, message: Message, how: How, wanted: set[str]) -> bool:
        def rename(path: str, base: str) -> bool:
            before = set(message.letters)
            if how == "add":
                after = before | wanted
            elif how == "remove":
                after = before - wanted
            else:
                after = wanted | {x for x in before if not self._keywords.flags(x)}
            if after == before:
                return False
            name = with_letters(base, "".join(after))
            os.rename(path, self.folder.file(name, message.recent))
            self._sync.index.place(message, name, message.recent)
            self._sync.touched()
            return True

        with contextlib.suppress(MessageGone):
            return self.with_file(message, rename)
        return False

    def _letters_in_use(self) -> set[str]:
        return {x for message in self.messages() for x in message.letters}

    def _unwatch(self) -> None:
        if self.watched:
            self.watched = False
            self.around.stop_watching(self)
        self._sync.touched()
