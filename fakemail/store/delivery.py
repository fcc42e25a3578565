"""One incoming message, from its first octet until it is in place.

Up to 256 KiB stay in memory and are written at once; what is larger grows in the spool, so that
memory stays bounded. `commit` puts the trace fields in front. Each mailbox gets its file by the
rules of maildir(5): written in ``tmp/``, renamed into ``new/``. For several recipients the file
is written once and linked. Either all have it when `commit` returns, or it raised and none has.

After a kill at any moment a file in ``tmp/`` or the spool may be left over; nobody takes it for a
message, and it is removed later (`maildir.Folder.clean`, `spool`). Unless `fsync` is asked for,
"in place" means in the hands of the operating system: it survives this process, not a power cut.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakemail.clock import Clock, SystemClock
from fakemail.store.errors import MailboxBusy, NoSuchMailbox
from fakemail.store.filename import NameMaker, system_letters
from fakemail.store.locking import write_all
from fakemail.store.mailbox import Mailbox
from fakemail.store.names import INBOX
from fakemail.store.spool import Spool
from fakemail.store.transfer import link_or_copy, remove

if TYPE_CHECKING:
    from fakemail.store.home import Home

IN_MEMORY = 256 * 1024
_PIECE = 1 << 20
log = logging.getLogger("fakemail")

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@dataclass(slots=True)
class Tally:
    """What was delivered since the store was opened: only grows."""

    messages: int = 0
    """Each once, however many mailboxes got it."""

    octets: int = 0
    """With the trace fields."""


class Delivery:
    """See the contract in docs/architecture.md, "Store"."""

    def __init__(
        self, spool: Spool, names: NameMaker, clock: Clock, fsync: bool, tally: Tally
    ) -> None:
        self._spool = spool
        self._names = names
        self._clock = clock
        self._fsync = fsync
        self._tally = tally
        self._chunks: list[bytes] = []
        self._in_memory = 0
        self._descriptor = -1
        self._path = ""
        self.size = 0
        """Octets written so far."""

    def write(self, octets: bytes) -> None:
        """More of the message, as it came: CRLF line ends."""
        self._chunks.append(octets)
        self.size += len(octets)
        self._in_memory += len(octets)
        if self._in_memory > IN_MEMORY:
            if self._descriptor < 0:
                self._descriptor, self._path = self._spool.open()
            self._flush()

    def octets(self) -> bytes:
        """All that was written so far, read back."""
        if self._descriptor < 0:
            return b"".join(self._chunks)
        self._flush()
        found = bytearray()
        while piece := os.pread(self._descriptor, _PIECE, len(found)):
            found += piece
        return bytes(found)

    def commit(
        self,
        homes: Sequence[Home],
        trace: bytes = b"",
        mailbox: str = "INBOX",
        flags: Collection[str] = (),
        internal_date: float | None = None,
        *,
        uid_wanted: bool = False,
        also: Sequence[tuple[Mailbox, Collection[str]]] = (),
    ) -> list[tuple[Mailbox, int | None]]:
        """Put the message into a mailbox of each home, once if a home is given twice; and into
        further mailboxes (`also`: mailbox, flags), which come last in the result.

        On disk under its final name when this returns, in all or (raising) in none. The UID comes
        with it if somebody watches the mailbox or the bus, or if `uid_wanted`; otherwise it is
        given when somebody looks. `internal_date` is in seconds since 1970 UTC.

        Raises NoSuchMailbox, BadFlag, TooManyKeywords, or OSError (no space, for example).
        """
        try:
            octets = len(trace) + self.size
            base = self._names.base(octets)
            placed = []
            for home in homes if len(homes) == 1 else dict.fromkeys(homes):
                target = home.mailbox(mailbox)
                placed.append((target, base + _info(target, flags) if flags else base))
            for target, marks in also:
                if target.gone:
                    raise NoSuchMailbox("The mailbox was deleted meanwhile.")
                placed.append((target, base + _info(target, marks) if marks else base))
            if placed:
                self._place(placed, base, trace, internal_date)
                self._tally.messages += 1
                self._tally.octets += octets
        finally:
            self.discard()
        return [(box, _uid(box, base, name, uid_wanted)) for box, name in placed]

    def discard(self) -> None:
        """Forget the message; harmless after `commit`."""
        self._chunks.clear()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._spool.done(self._path)

    def _place(
        self, placed: list[tuple[Mailbox, str]], base: str, trace: bytes, date: float | None
    ) -> None:
        first, first_name = placed[0]
        grown = self._grow(first, base, trace, date)
        made = []
        try:
            for mailbox, name in placed[1:]:
                path = mailbox.folder.file(name, True)
                try:
                    link_or_copy(grown, path)
                except FileNotFoundError:  # its folders went: another program
                    mailbox.folder.ensure()
                    link_or_copy(grown, path)
                made.append(path)
            path = first.folder.file(first_name, True)
            os.rename(grown, path)
            made.append(path)
            if self._fsync:
                for mailbox, _ in placed:
                    _sync_directory(mailbox.folder.new)
        except BaseException as error:
            for path in [*made, grown]:
                remove(path)
            if isinstance(error, FileNotFoundError):
                raise NoSuchMailbox("The mailbox was deleted meanwhile.") from error
            raise

    def _grow(self, mailbox: Mailbox, base: str, trace: bytes, date: float | None) -> str:
        """Write the whole file into ``tmp/``; its path."""
        path = f"{mailbox.folder.tmp}/{base}"
        spooled = self._descriptor >= 0
        try:
            if spooled and not trace:
                self._flush()
                os.rename(self._path, path)
                descriptor = os.dup(self._descriptor)
            else:
                descriptor = _create(path, mailbox)
        except FileNotFoundError as error:
            raise NoSuchMailbox("The mailbox was deleted meanwhile.") from error
        try:
            if not spooled:
                write_all(descriptor, b"".join([trace, *self._chunks]))
            elif trace:
                write_all(descriptor, trace)
                self._flush()
                self._pour(descriptor)
            if date is not None or not isinstance(self._clock, SystemClock):
                now = self._clock.time()  # without a date the system has set the right one
                os.utime(descriptor, (now, now if date is None else date))
            if self._fsync:
                os.fsync(descriptor)
        except BaseException:
            os.close(descriptor)
            remove(path)
            raise
        os.close(descriptor)
        return path

    def _flush(self) -> None:
        write_all(self._descriptor, b"".join(self._chunks))
        self._chunks.clear()
        self._in_memory = 0

    def _pour(self, target: int) -> None:
        """Copy the spooled octets, within the kernel where it can."""
        offset, total = 0, os.fstat(self._descriptor).st_size
        with contextlib.suppress(OSError, AttributeError):
            while offset < total:
                offset += os.copy_file_range(self._descriptor, target, total - offset, offset)
        while offset < total and (piece := os.pread(self._descriptor, _PIECE, offset)):
            write_all(target, piece)
            offset += len(piece)


def _create(path: str, mailbox: Mailbox) -> int:
    try:
        return os.open(path, _CREATE, 0o600)
    except FileNotFoundError:
        if mailbox.name != INBOX:
            raise
        mailbox.folder.ensure()
        return os.open(path, _CREATE, 0o600)


def _info(mailbox: Mailbox, flags: Collection[str]) -> str:
    """What follows the base in the file's name for these flags, of which there is one at least."""
    letters = system_letters(tuple(flags))
    if letters is None:
        letters = "".join(sorted(set(mailbox.letters_for(flags))))
    return f":2,{letters}"


def _uid(mailbox: Mailbox, base: str, name: str, wanted: bool) -> int | None:
    """The UID now, if anybody cares; later, if the mailbox is locked or the disk is full.

    Nothing may be raised here: the message is in place, and whoever sent it must hear so.
    """
    try:
        return mailbox.delivered(base, name, uid_wanted=wanted)
    except (MailboxBusy, NoSuchMailbox):
        return None
    except OSError as error:
        log.warning("%s: delivered, but no UID yet: %s", mailbox.folder.path, error)
        return None


def _sync_directory(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
