"""A conversation played again: the client's lines are sent, the server's compared.

Takes what `parse` makes of a saved transcript or a script, and needs no socket: the host asks for
the next `Step`, does it, and tells what came (`received`, `secured`, `closed`, `timed_out`).

The client's lines up to the server's next ones are an *exchange*; they are sent together, as they
were, and what comes is compared when as many responses are complete as the script has, so that a
server that says something else is noticed and not waited for. What a transcript leaves out is made
up: the content of messages (of the size that was recorded), and secrets, which the host knows.
A script may write the content of a message between ``354`` and its reply, as ``C:`` lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from fakemail.transcript.entry import Entry
from fakemail.transcript.read import Record
from fakemail.transcript.recorder import HIDDEN
from fakemail.transcript.replay_match import ANYTHING, Bindings, all_match, difference, filled
from fakemail.transcript.replay_responses import Responses
from fakemail.transcript.replay_secrets import Logins, Secrets
from fakemail.transcript.text import printable

_MESSAGE = re.compile(rb"\(a message of (\d+) octets\)")
_DELIVERED = re.compile(rb"delivered (\d+) octets")
_BDAT = re.compile(rb"(?i)BDAT (\d+)\b")
_SERVER_NAME = re.compile(rb", server name (\S+)")
_SENDER = re.compile(rb"(?i)MAIL FROM: ?<([^>@]+@[^>]+)>")
_REFUSED = re.compile(rb"(?i)[45]\d\d|-ERR|\S+ (NO|BAD)\b")
_HELLO = re.compile(rb"(?i)(EHLO|HELO)\b")


@dataclass(frozen=True, slots=True)
class Send:
    """Send these octets."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Secure:
    """Do the TLS handshake now."""

    server_name: str | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for the server."""


@dataclass(frozen=True, slots=True)
class Done:
    """That was all."""


Step: TypeAlias = Send | Secure | Wait | Done


@dataclass(slots=True)
class Turn:
    """One exchange as it was played."""

    sent: list[str]
    """The client's lines as the script has them."""

    expected: list[str]
    said: list[str]
    fits: bool
    lines: list[tuple[str, str]] = field(default_factory=list)
    """With a sign before each of the server's: `` `` fits, ``-`` missing, ``+`` unexpected."""

    note: str = ""
    """What happened besides, where that does not fit."""

    mark: str = ""
    """What the script says of the TLS handshake before it."""


@dataclass(slots=True)
class _Exchange:
    sends: list[bytes] = field(default_factory=list)
    expects: list[bytes] = field(default_factory=list)
    secure: bytes | None = None
    """The mark of the TLS handshake before it."""

    content: bool = False
    """The client sends a message after 354."""

    octets: int = 0
    """How large the message was; 0 for unknown."""

    slug: str = ""
    fault: bytes = b""
    """The mark of the fault that struck when it was recorded."""

    closes: bool = False


class Replay:
    """One session, played once; `turns` grows as it goes on."""

    def __init__(
        self, record: Record, secrets: Secrets = lambda user, slug: None, *, user: str = ""
    ) -> None:
        """`user` logs in where the session does not tell who did."""
        if record.left_out:
            raise ValueError(f"{record.left_out} entries of session {record.number} are left out")
        self.turns: list[Turn] = []
        self._exchanges = list(_exchanges(record.protocol, record.entries))
        self._logins = Logins(user_of(record) or user, secrets)
        self._expected = Responses(record.protocol)
        self._said = Responses(record.protocol)
        self._bindings: Bindings = {}
        self._at = 0
        self._sent = self._secured = False
        self._over = ""
        self._last = b""

    @property
    def fits(self) -> bool:
        """Whether everything so far was as the script has it."""
        return all(turn.fits for turn in self.turns)

    def next(self) -> Step:
        """What to do now. Raises `replay_secrets.NoSecret`."""
        while self._at < len(self._exchanges):
            exchange = self._exchanges[self._at]
            if exchange.secure is not None and not self._secured:
                if self._over:
                    return self._cut_off(exchange)
                name = _SERVER_NAME.search(exchange.secure)
                return Secure(name[1].decode("utf-8", "replace") if name else None)
            if not self._sent:
                if self._over:
                    return self._cut_off(exchange)
                self._sent = True
                if octets := b"".join(self._lines(exchange)):
                    return Send(octets)
            if not self._enough(exchange):
                return Wait()
            if not self._finish(exchange):
                return Done()
        return Done()

    def received(self, octets: bytes) -> None:
        """The server sent this."""
        self._said.received(octets)

    def secured(self) -> None:
        """The handshake is done."""
        self._secured = True

    def closed(self) -> None:
        """The server closed the connection, or broke it."""
        self._over = self._over or "the server closed the connection"

    def timed_out(self, seconds: float) -> None:
        """Nothing came for so long; the session ends here."""
        self._over = self._over or f"nothing came for {seconds:g} seconds"

    def _lines(self, exchange: _Exchange) -> Iterator[bytes]:
        if exchange.content:
            yield _content(exchange)
        if exchange.content or not exchange.sends:
            return
        more = self._exchanges[self._at + 1 : self._at + 2]
        following = [*exchange.sends[1:], more[0].sends[0] if more and more[0].sends else b""]
        slug = _slug(exchange) or (_slug(more[0]) if more and following[-1] == HIDDEN else "")
        for line, then in zip(exchange.sends, following, strict=True):
            if size := _MESSAGE.fullmatch(line):
                yield made_up(int(size[1])) + (b"" if then.startswith((b" ", b")")) else b"\r\n")
                continue
            for responses in (self._expected, self._said):
                responses.asked(line)
            text = self._logins.filled(line, self._last, slug, then)
            named = filled(text.decode("utf-8", "surrogateescape"), self._bindings)
            yield named.encode("utf-8", "surrogateescape") + b"\r\n"
            if size := _BDAT.match(line):
                yield made_up(int(size[1]))

    def _enough(self, exchange: _Exchange) -> bool:
        if self._over:
            return True
        if exchange.expects and not self._expected.lines:
            for line in exchange.expects:
                self._expected.line(line)
        complete, after = self._expected.complete, self._expected.after
        if any(line.strip() == ANYTHING.encode() for line in exchange.expects):
            complete, after = max(complete, len(exchange.sends)), 0
        said = self._said
        enough = said.complete > complete or (said.complete == complete and said.after >= after)
        return enough and not exchange.closes

    def _finish(self, exchange: _Exchange) -> bool:
        """Compare and go on to the next exchange; False: it cannot go on."""
        self._expected.take()
        octets = self._said.take()
        said, expected = _shown(octets), _shown(exchange.expects)
        hosts = not exchange.sends or any(_HELLO.match(line) for line in exchange.sends)
        fits = all_match(expected, said, self._bindings, hosts=hosts)
        turn = Turn(_shown(exchange.sends), expected, said, fits)
        turn.lines = list(difference(expected, said, self._bindings, hosts=hosts))
        if fits:
            turn.lines = [(" ", line) for line in said]
        if self._over and not (exchange.closes and "closed" in self._over):
            turn.fits, turn.note = False, self._over
        if exchange.fault and not turn.fits:
            turn.note = f"recorded with {printable(exchange.fault)}"
        turn.mark = printable(exchange.secure or b"")
        self.turns.append(turn)
        self._at, self._sent, self._secured = self._at + 1, False, False
        self._last = octets[-1] if octets else b""
        return turn.fits or not self._lost(exchange)

    def _lost(self, exchange: _Exchange) -> bool:
        """Whether the next exchange makes no sense any more after this one."""
        following = self._exchanges[self._at : self._at + 1]
        prompts = [line for line in exchange.expects if line.startswith((b"+", b"334", b"354"))]
        goes_on = following and (following[0].content or following[0].secure is not None or prompts)
        return bool(self._over or goes_on)

    def _cut_off(self, exchange: _Exchange) -> Done:
        sent, expected = _shown(exchange.sends), _shown(exchange.expects)
        missing = [("-", line) for line in expected]
        self.turns.append(Turn(sent, expected, [], False, missing, self._over))
        return Done()


def made_up(octets: int) -> bytes:
    """A message of so many octets, ended by CRLF where there is room."""
    text = b"Subject: replayed\r\n\r\n"
    text += (b"x" * 76 + b"\r\n") * (octets // 78 + 1)
    return (text[: octets - 2] + b"\r\n" if octets >= 2 else b"x")[:octets]


def _slug(exchange: _Exchange) -> str:
    """Why a login was refused; where a transcript does not tell, the secret was wrong."""
    if exchange.slug or not exchange.expects or not _REFUSED.match(exchange.expects[-1]):
        return exchange.slug
    return "auth.wrong-code" if any(HIDDEN in line for line in exchange.sends) else ""


def _content(exchange: _Exchange) -> bytes:
    """Everything between 354 and the reply."""
    if not exchange.sends:
        return made_up(exchange.octets or 64) + b".\r\n"
    lines = exchange.sends if exchange.sends[-1] == b"." else [*exchange.sends, b"."]
    return b"".join(line + b"\r\n" for line in lines)


def _shown(lines: Iterable[bytes]) -> list[str]:
    return [printable(line) for line in lines]


def user_of(record: Record) -> str:
    """Who logged in, or whom a refused login was for, as far as reasons or MAIL FROM tell."""
    if record.login:
        return record.login
    for entry in record.entries:
        if entry.kind == "!" and entry.reason and entry.reason.slug.startswith("auth."):
            word = entry.octets.decode("utf-8", "replace").partition(":")[0].strip()
            if "@" in word and " " not in word:
                return word
        if entry.kind == "C" and (sender := _SENDER.match(entry.octets)):
            return sender[1].decode("utf-8", "replace")
    return ""


def _exchanges(protocol: str, entries: Sequence[Entry]) -> Iterator[_Exchange]:
    exchange, begun = _Exchange(), False
    for entry in entries:
        if entry.kind == "C":
            if exchange.expects:
                yield exchange
                exchange = _Exchange()
            exchange.sends += entry.octets.split(b"\r\n")
        elif entry.kind == "S":
            exchange.expects += entry.octets.split(b"\r\n")
            if protocol == "smtp" and entry.octets.startswith(b"354"):
                yield exchange
                exchange = _Exchange(content=True)
        elif entry.kind == "!" and entry.reason and not (exchange.expects or exchange.fault):
            exchange.slug = exchange.slug or entry.reason.slug
        elif entry.octets.startswith(b"TLS: "):
            if begun:
                yield exchange
            exchange = _Exchange(secure=entry.octets)
        elif delivered := _DELIVERED.match(entry.octets):
            exchange.octets = int(delivered[1])
        elif entry.octets.startswith(b"fault "):
            exchange.fault = entry.octets
        elif entry.octets.startswith(b"closed by server"):
            exchange.closes = True
        begun = begun or entry.kind in "CS"
    yield exchange
