"""Where a large message grows before its mailbox is known: ``<root>/.spool``.

On the same file system as the mail, so that it can be put into place by a rename. A file is named
after the process that writes it; at start, those of dead processes and those older than 36 hours
are removed.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket

from fakemail.clock import SystemClock
from fakemail.store.locking import is_dead
from fakemail.store.maildir import STALE_AFTER

FOLDER = ".spool"

_numbers = itertools.count(1)
_growing: set[str] = set()
"""The files of this process; others with its number are from a former life, as in a container."""


class Spool:
    """The spool of one store; its directory is made when first needed."""

    def __init__(self, root: str) -> None:
        self._path = os.path.join(root, FOLDER)
        self._prefix = f"{socket.gethostname()}.{os.getpid()}."
        self._clean()

    def open(self) -> tuple[int, str]:
        """A new file: descriptor for reading and writing, and path."""
        os.makedirs(self._path, 0o700, exist_ok=True)
        while True:
            name = f"{self._prefix}{next(_numbers)}"
            path = os.path.join(self._path, name)
            with contextlib.suppress(FileExistsError):
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                _growing.add(name)
                return descriptor, path

    def done(self, path: str) -> None:
        """The file is not needed any more, or has found its place."""
        _growing.discard(os.path.basename(path))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)

    def _clean(self) -> None:
        limit = SystemClock.time() - STALE_AFTER
        with contextlib.suppress(FileNotFoundError), os.scandir(self._path) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if self._is_dead(entry.name) or entry.stat().st_ctime < limit:
                        os.unlink(entry.path)

    def _is_dead(self, name: str) -> bool:
        owner, _, _ = name.rpartition(".")
        host, _, pid = owner.rpartition(".")
        if pid == str(os.getpid()) and host == socket.gethostname():
            return name not in _growing
        return is_dead(pid, host)
