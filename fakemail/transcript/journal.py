"""The journal: every session of a data folder as lines of JSON, in the order in which it happened.

Each line is one event; ``n`` is the session's number:

    {"next":8}                                             numbers from 8 on are free
    {"next":8,"started":true}                              the same, and what was open here was lost
    {"n":7,"facts":{"at":…,"protocol":"smtp","peer":{…}}}  what is known of session 7 from here on
    {"n":7,"t":1700000000.25,"k":"C","o":"EHLO laptop"}    an entry: kind, and octets as UTF-8 …
    {"n":7,"t":1700000000.25,"k":"C","b":"/wA="}           … or in base64 when they are not
    {"n":7,"t":1700000000.25,"k":"!","reason":"smtp.auth-required"}

Lines are written in batches, each with a single write and each beginning with ``next``. So a
kill -9 loses at most the batch that was being collected and tears at most the last line, and a new
server finds the next free number by reading backwards to the last ``next``, however long the file
is. (Inside an entry the quotes of that word would be escaped: it cannot be forged from the wire.)

At `rotate_at` octets the file becomes ``sessions.jsonl.1`` and replaces what stood there; the facts
of the sessions that go on are repeated at the head of the new file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from fakemail.transcript.entry import Entry, Facts, Kind
from fakemail.transcript.recorder import Event, Recorder

FILE_NAME = "sessions.jsonl"
ROTATE_AT = 32 * 1024 * 1024
_MARK = b'{"next":'
_NUMBER = re.compile(rb"(\d{1,18})[,}]")
_CHUNK = 256 * 1024


class Said(msgspec.Struct, gc=False):
    """The kind of line that nearly all are, made three times as fast as a `Line`."""

    n: int
    t: float
    k: Kind
    o: str


class Line(msgspec.Struct, omit_defaults=True):
    """Any line of the file."""

    next: int | None = None
    started: bool = False
    n: int | None = None
    facts: Facts | None = None
    t: float | None = None
    k: Kind | None = None
    o: str | None = None
    b: bytes | None = None
    reason: str | None = None
    told: Mapping[str, str] | None = None


def rotated(path: Path) -> Path:
    """Where the journal at `path` goes when it is full."""
    return path.with_name(path.name + ".1")


class Journal:
    """The writing end; one server at a time owns a journal."""

    def __init__(self, path: Path, rotate_at: int = ROTATE_AT) -> None:
        """Opens or makes the file at `path`; raises OSError when that cannot be done."""
        self._path = path
        self._rotate_at = rotate_at
        self._encoder = msgspec.json.Encoder()
        self._fd = -1
        self._size = 0
        self._starting = True
        self._torn = False
        self.next_number = max(_next_number(rotated(path)), _next_number(path))
        self._open()

    def write(self, events: Sequence[Event], next_number: int, live: Iterable[Recorder]) -> None:
        """One batch; raises OSError when the disk refuses (what was written of it stays)."""
        lines: list[Line | Said] = [Line(next=next_number, started=self._starting)]
        self._starting = False
        if self._size > self._rotate_at:
            self.close()
            os.replace(self._path, rotated(self._path))
            self._open()
            lines += [Line(n=recorder.number, facts=recorder.facts()) for recorder in live]
        lines += [_line(number, event) for number, event in events]
        self._write(self._encoder.encode_lines(lines))

    def close(self) -> None:
        """Close the file; there is nothing left to write in it."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _open(self) -> None:
        # 0600: conversations name people and quote their mail.
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._size = os.fstat(self._fd).st_size
        # A line that was torn must not swallow the first of ours.
        self._torn = self._size > 0 and os.pread(self._fd, 1, self._size - 1) != b"\n"

    def _write(self, octets: bytes) -> None:
        left = memoryview(octets if not self._torn else b"\n" + octets)
        self._torn = True
        while left:
            written = os.write(self._fd, left)
            self._size += written
            left = left[written:]
        self._torn = False


def _line(number: int, event: Entry | Facts) -> Line | Said:
    if isinstance(event, Facts):
        return Line(n=number, facts=event)
    try:
        text = event.octets.decode()
    except UnicodeDecodeError:
        line = Line(n=number, t=event.at, k=event.kind, b=event.octets)
    else:
        if event.reason is None:
            return Said(number, event.at, event.kind, text)
        line = Line(n=number, t=event.at, k=event.kind, o=text)
    if event.reason:
        line.reason = event.reason.slug
        line.told = event.facts
    return line


def _next_number(path: Path) -> int:
    """What the last whole ``next`` line of a file says; 1 when there is none."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            tail = b""
            while end > 0:
                start = max(0, end - _CHUNK)
                file.seek(start)
                tail = file.read(end - start) + tail[: len(_MARK) + 24]
                found = _last_mark(tail, start == 0)
                if found:
                    return found
                end = start
    except FileNotFoundError:
        pass
    return 1


def _last_mark(octets: bytes, whole: bool) -> int | None:
    at = len(octets)
    while (at := octets.rfind(_MARK, 0, at)) >= 0:
        starts_line = octets[at - 1 : at] == b"\n" if at else whole
        number = _NUMBER.match(octets, at + len(_MARK))
        if starts_line and number:
            return int(number[1])
    return None
