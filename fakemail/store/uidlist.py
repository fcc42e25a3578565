"""``dovecot-uidlist``, version 3: which message has which UID.

    3 V<uidvalidity> N<next uid> G<mailbox guid>
    <uid> [<key><value> ...] :<base name>

Lines are appended, UIDs ascending; ``N`` is only a lower bound, the last line counts as well. The
file may be read at any time and is written only under ``dovecot-uidlist.lock``: appended to with
one write, or replaced by a rename. Lines of messages that are gone stay until the next replacement.

Damage never keeps a mailbox from opening. A last line without its line end is a write that did
not finish: its UID is not used again and the message gets a new one. Lines that cannot be read
are left out, likewise. Only if the header itself is lost is there a new UIDVALIDITY.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Iterable
from operator import lt

from fakemail.store.locking import write_all

FILE = "dovecot-uidlist"
HIGHEST = 0xFFFF_FFFE

Signature = tuple[int, int, int]
_HEADER = re.compile(rb"3(?: [A-Z][^ \n]*)*\n")


class UidList:
    """What the file says, and how to add to it; to `assign` and `rewrite`, hold the lock."""

    def __init__(self, folder: str, new_validity: Callable[[], int]) -> None:
        self.path = os.path.join(folder, FILE)
        self._new_validity = new_validity
        self._signature: Signature | None = None
        self.validity = 0
        self.next_uid = 1
        self.guid = ""
        self._header_rest: list[bytes] = []
        self.uids: dict[str, int] = {}
        """Base name to UID, UIDs ascending; also of messages that are gone."""
        self.extensions: dict[str, str] = {}
        """Base name to what stands between UID and name, for the few that have it."""
        self.damaged = False
        """The file must be replaced rather than appended to."""
        self._lines = 0

    @property
    def is_usable(self) -> bool:
        """Whether it was read and there was nothing wrong with it."""
        return bool(self.validity) and not self.damaged

    def changed(self) -> bool:
        """Whether the file is not the one last read or written."""
        return self._signature is None or _signature_of(self.path) != self._signature

    def read(self) -> None:
        """Read the file. One that is missing or has no legal header leaves `validity` as it was."""
        try:
            with open(self.path, "rb") as file:
                status = os.fstat(file.fileno())
                octets = file.read()
        except FileNotFoundError:
            self._signature = None
            self.damaged = True
            return
        self._signature = (status.st_ino, len(octets), status.st_mtime_ns)
        self._parse(octets)

    def _parse(self, octets: bytes) -> None:
        self.damaged = not self._parse_header(octets)
        if self.damaged and not self.validity:
            return
        text = os.fsdecode(octets[octets.find(b"\n") + 1 :])
        if (quick := _parse_plain(text)) is not None:
            self.uids, self.extensions, self._lines = quick, {}, len(quick)
            self.next_uid = max(self.next_uid, next(reversed(quick.values()), 0) + 1)
            return
        lines = text.split("\n")
        torn = lines.pop()
        uids: dict[str, int] = {}
        extensions: dict[str, str] = {}
        last = 0
        for line in lines:
            number, mark, base = line.partition(" :")
            try:
                uid = int(number)
            except ValueError:
                number, _, extension = number.partition(" ")
                if not number.isdecimal():
                    self.damaged = True
                    continue
                uid = int(number)
                extensions[base] = extension
            if uid <= last or uid > HIGHEST or not mark or "/" in base or base in uids:
                self.damaged = True
                extensions.pop(base, None) if base not in uids else None
                continue
            uids[base.partition(":")[0] if ":" in base else base] = last = uid
        number = torn.partition(" ")[0]
        if torn:
            self.damaged = True
            if number.isdecimal() and last < int(number) < last + 100_000:
                last = int(number)
        self.uids, self.extensions, self._lines = uids, extensions, len(lines)
        self.next_uid = max(self.next_uid, last + 1)

    def _parse_header(self, octets: bytes) -> bool:
        match = _HEADER.match(octets)
        fields = match[0].split()[1:] if match else []
        values = {field[:1]: field[1:] for field in fields}
        validity, next_uid = values.get(b"V", b""), values.get(b"N", b"")
        if not (validity.isdigit() and next_uid.isdigit()):
            return False
        if not (0 < int(validity) <= 0xFFFF_FFFF and 0 < int(next_uid) <= HIGHEST):
            return False
        if int(validity) != self.validity:
            self.validity, self.next_uid = int(validity), 1
        self.next_uid = max(self.next_uid, int(next_uid))
        guid = values.get(b"G", b"").decode("ascii", "replace")
        self.guid = guid if re.fullmatch("[0-9a-f]{32}", guid) else self.guid
        self._header_rest = [f for f in fields if f[:1] not in (b"V", b"N", b"G")]
        return bool(self.guid)

    def assign(self, bases: Iterable[str]) -> list[int]:
        """Give new names the next UIDs, in this order, and write them down.

        If that fails (no space), none of them has a UID, and these UIDs are not used again.
        """
        fresh: list[tuple[int, str]] = []
        uid = self.next_uid
        for base in bases:
            if self.uids.pop(base, None) is not None:
                self.damaged = True
            fresh.append((uid, base))
            uid += 1
        if uid > HIGHEST:
            self.validity = 0
        for number, base in fresh:
            self.uids[base] = number
        self.next_uid = uid
        try:
            if self.damaged or not self.validity or self._signature is None:
                self.rewrite(self.uids)
            elif fresh:
                self._append("".join(f"{number} :{base}\n" for number, base in fresh))
                self._lines += len(fresh)
        except BaseException:
            for _, base in fresh:
                self.uids.pop(base, None)
            self.damaged = True
            raise
        return [self.uids[base] for _, base in fresh]

    def _append(self, lines: str) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            write_all(descriptor, os.fsencode(lines))
            self._signature = _signature(os.fstat(descriptor))
        finally:
            os.close(descriptor)

    def worth_rewriting(self, living: int) -> bool:
        """Whether most of the file is about messages that are gone."""
        return self._lines > 2 * living + 1000

    def rewrite(self, living: Iterable[str]) -> None:
        """Replace the file, with the names in `living` only; a new UIDVALIDITY if it is lost."""
        if not self.validity:
            self.validity = self._new_validity()
            self.uids = {base: uid for uid, base in enumerate(self.uids, 1)}
            self.next_uid = len(self.uids) + 1
        self.guid = self.guid or secrets.token_hex(16)
        self.uids = {base: self.uids[base] for base in living}
        self.extensions = {b: e for b, e in self.extensions.items() if b in self.uids}
        header = b" ".join(
            [
                b"3",
                b"V%d" % self.validity,
                b"N%d" % self.next_uid,
                b"G" + self.guid.encode(),
                *self._header_rest,
            ]
        )
        extended = self.extensions
        lines = "".join(
            f"{uid} {extended[base]} :{base}\n" if base in extended else f"{uid} :{base}\n"
            for base, uid in self.uids.items()
        )
        temporary = self.path + ".tmp"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            write_all(descriptor, header + b"\n" + os.fsencode(lines))
            self._signature = _signature(os.fstat(descriptor))
        finally:
            os.close(descriptor)
        os.rename(temporary, self.path)
        self._lines = len(self.uids)
        self.damaged = False


def _parse_plain(text: str) -> dict[str, int] | None:
    """All lines at once, if they are whole, in order and without extensions."""
    pieces = text.replace(" :", "\n").split("\n")
    numbers, bases = pieces[0:-1:2], pieces[1:-1:2]
    lines = text.count("\n")
    if pieces[-1] or not lines == text.count(":") == len(numbers) == len(bases) or "/" in text:
        return None
    try:
        uids = list(map(int, numbers))
    except ValueError:
        return None
    found = dict(zip(bases, uids, strict=True))
    ascending = all(map(lt, [0, *uids], [*uids, HIGHEST + 1]))
    return found if ascending and len(found) == lines else None


def _signature(status: os.stat_result) -> Signature:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _signature_of(path: str) -> Signature | None:
    try:
        return _signature(os.stat(path))
    except FileNotFoundError:
        return None
