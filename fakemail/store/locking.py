"""Dotlocks, as Dovecot takes them: ``<file>.lock``, made with O_EXCL, holds ``<pid>:<host>``.

Whoever changes a sidecar file holds its lock meanwhile, so fakemail, Dovecot and a second
fakemail may work on the same folder. A lock is stale, and removed, when the process it names is
dead on this host, when it names this process although it does not hold it (a former life with
the same number, as in a container), when it is two seconds old and still empty (its maker was
killed before it could write its name), or after two minutes. Waiting is bounded, because nobody
else is served meanwhile: a quarter of a second, in steps of a millisecond; Dovecot holds these
locks for less than one. Only an empty lock is waited for until it is stale: after a kill nothing
that was accepted may seem to be missing.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
from collections.abc import Iterator

from fakemail.clock import SystemClock
from fakemail.store.errors import MailboxBusy

STALE_AFTER = 120.0
EMPTY_IS_STALE_AFTER = 2.0
_TRIES = 250
_TRIES_WHILE_EMPTY = 2500

_held: set[str] = set()
_WORTH_CREATING = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0)


@contextlib.contextmanager
def dotlock(path: str, *, patient: bool = True) -> Iterator[None]:
    """Hold ``<path>.lock``; raises `MailboxBusy` if another program keeps it.

    At once, or if `patient` after a quarter of a second.
    """
    lock = path + ".lock"
    tries = _TRIES if patient else 1
    os.close(_take(lock, f"{os.getpid()}:{socket.gethostname()}".encode(), tries))
    try:
        yield
    finally:
        _held.discard(lock)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(lock)


@contextlib.contextmanager
def replacing(path: str) -> Iterator[list[bytes]]:
    """Replace a small file: what is put into the list becomes its content, at once or not at all.

    The lock file itself holds the new content and is renamed over the old one; Dovecot writes
    ``subscriptions`` and ``dovecot-keywords`` in this way. An empty list leaves all as it is.
    """
    lock = path + ".lock"
    descriptor = _take(lock, b"", _TRIES)
    content: list[bytes] = []
    done = False
    try:
        yield content
        if content:
            write_all(descriptor, b"".join(content))
            os.rename(lock, path)
            done = True
    finally:
        os.close(descriptor)
        _held.discard(lock)
        if not done:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(lock)


def write_all(descriptor: int, octets: bytes) -> None:
    """Write everything; `os.write` may take less than it was given."""
    written = os.write(descriptor, octets)
    if written < len(octets):
        rest = memoryview(octets)[written:]
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def _take(lock: str, content: bytes, tries: int) -> int:
    patient, tried = tries > 1, 0
    while True:
        try:
            descriptor = os.open(lock, _WORTH_CREATING, 0o600)
        except FileExistsError:
            if _is_stale(lock):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(lock)
                continue
            tried += 1
            most = _TRIES_WHILE_EMPTY if patient and _is_empty(lock) else tries
            if tried > most:
                break
            select.select((), (), (), 0.001)
        else:
            _held.add(lock)
            if content:
                write_all(descriptor, content)
            return descriptor
    raise MailboxBusy("Another program has locked this mailbox.")


def _is_empty(lock: str) -> bool:
    try:
        return os.stat(lock).st_size == 0
    except OSError:
        return False


def _is_stale(lock: str) -> bool:
    try:
        with open(lock, "rb") as file:
            content = file.read(300)
            age = SystemClock.time() - os.fstat(file.fileno()).st_mtime
    except FileNotFoundError:
        return False
    if age > (STALE_AFTER if content else EMPTY_IS_STALE_AFTER):
        return True
    pid, _, host = content.decode("utf-8", "replace").partition(":")
    if pid == str(os.getpid()) and host == socket.gethostname():
        return lock not in _held
    return is_dead(pid, host)


def is_dead(pid: str, host: str) -> bool:
    """Whether a process was one of this host and runs no more; False if nobody can tell."""
    if not (pid.isascii() and pid.isdigit()) or host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
