"""One server per data folder.

A lock of the kernel (flock): it ends with the process, however it ends, so that a kill -9 leaves
nothing to clean up. The file only says who holds it.
"""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

LOCK_FILE = "fakemail.lock"
ATTEMPTS, PAUSE = 5, 0.01
"""Whoever asks if a folder is in use (`held`) has the lock for a moment; it is waited for."""


def held(folder: Path) -> bool | None:
    """Whether a server works in this folder; None where that cannot be asked (the folder is
    another user's)."""
    try:
        fd = os.open(folder / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:
        return None
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


class FolderInUse(Exception):
    """Another server works in this data folder."""


class FolderLock:
    """The lock of one data folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_FILE
        self._fd: int | None = None

    def take(self) -> None:
        """Hold it until `release` or the end of the process; raises FolderInUse."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(fd)
        except BlockingIOError:
            holder = os.pread(fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(fd)
            raise FolderInUse(
                f"the data folder {self._path.parent} is in use by the fakemail with pid {holder}."
                "\nStop that one, or give this one a folder of its own with --data FOLDER."
            ) from None
        except BaseException:
            os.close(fd)
            raise
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd

    def release(self) -> None:
        """Let others have it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _lock(fd: int) -> None:
    pause = threading.Event()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if attempt == ATTEMPTS:
                raise
            pause.wait(PAUSE)
