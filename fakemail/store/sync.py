"""How a mailbox keeps in step with its Maildir: loading, looking again, single notices.

A message is gone only if it is in neither of two listings, since a rename during a listing can
hide a file from it. How messages get their UIDs stands in `uids`.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fakemail.store.changes import Flagged
from fakemail.store.errors import MailboxBusy, NoSuchMailbox, PathEscapes
from fakemail.store.filename import base_of, delivery_order
from fakemail.store.index import Index, Message
from fakemail.store.maildir import Scan, is_message
from fakemail.store.uids import Found, Uids

if TYPE_CHECKING:
    from fakemail.store.mailbox import Mailbox


log = logging.getLogger("fakemail")


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Making 100,000 objects sets off the cyclic garbage collector again and again, for nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Sync:
    """The index of one mailbox and how it follows the disk."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._folder = mailbox.folder
        self._signature: tuple[int, int] | None = None
        self._loaded = False
        self._waiting = False
        """There are messages that could not be given UIDs yet."""
        self._pending: list[tuple[str, str]] = []
        """Deliveries since the last look, base and name: what `settle` need not search for."""
        self.index = Index()
        self.uids = Uids(mailbox, self.index)

    # Loading

    def load(self) -> None:
        """Read everything, once."""
        if not self._loaded:
            self.look()

    def _fill(self) -> None:
        uidlist = self.uids.loaded()
        if uidlist.changed():
            uidlist.read()
        self._mailbox.keywords_changed()
        self._signature = self._folder.signature()
        with _without_collector():
            scan = self._folder.scan()
            self.index.fill(list(self._known(scan)))
        self._loaded = True
        self._adopt_strangers(scan)

    def _known(self, scan: Scan) -> Iterator[Message]:
        """The messages that have UIDs, taken out of the scan; ascending, as the uidlist is."""
        new, cur, mailbox = scan.new, scan.cur, self._mailbox
        for base, uid in self.uids.loaded().uids.items():
            if (name := cur.pop(base, None)) is not None:
                new.pop(base, None)
                yield Message(mailbox, uid, base, name, False)
            elif (name := new.pop(base, None)) is not None:
                yield Message(mailbox, uid, base, name, True)

    # Looking again

    def look(self, thoroughly: bool = False) -> None:
        """Bring the index in step with the directories, unless their stamps say it is."""
        if self._mailbox.gone:
            return
        for _ in range(3):
            try:
                self._folder.refuse_swap()
                if not self._loaded:
                    self._fill()
                elif thoroughly or self._waiting or self._has_changed():
                    self._compare()
                return
            except PathEscapes:
                break
            except (FileNotFoundError, NotADirectoryError):
                if not self._folder.is_there():
                    break
                self._folder.ensure()
        self._mailbox.vanished()

    def touched(self) -> None:
        """We changed the directories ourselves, and cannot tell whether somebody else did, too."""
        self._signature = None

    def _has_changed(self) -> bool:
        if self._mailbox.watched:
            return False
        return self._signature is None or self._folder.signature() != self._signature

    def _compare(self) -> None:
        self._pending.clear()
        self._waiting = False
        self._signature = self._folder.signature()
        reworded = self._mailbox.keywords_changed()
        scan = self._folder.scan()
        missing = [
            m for b, m in self.index.by_base.items() if b not in scan.cur and b not in scan.new
        ]
        if missing:
            again = self._folder.scan()
            scan = Scan({**scan.new, **again.new}, {**scan.cur, **again.cur})
            missing = [m for m in missing if m.base not in scan.cur and m.base not in scan.new]
        changed = []
        for base, message in self.index.by_base.items():
            name, recent = scan.cur.pop(base, None), False
            other = scan.new.pop(base, None)
            if name is None:
                name, recent = other, True
            if name is not None and (name != message.name or recent is not message.recent):
                before = message.letters
                self.index.place(message, name, recent)
                if before != message.letters:
                    changed.append(message.uid)
        self._mailbox.dropped(missing)
        if reworded:
            changed = [m.uid for m in self.index.snapshot() if not m.letters.isupper()]
        if changed:
            self._mailbox.tell(Flagged(tuple(changed)))
        self._adopt_strangers(scan)

    def _adopt_strangers(self, scan: Scan) -> None:
        found = [(b, n, True) for b, n in scan.new.items() if b not in scan.cur]
        found += [(b, n, False) for b, n in scan.cur.items()]
        self._adopt_found(found)

    def _adopt_found(self, found: list[Found]) -> None:
        """Give UIDs to files seen for the first time, if they are messages."""
        kinds = [is_message(self._folder.file(f[1], f[2])) for f in found]
        if None in kinds:
            self._wait()
        real = [f for f, kind in zip(found, kinds, strict=True) if kind]
        if real:
            real.sort(key=lambda f: delivery_order(f[0]))
            self._assign_if_possible(real)

    def _assign_if_possible(self, found: list[Found]) -> None:
        """Where the lock is kept or the disk is full, new messages wait; the others can be read."""
        try:
            self.uids.assign(found)
        except FileNotFoundError:
            raise
        except (MailboxBusy, OSError) as error:
            self._wait()
            log.warning("%s: no UIDs for new messages yet: %s", self._folder.path, error)

    def _wait(self) -> None:
        """Something is there that cannot be shown yet: look again, also while watched."""
        self._waiting = True
        self._mailbox.around.look_again(self._mailbox)

    # Single notices

    def noticed(self, events: list[tuple[bool, str, bool]]) -> None:
        """What the system told: (in ``new/``?, file name, is it there now?), in order.

        Our own doings come by as well and are recognised by changing nothing.
        """
        try:
            self._notice(events)
        except (FileNotFoundError, NotADirectoryError):  # the directories themselves are gone
            self.look(thoroughly=True)

    def _notice(self, events: list[tuple[bool, str, bool]]) -> None:
        by_base = self.index.by_base
        suspects: dict[str, Message] = {}
        strangers: dict[str, Found] = {}
        changed: dict[int, None] = {}
        for recent, name, is_there in events:
            base = base_of(name)
            message = by_base.get(base)
            if message is None:
                if is_there:
                    strangers[base] = (base, name, recent)
                elif strangers.get(base, ("", "", False))[1:] == (name, recent):
                    del strangers[base]
            elif message.name == name and message.recent is recent:
                if is_there:
                    suspects.pop(base, None)
                else:
                    suspects[base] = message
            elif is_there and self._has_moved(message, name, recent):
                if message.letters != name[len(base) + 3 :]:
                    changed[message.uid] = None
                self.index.place(message, name, recent)
                suspects.pop(base, None)
        if suspects and any(not os.path.lexists(self._path(m)) for m in suspects.values()):
            self._compare()
        if self._mailbox.keywords_changed():
            worded = (m.uid for m in self.index.snapshot() if not m.letters.isupper())
            changed |= dict.fromkeys(worded)
        if changed:
            self._mailbox.tell(Flagged(tuple(sorted(u for u in changed if u in self.index.by_uid))))
        found = [f for b, f in strangers.items() if b not in self.index.by_base]
        if found:
            self._adopt_found(found)

    def _has_moved(self, message: Message, name: str, recent: bool) -> bool:
        there = os.path.lexists(self._folder.file(name, recent))
        return there and not os.path.lexists(self._path(message))

    def _path(self, message: Message) -> str:
        return self._folder.file(message.name, message.recent)

    # UIDs

    def expect(self, base: str, name: str) -> None:
        """We have just put a file into ``new/``, and nobody asks for its UID."""
        if self._loaded:
            self._pending.append((base, name))

    def settle(self) -> None:
        """Give UIDs to what `expect` was told. What was never loaded waits: names keep order."""
        pending, self._pending = self._pending, []
        found = [
            (base, name, True)
            for base, name in pending
            if base not in self.index.by_base and os.path.lexists(self._folder.file(name, True))
        ]
        if found:
            self._signature = None
            self._assign_if_possible(found)

    def adopt(self, names: list[tuple[str, str]]) -> list[int]:
        """Files that we have just put into ``new/``: their UIDs, written down and announced."""
        self.load()
        bases = [base for base, _ in names]
        found = [(b, n, True) for b, n in names if b not in self.index.by_base]
        if found:
            self.uids.assign(found)
            self._signature = None
        if self._mailbox.gone:
            raise NoSuchMailbox("The mailbox has been deleted.")
        try:
            return [self.index.by_base[base].uid for base in bases]
        except KeyError:
            raise MailboxBusy("The messages are there but have no UIDs yet.") from None
