"""``fakemail-journal``: MODSEQs and expunged UIDs, for CONDSTORE and QRESYNC (RFC 7162).

A client that was told MODSEQ n, and comes back, must hear of everything that changed after n. So
no MODSEQ may be told twice for different states, whatever happens to this process. The rules:

1. The journal starts with the first question for a MODSEQ; a mailbox that nobody asks about has
   none, and pays nothing.
2. Changes of flags and expunges are appended before anybody is told of them (one write each).
3. Arrivals are not written at once. A message that the journal does not know when it is opened
   counts as changed just then; so does one whose flag letters differ from those noted, and what
   is noted and not there was expunged just then. Other programs' changes are found in this way.
4. "Just then" is above everything ever told: a *ceiling* stands in the file before any MODSEQ
   near it is told, and a journal that was not closed properly goes on from there.

Lines: ``<modseq> =<letters> <uids>`` (these messages have these flags since), ``<modseq> ! <uids>``
(expunged), ``<modseq> ^`` (ceiling), ``<modseq> .`` (closed properly). A line that makes no sense
is skipped. The file is replaced when it is opened and has grown; it dies with its UIDVALIDITY.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable

from fakemail.store.changes import Arrived, Change, Expunged, Flagged
from fakemail.store.index import Index
from fakemail.store.locking import write_all
from fakemail.store.uidset import compress, expand

FILE = "fakemail-journal"
_STEP = 1000


class Journal:
    """The MODSEQs of one mailbox, from the first question until `close`."""

    def __init__(self, folder: str, validity: int, index: Index) -> None:
        self.path = os.path.join(folder, FILE)
        self._header = f"fakemail-journal 1 V{validity}"
        self.highest = 1
        self.modseqs: dict[int, int] = {}
        self._letters: dict[int, str] = {}
        self._expunged: dict[int, int] = {}
        self._ceiling = 0
        lines = self._read(max(index.last_uid, 1))
        self._catch_up(index)
        self._ceiling = self.highest + _STEP
        records = self._records()
        if lines > 4 * len(records) + 100 or not lines:
            self._replace()
        else:
            self._append([*records, f"{self._ceiling} ^"])

    def vanished_since(self, modseq: int) -> list[int]:
        """UIDs expunged after `modseq`, ascending."""
        return sorted(uid for uid, at in self._expunged.items() if at > modseq)

    def note(self, change: Change, index: Index) -> None:
        """Something happened; on disk, except arrivals, when this returns."""
        self.highest += 1
        lines = []
        if self.highest >= self._ceiling:
            self._ceiling = self.highest + _STEP
            lines.append(f"{self._ceiling} ^")
        if isinstance(change, Arrived | Flagged):
            there = [uid for uid in change.uids if uid in index.by_uid]
            for uid in there:
                self.modseqs[uid] = self.highest
                self._letters[uid] = index.by_uid[uid].letters
            if isinstance(change, Flagged):
                lines += self._records(there)
        elif isinstance(change, Expunged):
            self._bury(change.uids)
            lines.append(f"{self.highest} ! {compress(change.uids)}")
        if lines:
            self._append(lines)

    def close(self) -> None:
        """Write what is only in memory, and that nothing is missing."""
        with contextlib.suppress(FileNotFoundError):
            self._append([*self._records(), f"{self.highest} ."])

    def moved(self, folder: str) -> None:
        """The mailbox has another folder now."""
        self.path = os.path.join(folder, FILE)

    def _catch_up(self, index: Index) -> None:
        there = index.by_uid
        changed = [u for u, m in there.items() if self._letters.get(u) != m.letters]
        gone = [u for u in self._letters if u not in there]
        if changed or gone:
            self.highest += 1
        self._bury(gone)
        for uid in changed:
            self.modseqs[uid] = self.highest
            self._letters[uid] = there[uid].letters
        if gone:
            self._append([f"{self.highest} ! {compress(gone)}"])

    def _bury(self, uids: tuple[int, ...] | list[int]) -> None:
        for uid in uids:
            self._letters.pop(uid, None)
            self.modseqs.pop(uid, None)
            self._expunged[uid] = self.highest

    def _records(self, uids: Iterable[int] | None = None) -> list[str]:
        """Lines for these messages, or for all."""
        groups: dict[tuple[int, str], list[int]] = {}
        for uid in self.modseqs if uids is None else uids:
            groups.setdefault((self.modseqs[uid], self._letters[uid]), []).append(uid)
        return [f"{modseq} ={letters} {compress(u)}" for (modseq, letters), u in groups.items()]

    def _read(self, last_uid: int) -> int:
        """Take in the file; how many lines it has, 0 if it is not ours or of another time."""
        try:
            with open(self.path, "rb") as file:
                lines = file.read().decode("ascii", "replace").split("\n")
        except FileNotFoundError:
            return 0
        if lines[0] != self._header:
            return 0
        for line in lines[1:-1]:
            with contextlib.suppress(ValueError):
                self._read_line(line, last_uid)
        return len(lines)

    def _read_line(self, line: str, last_uid: int) -> None:
        number, kind, *rest = line.split(" ")
        modseq = int(number)
        if kind == "^":
            self.highest = max(self.highest, modseq)
        elif kind == ".":
            self.highest = modseq
        elif kind == "!":
            self.highest = max(self.highest, modseq)
            for uid in expand(rest[0], last_uid + 1_000_000):
                self._letters.pop(uid, None)
                self.modseqs.pop(uid, None)
                self._expunged[uid] = modseq
        elif kind[0] == "=":
            self.highest = max(self.highest, modseq)
            for uid in expand(rest[0], last_uid):
                if modseq >= self.modseqs.get(uid, 0):
                    self.modseqs[uid], self._letters[uid] = modseq, kind[1:]

    def _append(self, lines: list[str]) -> None:
        descriptor = os.open(
            self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            write_all(descriptor, "".join(f"{line}\n" for line in lines).encode())
        finally:
            os.close(descriptor)

    def _replace(self) -> None:
        vanished: dict[int, list[int]] = {}
        for uid, modseq in self._expunged.items():
            vanished.setdefault(modseq, []).append(uid)
        lines = [self._header, *(f"{m} ! {compress(u)}" for m, u in vanished.items())]
        lines += [*self._records(), f"{self._ceiling} ^"]
        temporary = self.path + ".tmp"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            write_all(descriptor, "".join(f"{line}\n" for line in lines).encode())
        finally:
            os.close(descriptor)
        os.rename(temporary, self.path)
