"""Notices from the system about watched mailboxes: one inotify descriptor for all of them.

The host adds `fileno` to its loop and calls `ready` when it is readable. Our own renames come by
as notices too; a mailbox recognises them by a look into its index, without touching the disk.
The mailbox's own folder is watched for one file only, which is always put there in one step:
``dovecot-keywords``, because Dovecot renames messages to new letters before it says what they mean.
Where there is no inotify, or it has no room left, the host's `Store.poll` compares time stamps.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fakemail.store.keywords import FILE as KEYWORDS

if TYPE_CHECKING:
    from inotify_simple import INotify

    from fakemail.store.mailbox import Mailbox


class Watcher:
    """The watched mailboxes and their notices."""

    def __init__(self, notify: INotify) -> None:
        from inotify_simple import flags

        self._notify = notify
        self._there = int(flags.MOVED_TO | flags.CREATE | flags.CLOSE_WRITE)
        self._gone = int(flags.MOVED_FROM | flags.DELETE)
        self._lost = int(flags.Q_OVERFLOW)
        self._ended = int(flags.DELETE_SELF | flags.UNMOUNT | flags.IGNORED)
        self._mask = self._there | self._gone | int(flags.DELETE_SELF | flags.ONLYDIR)
        self._put = int(flags.MOVED_TO | flags.ONLYDIR)
        self._mailboxes: dict[int, tuple[Mailbox, bool | None]] = {}
        """By watch; whether it is that of ``new/``, None for the folder above."""

    def fileno(self) -> int:
        """Readable when there are notices."""
        return int(self._notify.fileno())

    def add(self, mailbox: Mailbox) -> bool:
        """Watch a mailbox; False if the system has no room for it."""
        folder = mailbox.folder
        wanted = (
            (folder.new, self._mask, True),
            (folder.cur, self._mask, False),
            (folder.path, self._put, None),
        )
        try:
            for path, mask, is_new in wanted:
                self._mailboxes[self._notify.add_watch(path, mask)] = (mailbox, is_new)
        except OSError:
            self.remove(mailbox)
            return False
        return True

    def remove(self, mailbox: Mailbox) -> None:
        """Watch it no more."""
        for descriptor in [d for d, (m, _) in self._mailboxes.items() if m is mailbox]:
            del self._mailboxes[descriptor]
            try:
                self._notify.rm_watch(descriptor)
            except OSError:
                pass

    def ready(self) -> None:
        """Hand the waiting notices to their mailboxes; never waits."""
        batches: dict[Mailbox, list[tuple[bool, str, bool]]] = {}
        look: set[Mailbox] = set()
        for descriptor, mask, _, name in self._notify.read(timeout=0):
            if mask & self._lost:
                look.update(mailbox for mailbox, _ in self._mailboxes.values())
                continue
            mailbox, is_new = self._mailboxes.get(descriptor, (None, False))
            if mailbox is None:
                continue
            if mask & self._ended:
                look.add(mailbox)
            elif is_new is None:
                if name == KEYWORDS:
                    batches.setdefault(mailbox, [])
            elif mask & (self._there | self._gone):
                batches.setdefault(mailbox, []).append((is_new, name, bool(mask & self._there)))
        for mailbox, batch in batches.items():
            if mailbox not in look and not mailbox.gone:
                mailbox.noticed(batch)
        for mailbox in look:
            mailbox.look(thoroughly=True)

    def close(self) -> None:
        """Give the descriptor back."""
        self._mailboxes.clear()
        self._notify.close()


def make_watcher() -> Watcher | None:
    """A watcher, if this system has inotify and a free instance."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        from inotify_simple import INotify

        return Watcher(INotify(nonblocking=True))
    except (ImportError, OSError):
        return None
