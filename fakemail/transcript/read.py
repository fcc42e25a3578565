"""The journal read back into sessions.

Lenient, because a server may have been killed in the middle of a line and because the reader may be
older or newer than the writer: a line that cannot be understood is skipped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from fakemail.reasons.catalogue import find
from fakemail.reasons.reason import Reason
from fakemail.transcript.entry import Entry, Facts
from fakemail.transcript.journal import FILE_NAME, Line, rotated
from fakemail.transcript.recorder import HEAD, TAIL
from fakemail.wire.engine import Peer, TlsFacts

LOST = "the server stopped without closing it"
_NOBODY = Peer("?", 0, "?", 0, "?")


@dataclass(slots=True)
class Record:
    """A session from disk; a `Conversation`."""

    number: int
    protocol: str = "?"
    peer: Peer = _NOBODY
    dialect: str = "?"
    began: float = 0.0
    ended: float | None = None
    how: str = ""
    tls: TlsFacts | None = None
    login: str | None = None
    refusals: int = 0
    left_out: int = 0
    head: list[Entry] = field(default_factory=list)
    tail: deque[Entry] = field(default_factory=lambda: deque(maxlen=TAIL))

    @property
    def entries(self) -> list[Entry]:
        """What was kept, oldest first."""
        return [*self.head, *self.tail]

    def add(self, entry: Entry) -> None:
        """One more entry, under the same bounds as a recorder's."""
        self.began = self.began or entry.at
        self.refusals += entry.kind == "!"
        if len(self.head) < HEAD:
            self.head.append(entry)
        else:
            self.left_out += len(self.tail) == TAIL
            self.tail.append(entry)

    def learn(self, facts: Facts) -> None:
        """What is known from here on."""
        if facts.protocol is not None:
            self.began = facts.at
        self.protocol = facts.protocol or self.protocol
        self.peer = facts.peer or self.peer
        self.dialect = facts.dialect or self.dialect
        self.tls = facts.tls or self.tls
        self.login = facts.login or self.login
        if facts.how is not None:
            self.how, self.ended = facts.how, facts.at

    def lose(self) -> None:
        """Nothing more can come: the server that had it is gone."""
        if self.ended is None:
            entries = self.tail or self.head
            self.how, self.ended = LOST, entries[-1].at if entries else self.began


class Reader:
    """Follows journals as they grow; `sessions` has everything so far, by number."""

    def __init__(self) -> None:
        self.sessions: dict[int, Record] = {}
        self._decoder = msgspec.json.Decoder(Line)
        self._torn = b""

    def feed(self, octets: bytes) -> Iterator[tuple[Record, Entry | None]]:
        """The entries in the next part of a journal; None stands for the end of a session."""
        *lines, self._torn = (self._torn + octets).split(b"\n")
        for octets in lines:
            try:
                line = self._decoder.decode(octets)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            if line.started:
                for record in self.sessions.values():
                    record.lose()
            if line.n is None:
                continue
            record = self.sessions.setdefault(line.n, Record(line.n))
            if line.facts is not None:
                record.learn(line.facts)
                if line.facts.how is not None:
                    yield record, None
            elif line.k is not None:
                entry = _entry(line)
                record.add(entry)
                yield record, entry


def read(data: Path) -> list[Record]:
    """All sessions in the journals of a data folder, by number; none when there are no journals."""
    reader = Reader()
    for path in (rotated(data / FILE_NAME), data / FILE_NAME):
        try:
            octets = path.read_bytes() + b"\n"
        except FileNotFoundError:
            continue
        for _ in reader.feed(octets):
            pass
    return [reader.sessions[number] for number in sorted(reader.sessions)]


def _entry(line: Line) -> Entry:
    octets = line.b if line.b is not None else (line.o or "").encode()
    reason = find(line.reason) or _unknown(line.reason) if line.reason else None
    return Entry(line.t or 0.0, line.k or "*", octets, reason, line.told)


def _unknown(slug: str) -> Reason:
    return Reason(
        slug=slug,
        because="Refused for a reason that this version of fakemail does not know.",
        instead="Read the journal with the version that wrote it.",
        cites=(),
    )
