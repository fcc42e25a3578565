"""Where a large message grows before its mailbox is known: ``<root>/.spool``.

On the same file system as the mail, so that it can be put into place by a rename. A file is named
after the process that writes it; at start, those of dead processes and those older than 36 hours
are removed.
"""

from __future__ import annotations

import contextlib
import os
import socket

from fakemail.clock import SystemClock
from fakemail.store.maildir import STALE_AFTER

FOLDER = ".spool"


class Spool:
    """The spool of one store; its directory is made when first needed."""

    def __init__(self, root: str) -> None:
        self._path = os.path.join(root, FOLDER)
        self._count = 0
        self._prefix = f"{socket.gethostname()}.{os.getpid()}."
        self._clean()

    def open(self) -> tuple[int, str]:
        """A new file: descriptor for reading and writing, and path."""
        os.makedirs(self._path, 0o700, exist_ok=True)
        while True:
            self._count += 1
            path = os.path.join(self._path, f"{self._prefix}{self._count}")
            try:
                flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                return os.open(path, flags, 0o600), path
            except FileExistsError:
                continue

    def _clean(self) -> None:
        limit = SystemClock.time() - STALE_AFTER
        with contextlib.suppress(FileNotFoundError), os.scandir(self._path) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if self._is_dead(entry.name) or entry.stat().st_ctime < limit:
                        os.unlink(entry.path)

    def _is_dead(self, name: str) -> bool:
        host, pid, _ = name.rsplit(".", 2)
        if host != socket.gethostname() or int(pid) == os.getpid():
            return False
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False
