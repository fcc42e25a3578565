"""The POP3 engine: lines in, responses out (RFC 1939).

A line is cut first and looked at afterwards, so that nothing a client sends can put a session out
of step: every line gets exactly one response, in order, however the octets were sliced on their
way. The three families of failure meet in `_answer`: what the client wrote wrong or may not do is
a Refusal and gets its ``-ERR``; anything else that is raised is our fault, is logged, and gets
``-ERR [SYS/TEMP]``; the session goes on after each.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from fakemail.desk import Desk
from fakemail.pop3 import utf8
from fakemail.pop3.command import LONGEST_SASL, Row, WrongArguments
from fakemail.pop3.commands import ROWS
from fakemail.pop3.commands.sasl import respond
from fakemail.pop3.customs import late
from fakemail.pop3.session import Session
from fakemail.pop3.state import Event, State
from fakemail.reasons.host import INTERNAL, SHUTTING_DOWN
from fakemail.reasons.pop3 import (
    ALREADY_LOGGED_IN,
    BAD_OCTET,
    HTTP_CLIENT,
    LINE_TOO_LONG,
    NOT_LOGGED_IN,
    SYNTAX,
    TLS_CLIENT,
    TOO_MANY_ERRORS,
    UNKNOWN_COMMAND,
)
from fakemail.reasons.provider import FAILED_LOGINS, XOAUTH2_ONE_LINE
from fakemail.reasons.reason import Reason, Refusal
from fakemail.transcript.recorder import HIDDEN
from fakemail.wire.buffer import Buffer, LineTooLong
from fakemail.wire.effects import Close, Effect, Effects
from fakemail.wire.engine import TlsFacts

PATIENCE = 20
"""So many lines in a row that are no commands, and the session is closed."""

_NOT_PRINTABLE = re.compile(rb"[^\x20-\x7e]")
_HTTP = re.compile(rb"(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH) \S+ HTTP/\d")
_WORD = re.compile(rb"[A-Za-z]{1,10}")

log = logging.getLogger("fakemail")


class Pop3Engine:
    """One POP3 session as the host sees it (`wire/engine.py`)."""

    def __init__(self, desk: Desk, wake: Callable[[], None]) -> None:
        """`wake` is never called: POP3 has nothing to say unasked."""
        self._desk = desk
        self._session = Session(desk)
        self._buffer = Buffer()
        self._junk = 0
        self._keyword = ""
        """Of the last line, as the client wrote it."""
        self._fresh = True
        self._leniencies: set[str] = set()
        self.idle_limit = desk.limits.login_timeout
        """Seconds without a command before `timed_out` (RFC 1939 §3); longer after login."""

    def opened(self) -> Effects:
        """The greeting; without a timestamp, because there is no APOP."""
        desk = self._desk
        try:
            desk.enter()
        except Refusal as refusal:
            return (*late(desk.dialect, "greeting_delay"), *self._turn_away(refusal))
        text = f"{desk.host_name} POP3 server ready (fakemail)"
        facts = {"client_ip": desk.peer.host, "host": desk.host_name}
        return (
            *late(desk.dialect, "greeting_delay"),
            self._session.say("pop3.greeting", text, **facts),
        )

    def received(self, octets: bytes) -> Effects:
        """Answer each line that is now complete."""
        session = self._session
        if session.deaf():
            return
        if self._fresh:
            self._fresh = False
            if octets.startswith(b"\x16") and self._desk.tls is None:
                yield from self._give_up(TLS_CLIENT)
                return
        self._buffer.feed(octets)
        while not session.deaf():
            try:
                line = self._buffer.line(LONGEST_SASL)
            except LineTooLong:
                self._desk.recorder.client(b"(more than %d octets)" % LONGEST_SASL)
                session.exchange = None
                yield from self._refuse(Refusal(LINE_TOO_LONG))
                continue
            if line is None:
                return
            yield from self._answer(line)
        self._buffer.clear()

    def secured(self, tls: TlsFacts) -> Effects:
        """Inside TLS: forget what was learnt in clear (RFC 2595 §4)."""
        self._buffer.clear()
        self._session.awaits_tls = False
        self._session.user = None
        return ()

    def woken(self) -> Effects:
        """Nothing: a maildrop is frozen."""
        return ()

    def timed_out(self) -> Effects:
        """Close "without removing any messages or sending any response" (RFC 1939 §3)."""
        self._desk.recorder.mark("no command for too long: closed without removing any message")
        self._session.move(Event.LOST)
        return (Close(),)

    def shutting_down(self) -> Effects:
        """The server stops: say so and close; nothing is removed."""
        return self._give_up(SHUTTING_DOWN)

    def closed(self) -> None:
        """The connection is gone: nothing is removed, the maildrop is free again."""
        self._session.move(Event.LOST)

    # one line

    def _answer(self, line: bytes) -> Effects:
        """The effects of one line; never raises for anything a client can do."""
        try:
            effects = self._exchange(line) if self._session.exchange else self._command(line)
        except Refusal as refusal:
            return self._refuse(refusal)
        except Exception:
            log.exception("POP3 session %d failed", self._desk.recorder.number)
            self._desk.recorder.mark("fakemail failed here; the traceback is in its log")
            return self._refuse(Refusal(INTERNAL))
        self._junk = 0
        if self._session.state is State.TRANSACTION:
            self.idle_limit = self._desk.limits.pop3_timeout
        return effects

    def _command(self, line: bytes) -> Effects:
        """Find the row and run it."""
        text = self._without_end(line)
        keyword, _, rest = text.partition(b" ")
        self._keyword = keyword.decode("latin-1")
        row = ROWS.get(self._keyword.upper())
        self._record(row, text)
        if row is None:
            if self._session.state is State.AUTHORIZATION and _HTTP.match(text):
                return self._give_up(HTTP_CLIENT)
            if _NOT_PRINTABLE.search(text):
                raise Refusal(BAD_OCTET)
            raise Refusal(UNKNOWN_COMMAND)
        if len(line) > row.longest:
            raise Refusal(LINE_TOO_LONG, detail=f"{len(line)} octets")
        bad = _NOT_PRINTABLE.search(text)
        if bad and not (row.utf8 and utf8.readable(text) and utf8.offered(self._session)):
            octet = "" if row.shows < 9 else f" is 0x{bad[0].hex().upper()}"
            raise Refusal(BAD_OCTET, detail=f"octet {bad.start() + 1}{octet}")
        if self._session.state not in row.states:
            before = self._session.state is State.AUTHORIZATION
            raise Refusal(NOT_LOGGED_IN if before else ALREADY_LOGGED_IN, command=row.name)
        try:
            arguments = row.parse(rest.decode())
        except WrongArguments as error:
            detail = str(error) if row.shows == 9 else ""
            raise Refusal(SYNTAX, syntax=row.syntax, detail=detail) from None
        if self._desk.faults is not None:
            said = rest.decode() if row.shows == 9 else ""
            self._desk.faults.at(row.name.lower(), "command", argument=said)
        return row.run(self._session, arguments)

    def _exchange(self, line: bytes) -> Effects:
        """One line of a SASL exchange; never shown, whatever it is."""
        text = self._without_end(line)
        self._desk.recorder.client(text if text == b"*" else HIDDEN)
        return respond(self._session, text)

    def _without_end(self, line: bytes) -> bytes:
        """Without CRLF; a bare LF passes, with a note."""
        if line.endswith(b"\r\n"):
            return line[:-2]
        self._lenient("a line ended with a bare LF; it should be CRLF (RFC 1939 §3)")
        return line[:-1]

    def _record(self, row: Row | None, text: bytes) -> None:
        """Write down what the client said, without what is or may be a secret.

        Before login a line that is no command may well be a code that went astray.
        """
        recorder = self._desk.recorder
        if row is None:
            if self._session.state is State.AUTHORIZATION and not _HTTP.match(text):
                text = _without_secrets(text)
            recorder.client(text)
            return
        words = text.split(b" ", row.shows + 1)
        if len(words) > row.shows + 1:
            words[row.shows + 1] = HIDDEN
        if self._keyword.upper() == "USER":
            name = b" ".join(words[1:])
            if self._desk.directory.is_secret(name.decode("utf-8", "replace")):
                words[1:] = [HIDDEN]
        recorder.client(b" ".join(words))

    def _lenient(self, what: str) -> None:
        if what not in self._leniencies:
            self._leniencies.add(what)
            self._desk.recorder.mark(what)

    # refusals

    def _refuse(self, refusal: Refusal) -> Effects:
        """Say why not; close after QUIT, and after too many lines of nonsense."""
        response = self._worded(refusal)
        self._junk = self._junk + 1 if refusal.reason in _JUNK else 0
        if self._session.deaf():
            return (response, Close())
        if refusal.reason in FAILED_LOGINS:
            return self._refuse_login(response)
        if refusal.reason is XOAUTH2_ONE_LINE:
            self._session.move(Event.LOST)
            return (response, Close())
        if self._junk >= PATIENCE:
            return (response, *self._give_up(TOO_MANY_ERRORS))
        return (response,)

    def _refuse_login(self, response: bytes) -> Effects:
        """Some providers answer late, and some hang up."""
        dialect = self._desk.dialect
        wait = late(dialect, "auth_failure_delay")
        if not dialect.has("closes_after_login_failure"):
            return (*wait, response)
        self._session.move(Event.LOST)
        return (*wait, response, Close())

    def _worded(self, refusal: Refusal) -> bytes:
        """Record it, word it."""
        desk = self._desk
        desk.recorder.refused(refusal.reason, refusal.facts)
        facts = {"command": self._keyword, **refusal.facts}
        seen = desk.dialect.octets("pop3", refusal.reason, facts)
        if seen is not None:
            return seen
        text = desk.dialect.word("pop3", refusal.reason, refusal.facts)
        return text.encode("utf-8", "backslashreplace") + b"\r\n"

    def _give_up(self, reason: Reason) -> Effects:
        """Say why, and close; nothing is removed."""
        return self._turn_away(Refusal(reason))

    def _turn_away(self, refusal: Refusal) -> tuple[Effect, ...]:
        self._session.move(Event.LOST)
        return (self._worded(refusal), Close())


_JUNK = frozenset({UNKNOWN_COMMAND, BAD_OCTET, LINE_TOO_LONG, SYNTAX})
"""Refusals of lines that no POP3 client sends twice in a row, let alone twenty times."""


def _without_secrets(text: bytes) -> bytes:
    """The first word, if it could be the name of a command; nothing else."""
    keyword, space, _ = text.partition(b" ")
    return keyword + space + (HIDDEN if space else b"") if _WORD.fullmatch(keyword) else HIDDEN
