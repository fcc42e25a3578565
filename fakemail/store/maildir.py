"""One Maildir: the three directories, what lies in them, and the reading of one file.

A message is a regular file in ``new/`` (nobody has seen it: \\Recent) or ``cur/``; ``tmp/`` is
where files grow. Nothing here knows of UIDs. Reading never follows a symbolic link and never
waits for a FIFO; what is not a regular file is not a message.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import stat
from dataclasses import dataclass
from typing import TypeVar

from fakemail.clock import SystemClock
from fakemail.store.errors import PathEscapes
from fakemail.store.filename import is_verbatim
from fakemail.store.paths import refuse_escape

T = TypeVar("T")

NEW, CUR, TMP = "new", "cur", "tmp"
STALE_AFTER = 36 * 3600.0
"""Age of a file in ``tmp/`` that nobody will finish any more (maildir(5)), in seconds."""

_TICK = 50_000_000
_COARSE_TICK = 2_000_000_000
_HEAD = 65536
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_BARE_LF = re.compile(rb"(?<!\r)\n")
_END_OF_HEADER = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True)
class Scan:
    """What lies in a folder: base name to file name."""

    new: dict[str, str]
    cur: dict[str, str]


class Folder:
    """The files of one Maildir."""

    def __init__(self, root: str, path: str) -> None:
        self._root = root
        self.move_to(path)

    def move_to(self, path: str) -> None:
        """The folder has been renamed; all else stays."""
        self.path = path
        self.new, self.cur, self.tmp = (os.path.join(path, sub) for sub in (NEW, CUR, TMP))

    def ensure(self) -> None:
        """Make what is missing of the directories; raises `PathEscapes` if they lead elsewhere."""
        refuse_escape(self._root, self.path)
        for sub in (self.tmp, self.new, self.cur):
            refuse_escape(self.path, sub)
            os.makedirs(sub, 0o700, exist_ok=True)

    def is_there(self) -> bool:
        """Whether this is a Maildir now, and below the root."""
        try:
            self.refuse_swap()
        except PathEscapes:
            return False
        return os.path.isdir(self.cur)

    def refuse_swap(self) -> None:
        """Raise `PathEscapes` if a link that leads elsewhere now stands in the folder's place."""
        try:
            is_link = stat.S_ISLNK(os.lstat(self.path).st_mode)
        except (OSError, ValueError):
            return
        if is_link:
            self.ensure()

    def signature(self) -> tuple[int, int] | None:
        """Changes when files come, go or are renamed; None while it could change unnoticed.

        A directory's time stamp moves in ticks, so a directory that changed within the last tick
        may change again without a new stamp (50 ms are more than a tick of any kernel; whole
        seconds mean a file system with coarse stamps).
        """
        stamps = os.stat(self.new).st_mtime_ns, os.stat(self.cur).st_mtime_ns
        latest = max(stamps)
        tick = _TICK if latest % 1_000_000_000 else _COARSE_TICK
        return stamps if int(SystemClock.time() * 1e9) - latest > tick else None

    def scan(self) -> Scan:
        """List ``new/``, then ``cur/``: a file on its way from one to the other is seen."""
        new = {name.partition(":")[0]: name for name in os.listdir(self.new)}
        cur = {name.partition(":")[0]: name for name in os.listdir(self.cur)}
        return Scan(new, cur)

    def file(self, name: str, recent: bool) -> str:
        """The path of a message file."""
        return f"{self.new if recent else self.cur}/{name}"

    def clean(self) -> None:
        """Remove what has lain in ``tmp/`` for 36 hours; by ctime, which nobody can set back."""
        limit = SystemClock.time() - STALE_AFTER
        with contextlib.suppress(FileNotFoundError), os.scandir(self.tmp) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_ctime < limit:
                        if entry.is_dir(follow_symlinks=False):
                            shutil.rmtree(entry.path)
                        else:
                            os.unlink(entry.path)


def is_message(path: str) -> bool | None:
    """Whether a file not seen before is a message: regular and not hidden; None: not yet.

    A name with a line end in it cannot stand in ``dovecot-uidlist``, so it never is one.

    Another program may write straight into ``new/`` (``cp``); a file that is still open for
    writing is left for later, where the system can tell (Linux grants no read lease on it).
    """
    name = os.path.basename(path)
    if name.startswith((".", ":")) or "\n" in name:
        return False
    try:
        descriptor = os.open(path, _READ)
    except OSError:
        return False
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        return None if _being_written(descriptor) else True
    finally:
        os.close(descriptor)


def _being_written(descriptor: int) -> bool:
    """Ask for a read lease and give it back at once.

    Should a writer come in between, the kernel sends a signal: one that does nothing by default,
    not SIGIO, which would end the process.
    """
    try:
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except (ImportError, AttributeError, OSError):
        return False
    return False


def read_message(path: str, base: str) -> bytes:
    """All octets of a message as on the wire; FileNotFoundError if it is not there."""
    octets = _read(path, -1)
    return octets if is_verbatim(base) else with_crlf(octets)


def read_header(path: str, base: str) -> bytes:
    """The beginning of a message, at least the header block and its empty line."""
    octets = _read(path, _HEAD)
    if len(octets) >= _HEAD and not _END_OF_HEADER.search(octets):
        octets = _read(path, -1)
    elif len(octets) >= _HEAD and not is_verbatim(base):
        octets = octets[: octets.rfind(b"\n") + 1]
    return octets if is_verbatim(base) else with_crlf(octets)


def with_crlf(octets: bytes) -> bytes:
    """Each bare LF as CRLF; everything else as it is."""
    if octets.count(b"\n") == octets.count(b"\r\n"):
        return octets
    return _BARE_LF.sub(b"\r\n", octets)


def wire_size(path: str) -> int:
    """The size after `with_crlf`, in octets, in bounded memory."""
    size = 0
    last = b""
    descriptor = _open(path)
    try:
        while chunk := os.read(descriptor, 1 << 20):
            size += len(chunk) + chunk.count(b"\n") - chunk.count(b"\r\n")
            if last == b"\r" and chunk[:1] == b"\n":
                size -= 1
            last = chunk[-1:]
    finally:
        os.close(descriptor)
    return size


def _read(path: str, limit: int) -> bytes:
    descriptor = _open(path)
    try:
        wanted = os.fstat(descriptor).st_size + 1 if limit < 0 else limit
        first = os.read(descriptor, wanted)
        if (len(first) == wanted and limit < 0) or 0 < len(first) < wanted - 1:
            chunks = [first]
            while (limit < 0 or sum(map(len, chunks)) < limit) and (
                chunk := os.read(descriptor, 1 << 20)
            ):
                chunks.append(chunk)
            return b"".join(chunks)
        return first
    finally:
        os.close(descriptor)


def _open(path: str) -> int:
    """Open a regular file; whatever else stands there counts as not being there."""
    try:
        descriptor = os.open(path, _READ)
    except OSError as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        raise FileNotFoundError(path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileNotFoundError(path)
    return descriptor
