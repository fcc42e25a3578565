"""``fakemail-journal``: MODSEQs and expunged UIDs, for CONDSTORE and QRESYNC (RFC 7162).

A client that was told MODSEQ n, and comes back, must hear of everything that changed after n. So
no MODSEQ may be told twice for different states, whatever happens to this process. The rules:

1. The journal starts with the first question for a MODSEQ; a mailbox that nobody asks about has
   none, and pays nothing.
2. Changes are appended before anybody is told of them (one write each). Arrivals too: a message
   that somebody was told of, and that went while nobody looked, would be forgotten otherwise.
3. A message that the journal does not know when it is opened counts as changed just then; so does
   one whose flag letters differ from those noted, and what is noted and not there was expunged
   just then. Other programs' changes are found in this way.
4. "Just then" is above everything ever told: a *ceiling* stands in the file before any MODSEQ
   near it is told, and a journal that was not closed properly goes on from there.
5. What could not be written (no space) is kept in memory and the mailbox works on: as long as the
   file is not closed properly, rules 3 and 4 find it again.
6. Expunged UIDs are remembered up to `MOST_EXPUNGED`; whoever asks for more than is remembered is
   told so, by `remembers_from` (RFC 7162 §3.2.6, §5.3).

Lines: ``<modseq> =<letters> <uids>`` (these messages have these flags since), ``<modseq> ! <uids>``
(expunged), ``<modseq> [`` (expunges up to here are forgotten), ``<modseq> ^`` (ceiling),
``<modseq> .`` (closed properly). A line that makes no sense is skipped. The file is replaced when
it is opened and has grown or is torn; it dies with its UIDVALIDITY.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterable
from itertools import islice

from fakemail.store.changes import Arrived, Change, Expunged, Flagged
from fakemail.store.index import Index
from fakemail.store.locking import write_all
from fakemail.store.uidset import compress, expand

log = logging.getLogger("fakemail")

FILE = "fakemail-journal"
MOST_EXPUNGED = 100_000
"""Expunged UIDs that are remembered; then the older half is forgotten."""

_STEP = 1000
_HIGHEST = 2**62


class Journal:
    """The MODSEQs of one mailbox, from the first question until `close`."""

    def __init__(self, folder: str, validity: int, next_uid: int, index: Index) -> None:
        self.path = os.path.join(folder, FILE)
        self._header = f"fakemail-journal 1 V{validity}"
        self.highest = 1
        self.modseqs: dict[int, int] = {}
        self._letters: dict[int, str] = {}
        self._expunged: dict[int, int] = {}
        self.remembers_from = 1
        """Of what was expunged above this MODSEQ, every UID is known."""
        self._ceiling = 0
        self._torn = False
        """The file may end in the middle of a line."""
        self._behind = False
        """Something is only in memory that should be in the file."""
        lines = self._read(next_uid - 1)
        changed, gone = self._catch_up(index)
        if not lines:  # what was expunged before, nobody knows
            self.highest = self.remembers_from = 1 if next_uid == 1 else 2
        self._ceiling = self.highest + _STEP
        if lines > 4 * len(set(self.modseqs.values())) + 100 or not lines or self._torn:
            self._replace()
        else:
            buried = [f"{self.highest} ! {compress(gone)}"] if gone else []
            self._append([*self._records(changed), *buried, f"{self._ceiling} ^"])

    def of(self, uid: int) -> int:
        """When the message last changed, or was expunged."""
        return self.modseqs.get(uid) or self._expunged.get(uid, self.highest)

    def vanished_since(self, modseq: int) -> list[int]:
        """UIDs expunged after `modseq`, ascending, as far as they are remembered."""
        if modseq >= self.highest:
            return []
        return sorted(uid for uid, at in self._expunged.items() if at > modseq)

    def note(self, change: Change, index: Index) -> None:
        """Something happened; on disk when this returns (rule 5 aside)."""
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
            lines += self._records(there)
        elif isinstance(change, Expunged):
            self._bury(change.uids)
            lines.append(f"{self.highest} ! {compress(change.uids)}")
        if lines:
            try:
                self._append(lines)
            except OSError as error:
                self._behind, self._ceiling = True, 0
                log.warning("%s: %s", self.path, error)

    def close(self) -> None:
        """Write what is only in memory, and that nothing is missing."""
        with contextlib.suppress(OSError):
            if self._behind:
                self._replace()
            self._append([f"{self.highest} ."])

    def moved(self, folder: str) -> None:
        """The mailbox has another folder now."""
        self.path = os.path.join(folder, FILE)

    def _catch_up(self, index: Index) -> tuple[list[int], list[int]]:
        """What happened without us: UIDs that are new or changed, and UIDs that are gone."""
        there = index.by_uid
        changed = [u for u, m in there.items() if self._letters.get(u) != m.letters]
        gone = [u for u in self._letters if u not in there]
        if changed or gone:
            self.highest += 1
        self._bury(gone)
        for uid in self._expunged.keys() & there.keys():  # a line was cut
            del self._expunged[uid]
        for uid in changed:
            self.modseqs[uid] = self.highest
            self._letters[uid] = there[uid].letters
        return changed, gone

    def _bury(self, uids: tuple[int, ...] | list[int]) -> None:
        for uid in uids:
            self._letters.pop(uid, None)
            self.modseqs.pop(uid, None)
            self._expunged[uid] = self.highest
        if len(self._expunged) > MOST_EXPUNGED:
            for uid in list(islice(self._expunged, len(self._expunged) // 2)):
                self.remembers_from = max(self.remembers_from, self._expunged.pop(uid))

    def _records(self, uids: Iterable[int]) -> list[str]:
        """Lines for these messages."""
        groups: dict[tuple[int, str], list[int]] = {}
        for uid in uids:
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
        self._torn = bool(lines[-1])
        for line in lines[1:-1]:
            with contextlib.suppress(ValueError, IndexError):
                self._read_line(line, last_uid)
        return len(lines)

    def _read_line(self, line: str, last_uid: int) -> None:
        number, kind, *rest = line.split(" ")
        modseq = int(number)
        if modseq > _HIGHEST:
            return
        if kind == "^":
            self.highest = max(self.highest, modseq)
        elif kind == ".":
            self.highest = modseq
        elif kind == "[":
            self.remembers_from = max(self.remembers_from, modseq)
        elif kind == "!":
            self.highest = max(self.highest, modseq)
            for uid in expand(rest[0], last_uid):
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
        text = "".join(f"{line}\n" for line in lines)
        was_torn, self._torn = self._torn, True
        try:
            write_all(descriptor, (f"\n{text}" if was_torn else text).encode())
            self._torn = False
        finally:
            os.close(descriptor)

    def _graves(self) -> list[str]:
        """Lines for what is expunged."""
        vanished: dict[int, list[int]] = {}
        for uid, modseq in self._expunged.items():
            vanished.setdefault(modseq, []).append(uid)
        return [f"{m} ! {compress(u)}" for m, u in vanished.items()]

    def _replace(self) -> None:
        lines = [self._header, f"{self.remembers_from} [", *self._graves()]
        lines += [*self._records(self.modseqs), f"{self._ceiling} ^"]
        temporary = self.path + ".tmp"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            write_all(descriptor, "".join(f"{line}\n" for line in lines).encode())
        finally:
            os.close(descriptor)
        os.rename(temporary, self.path)
        self._torn = False
