r"""Cuts the stream into commands before anything is parsed (RFC 3501 §2.2.1, §4.3; RFC 7888).

The problem: where a command ends depends on its literals, and a literal may hold anything, line
ends and whole commands included. A server that parses first and counts later loses its place at
the first error, and then runs the text of a message as commands.

The rules: a command is lines; a line that ends in ``{n}`` or ``{n+}`` goes on with n octets and
another line. After ``{n}`` the client waits for ``+``, and when it gets a tagged answer instead,
the command is over. After ``{n+}`` it does not wait: whatever is wrong with the command, its n
octets, and those of all its further literals, must be swallowed before it can be answered.

The consequences: this file knows no command. It announces each literal, and whoever drives it
answers with `gather` (an argument: keep it), `stream` (a message: hand it on in chunks) or
`refuse`; a refused command comes out as a `Command` with its refusal when its last octet has been
swallowed. Lines that are too long are refused the same way, except that only their last octets
are kept, for the ``{n+}`` there.

Bare LF ends a line too. The RFC wants CRLF, but people type into `nc`; the transcript notes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from fakemail.reasons.imap import COMMAND_TOO_LARGE
from fakemail.reasons.reason import Refusal

_LITERAL = re.compile(rb"\{([0-9]{1,20})(\+?)\}\r?\Z")
_TAIL = 32
"""Octets kept of a line that is too long: room for ``{99999999999999999999+}`` and CR."""

_HEAD = 256
"""Octets kept of a refused command: its tag and name."""

CHUNK = 65536

MOST_OCTETS = 0xFFFFFFFF
"""More cannot be counted in IMAP's numbers; such a literal is not even skipped."""


@dataclass(frozen=True, slots=True)
class Command:
    """A whole command without its last line end; literals stand in it as they were sent, streamed
    ones without their octets."""

    octets: bytes
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """A literal of `size` octets comes next; `octets` is the command so far, its ``{n}`` last.

    `waits`: the client waits for the continuation (not ``{n+}``). `fits`: within the limit of a
    command.
    """

    octets: bytes
    size: int
    waits: bool
    fits: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of a streamed literal; `left` octets of it are still to come."""

    octets: bytes
    left: int


Event: TypeAlias = Command | Announced | Chunk


class _Mode(Enum):
    LINE = auto()
    ANNOUNCED = auto()
    GATHER = auto()
    STREAM = auto()
    SWALLOW = auto()
    OVER = auto()


class Framing:
    """Octets in, events out; bounded by `limit` octets for one command."""

    __slots__ = (
        "_at", "_command", "_left", "_limit", "_mode", "_octets", "_overlong", "_refusal",
        "_searched", "_waits", "bare_line_feeds",
    )  # fmt: skip

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._octets = bytearray()
        self._at = 0
        self._searched = 0
        self._overlong = False
        self._command = bytearray()
        self._mode = _Mode.LINE
        self._left = 0
        self._waits = False
        self._refusal: Refusal | None = None
        self.bare_line_feeds = 0

    def feed(self, octets: bytes) -> None:
        """Add what arrived."""
        if self._at:
            del self._octets[: self._at]
            self._searched -= self._at
            self._at = 0
        self._octets += octets

    def clear(self) -> int:
        """Forget what was not consumed (STARTTLS: nothing sent in clear survives); how much."""
        dropped = len(self._octets) - self._at
        self._octets.clear()
        self._at = self._searched = 0
        return dropped

    def line(self) -> bytes | None:
        """The next line as it is, for the client's half of a continuation (IDLE, AUTHENTICATE).

        None: not yet. Raises Refusal when it was too long, after its end.
        """
        line = self._line(self._limit)
        if line is None:
            return None
        if self._overlong:
            self._overlong = False
            raise Refusal(COMMAND_TOO_LARGE, limit=self._limit)
        return line

    def next(self) -> Event | None:
        """The next event; None: more octets are needed."""
        while True:
            match self._mode:
                case _Mode.ANNOUNCED:
                    raise RuntimeError("an announced literal was neither taken nor refused")
                case _Mode.STREAM:
                    return self._chunk()
                case _Mode.OVER:
                    self._mode = _Mode.LINE
                    return self._finish()
                case _Mode.GATHER | _Mode.SWALLOW:
                    taken = self._take(self._left)
                    self._left -= len(taken)
                    if self._mode is _Mode.GATHER:
                        self._command += taken
                    if self._left:
                        return None
                    self._mode = _Mode.LINE
                case _Mode.LINE:
                    line = self._line(self._limit - len(self._command))
                    if line is None:
                        return None
                    event = self._cut(line)
                    if event is not None:
                        return event

    def gather(self) -> None:
        """The announced literal is an argument: it becomes part of the command."""
        self._command += b"\r\n"
        self._mode = _Mode.GATHER

    def stream(self) -> None:
        """The announced literal is a message: it comes out in chunks and is not kept."""
        self._command += b"\r\n"
        self._mode = _Mode.STREAM

    def refuse(self, refusal: Refusal) -> None:
        """The command is refused, at an announced literal or in the middle of a streamed one; it
        comes out of `next` as soon as the client has nothing more to send of it."""
        self._refusal = refusal
        if self._mode is _Mode.ANNOUNCED and self._waits:
            self._mode = _Mode.OVER
        else:
            self._mode = _Mode.SWALLOW

    def _cut(self, line: bytes) -> Event | None:
        """One line of the command is there: is it the last?"""
        if self._overlong:
            self._overlong = False
            self._refusal = self._refusal or Refusal(COMMAND_TOO_LARGE, limit=self._limit)
        literal = _LITERAL.search(line)
        if self._refusal is None or not self._command:
            self._command += line
        if literal is None or (self._refusal and not literal[2]):
            return self._finish()
        self._left = int(literal[1])
        if self._refusal:
            self._mode = _Mode.SWALLOW
            return None
        self._waits = not literal[2]
        self._mode = _Mode.ANNOUNCED
        fits = len(self._command) + self._left <= self._limit
        return Announced(bytes(self._command), self._left, self._waits, fits)

    def _finish(self) -> Command:
        octets = self._command if self._refusal is None else self._command[:_HEAD]
        command = Command(bytes(octets), self._refusal)
        self._command.clear()
        self._refusal = None
        return command

    def _chunk(self) -> Chunk | None:
        taken = self._take(min(self._left, CHUNK))
        if not taken and self._left:
            return None
        self._left -= len(taken)
        if not self._left:
            self._mode = _Mode.LINE
        return Chunk(taken, self._left)

    def _line(self, limit: int) -> bytes | None:
        end = self._octets.find(b"\n", self._searched)
        if end < 0:
            if len(self._octets) - self._at > max(limit, _TAIL):
                self._shorten()
            self._searched = len(self._octets)
            return None
        line = bytes(memoryview(self._octets)[self._at : end])
        self._at = self._searched = end + 1
        if len(line) > max(limit, _TAIL):
            self._overlong = True
            line = line[:_HEAD] + line[-_TAIL:]
        if line.endswith(b"\r"):
            return line[:-1]
        self.bare_line_feeds += 1
        return line

    def _shorten(self) -> None:
        """A line is too long already: keep its head and its last octets only."""
        del self._octets[: self._at]
        self._at = 0
        del self._octets[_HEAD:-_TAIL]
        self._overlong = True

    def _take(self, most: int) -> bytes:
        end = min(self._at + most, len(self._octets))
        taken = bytes(memoryview(self._octets)[self._at : end])
        self._at = end
        self._searched = max(self._searched, end)
        return taken
