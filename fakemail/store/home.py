"""One account's mailboxes: a Maildir++ tree.

The home's folder is INBOX itself; every other mailbox is a folder in it whose name begins with a
dot (`names`). Nothing stands for a hierarchy: if ``Work/2026`` is there and ``Work`` is not,
``Work`` is listed, holds its child, and cannot be selected, exactly as Dovecot shows it. Deleting
a mailbox with children leaves such a name (RFC 3501 §6.3.4).

A home that is new gets the usual folders (Sent, Drafts, Trash, Junk, Archive, with their RFC 6154
attributes) the first time somebody lists or opens mailboxes; once deleted they stay deleted, and
a home that another program has furnished is left as it is.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping

from fakemail.store import names as mailbox_names
from fakemail.store import sidecars
from fakemail.store.changes import Change
from fakemail.store.errors import (
    BadMailboxName,
    InboxIsFixed,
    MailboxError,
    MailboxExists,
    MailboxNotEmpty,
    NoSuchMailbox,
    PathEscapes,
)
from fakemail.store.mailbox import Mailbox
from fakemail.store.maildir import Folder
from fakemail.store.names import INBOX
from fakemail.store.surroundings import Shared

DEFAULT_FOLDERS: Mapping[str, str] = {
    "Archive": "\\Archive",
    "Drafts": "\\Drafts",
    "Junk": "\\Junk",
    "Sent": "\\Sent",
    "Trash": "\\Trash",
}
"""Mailbox name to attribute (RFC 6154 §2)."""


class MaildropLock:
    """POP3's exclusive hold on a home (RFC 1939 §3), within this process; release it once."""

    def __init__(self, release: Callable[[MaildropLock], None]) -> None:
        self._release = release

    def release(self) -> None:
        """Let the next session in."""
        self._release(self)

    def __enter__(self) -> MaildropLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Home:
    """See the contract in docs/architecture.md, "Store"."""

    def __init__(self, address: str, root: str, path: str, shared: Shared) -> None:
        self.address = address
        self.path = path
        self.names = shared.names
        self._root = root
        self._shared = shared
        self._open: dict[str, Mailbox] = {}
        self._maildrop: MaildropLock | None = None
        self._last_validity = 0
        self._furnished = False
        self.make()

    def __repr__(self) -> str:
        return f"<Home {self.address!r} {self.path}>"

    def make(self) -> None:
        """The folder and INBOX's directories, whatever of them is missing."""
        Folder(self._root, self.path).ensure()

    # What there is

    def mailboxes(self) -> list[str]:
        """All names, INBOX first, then by name; also those that only hold others."""
        found = self._folders()
        for name in list(found):
            found.update(mailbox_names.parents(name))
        found.discard(INBOX)
        return [INBOX, *sorted(found)]

    def present(self) -> list[str]:
        """The mailboxes that are folders on disk, INBOX first; unlike `mailboxes`, this gives a
        new home nothing."""
        return [INBOX, *sorted(self._on_disk())]

    def mailbox(self, name: str) -> Mailbox:
        """The mailbox of this name, one object for all sessions; raises NoSuchMailbox."""
        mailbox = self._open.get(name)
        if mailbox is None:
            name = self._canonical(name)
            mailbox = self._open.get(name)
        if mailbox is not None and not mailbox.gone:
            mailbox.folder.refuse_swap()
            return mailbox
        name = self._canonical(name)
        if name == INBOX:
            self.make()
        elif not self.selectable(name):
            raise NoSuchMailbox("There is no such mailbox.")
        folder = Folder(self._root, self._path(name))
        mailbox = self._open[name] = Mailbox(name, folder, self)
        return mailbox

    def exists(self, name: str) -> bool:
        """Whether the name would be listed."""
        try:
            name = mailbox_names.canonical_name(name)
        except BadMailboxName:
            return False
        return self.selectable(name) or self.children(name)

    def selectable(self, name: str) -> bool:
        """Whether there are, or may be, messages under this name; False is \\Noselect."""
        try:
            name = self._canonical(name)
            return name == INBOX or self._is_folder(mailbox_names.folder_of(name))
        except BadMailboxName:
            return False

    def children(self, name: str) -> bool:
        """Whether there are names below this one (RFC 3348)."""
        return any(mailbox_names.is_below(other, name) for other in self._folders())

    def special_use(self, name: str) -> str | None:
        """The RFC 6154 attribute of a mailbox, such as ``\\Sent``."""
        return self.special_uses().get(name)

    def special_uses(self) -> dict[str, str]:
        """Mailbox name to RFC 6154 attribute."""
        uses = sidecars.read_special_uses(self.path)
        return dict(self._shared.folders) if uses is None else uses

    def set_special_use(self, name: str, attribute: str | None) -> None:
        """Give a mailbox an attribute, or none (RFC 6154 §3)."""
        uses = self.special_uses()
        uses.pop(name, None)
        if attribute is not None:
            uses[name] = attribute
        sidecars.write_special_uses(self.path, uses)

    # What is done to it

    def create(self, name: str) -> None:
        """CREATE (RFC 3501 §6.3.3). Raises MailboxExists, BadMailboxName."""
        name = self._canonical(name.removesuffix(mailbox_names.SEPARATOR))
        if self.selectable(name):
            raise MailboxExists("There is a mailbox of that name already.")
        self._make(name)

    def delete(self, name: str) -> None:
        """DELETE (RFC 3501 §6.3.4): children stay, and keep the name in the list."""
        name = self._canonical(name)
        if name == INBOX:
            raise InboxIsFixed("INBOX cannot be deleted.")
        if not self.selectable(name):
            if self.children(name):
                raise MailboxNotEmpty("The name only holds other mailboxes: delete those.")
            raise NoSuchMailbox("There is no such mailbox.")
        doomed = os.path.join(self.path, "tmp", f"{self.names.unique()}.deleted")
        os.rename(self._path(name), doomed)
        shutil.rmtree(doomed, ignore_errors=True)
        if mailbox := self._open.pop(name, None):
            mailbox.vanished()
        if name in self.special_uses():
            self.set_special_use(name, None)

    def rename(self, old: str, new: str) -> None:
        """RENAME (RFC 3501 §6.3.5): children too; INBOX gives its messages and stays, empty."""
        old, new = self._canonical(old), self._canonical(new)
        if new == INBOX:
            raise InboxIsFixed("Nothing can be renamed to INBOX.")
        if self.exists(new):
            raise MailboxExists("There is a mailbox of that name already.")
        if old == INBOX:
            self._make(new)
            inbox = self.mailbox(INBOX)
            inbox.move([m.uid for m in inbox.messages()], self.mailbox(new))
            return
        if mailbox_names.is_below(new, old):
            raise MailboxError("A mailbox cannot be renamed to a name below itself.")
        if not self.exists(old):
            raise NoSuchMailbox("There is no such mailbox.")
        moving = [n for n in self._folders() if n == old or mailbox_names.is_below(n, old)]
        pairs = [(name, new + name[len(old) :]) for name in sorted(moving)]
        for _, target in pairs:
            mailbox_names.folder_of(target)
        for source, target in pairs:
            os.rename(self._path(source), self._path(target))
            if mailbox := self._open.pop(source, None):
                self._open[target] = mailbox
                mailbox.renamed(target, self._path(target))
            if attribute := self.special_uses().get(source):
                self.set_special_use(source, None)
                self.set_special_use(target, attribute)

    def subscriptions(self) -> list[str]:
        """The subscribed names, also of mailboxes that are not there (RFC 3501 §6.3.6)."""
        return sidecars.read_subscriptions(self.path)

    def subscribe(self, name: str) -> None:
        """SUBSCRIBE; raises BadMailboxName."""
        sidecars.change_subscription(self.path, self._canonical(name), True)

    def unsubscribe(self, name: str) -> None:
        """UNSUBSCRIBE; nothing happens if it was not subscribed."""
        sidecars.change_subscription(self.path, self._canonical(name), False)

    def lock_maildrop(self) -> MaildropLock | None:
        """POP3's exclusive lock; None while another session of this process has it.

        IMAP sessions and deliveries go on meanwhile (RFC 1939 §3 asks for a snapshot only).
        """
        if self._maildrop is not None:
            return None
        self._maildrop = MaildropLock(self._release)
        return self._maildrop

    def furnish(self, folders: Mapping[str, str | None]) -> None:
        """Give a home these folders, and their RFC 6154 attributes, in place of the usual ones.

        Only if it is new, or nobody has used the usual ones yet; else it is left as it is.
        """
        self._furnish()
        usual = self._shared.folders
        uses = {name: attribute for name, attribute in folders.items() if attribute is not None}
        if uses == usual or self.special_uses() != usual or self._folders() != set(usual):
            return
        if any(name in self._open or not self._is_empty(name) for name in usual):
            return
        for name in set(folders) - set(usual):
            self._make(name)
        sidecars.write_special_uses(self.path, uses)
        for name in set(usual) - set(folders):
            self._discard_empty(name)

    def open_mailboxes(self) -> list[Mailbox]:
        """The mailboxes that are in memory."""
        return [mailbox for mailbox in self._open.values() if not mailbox.gone]

    # For its mailboxes

    def new_validity(self) -> int:
        """A UIDVALIDITY that no mailbox of this home has had."""
        now = self._shared.clock.time()
        self._last_validity = sidecars.next_validity(self.path, now, self._last_validity)
        return self._last_validity

    def announce(self, mailbox: str, change: Change) -> None:
        """Tell the store's bus."""
        self._shared.bus.announce(self.address, mailbox, change)

    def is_heard(self) -> bool:
        """Whether anybody listens to the bus."""
        return bool(self._shared.bus)

    def start_watching(self, mailbox: Mailbox) -> bool:
        """Ask the system for notices; False if it gives none."""
        return self._shared.start_watching(mailbox)

    def stop_watching(self, mailbox: Mailbox) -> None:
        """No notices any more."""
        self._shared.stop_watching(mailbox)

    def drain_watcher(self) -> None:
        """Handle the notices that are waiting."""
        self._shared.drain_watcher()

    def look_again(self, mailbox: Mailbox) -> None:
        """There is something in it that cannot be shown yet."""
        self._shared.look_again(mailbox)

    def _release(self, lock: MaildropLock) -> None:
        if self._maildrop is lock:
            self._maildrop = None

    def _canonical(self, name: str) -> str:
        name = mailbox_names.canonical_name(name)
        mailbox_names.folder_of(name)
        if name != INBOX:
            self._furnish()
        return name

    def _furnish(self) -> None:
        if self._furnished:
            return
        self._furnished = True
        if sidecars.read_special_uses(self.path) is None:
            if not any(name.startswith(".") for name in os.listdir(self.path)):
                for name in self._shared.folders:
                    self._make(name)
            sidecars.write_special_uses(self.path, dict(self._shared.folders))

    def _is_empty(self, name: str) -> bool:
        return not any(os.listdir(os.path.join(self._path(name), sub)) for sub in ("cur", "new"))

    def _discard_empty(self, name: str) -> None:
        """Remove a folder, unless mail came into it at this very moment."""
        path = self._path(name)
        doomed = os.path.join(self.path, "tmp", f"{self.names.unique()}.deleted")
        os.rename(path, doomed)
        if any(os.listdir(os.path.join(doomed, sub)) for sub in ("cur", "new")):
            os.rename(doomed, path)
        else:
            shutil.rmtree(doomed, ignore_errors=True)

    def _make(self, name: str) -> None:
        path = self._path(name)
        Folder(self._root, path).ensure()
        with open(os.path.join(path, "maildirfolder"), "ab"):
            pass

    def _path(self, name: str) -> str:
        folder = mailbox_names.folder_of(name)
        return os.path.join(self.path, folder) if folder else self.path

    def _folders(self) -> set[str]:
        """The names of the folders on disk, without INBOX."""
        self._furnish()
        return self._on_disk()

    def _on_disk(self) -> set[str]:
        found = set()
        for folder in os.listdir(self.path):
            if not folder.startswith(".") or (name := mailbox_names.name_of(folder)) is None:
                continue
            if self._is_folder(folder):
                found.add(name)
        return found

    def _is_folder(self, folder: str) -> bool:
        path = os.path.join(self.path, folder)
        if not os.path.isdir(os.path.join(path, "cur")):
            return False
        if os.path.islink(path):
            try:
                Folder(self._root, path).ensure()
            except PathEscapes:
                return False
        return True
