"""Which message gets which UID, and who else may have a say in it.

Two rules:

1. A message gets a UID only under the lock, after the uidlist has been read again if another
   program wrote it; so two programs never give the same UID to two messages.
2. A UID that this process has told of is kept in memory, and put back if the uidlist is damaged,
   removed or rolled back under it; a UID whose message was seen to go is never used again, even
   if the file comes back: clients were told EXPUNGE.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from fakemail.clock import SystemClock
from fakemail.store.errors import MailboxBusy
from fakemail.store.index import Index, Message
from fakemail.store.locking import dotlock
from fakemail.store.uidlist import UidList

if TYPE_CHECKING:
    from fakemail.store.mailbox import Mailbox

Found: TypeAlias = tuple[str, str, bool]
"""Base, file name, and whether it lies in ``new/``."""

_IMPATIENT_FOR = 60.0


class Uids:
    """The UIDs of one mailbox, in memory and in the uidlist."""

    def __init__(self, mailbox: Mailbox, index: Index) -> None:
        self._mailbox = mailbox
        self._folder = mailbox.folder
        self._index = index
        self._uidlist = UidList(mailbox.folder.path, mailbox.around.new_validity)
        self._patient_from = 0.0
        self._dead: dict[str, int] = {}
        """Bases that clients saw go, for which the uidlist still has a line."""

    def loaded(self) -> UidList:
        """The uidlist with a legal UIDVALIDITY; made if there is none."""
        if not self._uidlist.validity:
            self._uidlist.read()
            if not self._uidlist.is_usable:
                with self._locked():
                    self._uidlist.read()
                    if not self._uidlist.is_usable:
                        self._uidlist.rewrite(self._uidlist.uids)
        return self._uidlist

    def assign(self, found: list[Found]) -> None:
        """Give UIDs to new messages, write them down, put them into the index, announce them.

        Raises MailboxBusy, or OSError when it cannot be written: then there are none.
        """
        uidlist = self._uidlist
        with self._locked():
            if uidlist.changed():
                self._read_uidlist_again()
                if self._mailbox.gone:
                    return
                found = self._with_others(found)
            last = self._index.last_uid
            known = [f for f in found if uidlist.uids.get(f[0], 0) > last]
            known.sort(key=lambda f: uidlist.uids[f[0]])
            fresh = [f for f in found if uidlist.uids.get(f[0], 0) <= last]
            if any(f[0] in self._dead for f in fresh):
                uidlist.damaged = True
            validity = uidlist.validity
            uids = uidlist.assign([f[0] for f in fresh]) if fresh or uidlist.damaged else []
            if uidlist.validity != validity:
                self._mailbox.vanished()
                return
            living = len(self._index) + len(found)
            if uidlist.worth_rewriting(living):
                here = self._index.by_base.keys() | {f[0] for f in found}
                uidlist.rewrite([base for base in uidlist.uids if base in here])
                self._dead.clear()
        pairs = [(uidlist.uids[f[0]], f) for f in known] + list(zip(uids, fresh, strict=True))
        self._index.add(Message(self._mailbox, u, b, n, r) for u, (b, n, r) in pairs)
        self._mailbox.arrived([uid for uid, _ in pairs])

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """The uidlist's lock; who waited for it in vain does not wait again for a minute."""
        patient = SystemClock.monotonic() >= self._patient_from
        try:
            with dotlock(self._uidlist.path, patient=patient):
                yield
        except MailboxBusy:
            if patient:
                self._patient_from = SystemClock.monotonic() + _IMPATIENT_FOR
            raise

    def _with_others(self, found: list[Found]) -> list[Found]:
        """Also the files to which the other program gave UIDs: they come before ours."""
        scan = self._folder.scan()
        here = {f[0] for f in found} | self._index.by_base.keys()
        last = self._index.last_uid
        others = [
            (base, name, names is scan.new)
            for names in (scan.cur, scan.new)
            for base, name in names.items()
            if base not in here and self._uidlist.uids.get(base, 0) > last
        ]
        return [*found, *others]

    def _read_uidlist_again(self) -> None:
        """Another program wrote the uidlist: believe it, save for what we have told already."""
        uidlist = self._uidlist
        before = uidlist.validity
        uidlist.read()
        if uidlist.validity != before:
            self._mailbox.vanished()
            return
        for base, uid in self._dead.items():
            if uidlist.uids.get(base) == uid:
                del uidlist.uids[base]
        told = {base: m.uid for base, m in self._index.by_base.items()}
        if any(uidlist.uids.get(base) != uid for base, uid in told.items()):
            taken = set(told.values())
            others = {b: u for b, u in uidlist.uids.items() if b not in told and u not in taken}
            pairs = sorted((u, b) for b, u in {**others, **told}.items())
            uidlist.uids = {base: uid for uid, base in pairs}
            uidlist.next_uid = max(uidlist.next_uid, pairs[-1][0] + 1)
            uidlist.damaged = True

    def removed(self, messages: list[Message]) -> None:
        """These are gone: their UIDs are never used again."""
        for message in messages:
            self._uidlist.uids.pop(message.base, None)
            self._dead[message.base] = message.uid

    # Sizes of other programs' messages

    def remembered_size(self, message: Message) -> int | None:
        """What the uidlist says of the size on the wire (Dovecot's ``W``)."""
        for field in self._uidlist.extensions.get(message.base, "").split():
            if field[0] == "W" and field[1:].isdecimal():
                return int(field[1:])
        return None

    def remember_size(self, message: Message, size: int) -> None:
        """To be written when the uidlist is next replaced."""
        before = self._uidlist.extensions.get(message.base, "")
        fields = [f for f in before.split() if f[0] != "W"]
        self._uidlist.extensions[message.base] = " ".join([*fields, f"W{size}"])

    def moved(self, path: str) -> None:
        """The folder has another name."""
        self._uidlist.path = os.path.join(path, os.path.basename(self._uidlist.path))
