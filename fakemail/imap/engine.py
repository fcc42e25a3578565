"""IMAP4rev1 without a socket: octets in, effects out (RFC 3501, RFC 9051).

Frame, then parse, then decide, then write. `framing` cuts commands; the table (`commands/table.py`)
says how each is parsed, when it may run, and what runs it. This file conducts: it takes one event
after the other, asks the table, runs the command's generator, tells the client what other sessions
did, and answers with the tag.

Three families of failure end here, in `_failed`: the client's grammar (BAD), the client's request
(mostly NO), and our own fault (logged, marked in the transcript, NO [SERVERBUG]). The session
survives each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fakemail.desk import Desk
from fakemail.imap import customs, faults, redact
from fakemail.imap.capabilities import capabilities, offered
from fakemail.imap.command import Command, Message, Numbers, Prompt, Running
from fakemail.imap.commands.table import TABLE
from fakemail.imap.framing import MOST_OCTETS, Announced, Chunk, Framing
from fakemail.imap.framing import Command as Framed
from fakemail.imap.grammar.command_name import command_name, tag
from fakemail.imap.refusals import as_refusal, one_line
from fakemail.imap.scribe import Scribe
from fakemail.imap.session import Session, State
from fakemail.imap.wording import completed
from fakemail.reasons.imap import (
    AUTOLOGOUT,
    COMMAND_TOO_LARGE,
    ENDLESS_LITERAL,
    HTTP_CLIENT,
    MAILBOX_DELETED,
    TOO_MANY_BAD,
    UNKNOWN_COMMAND,
    WRONG_STATE,
)
from fakemail.reasons.reason import Reason, Refusal
from fakemail.wire.cursor import Cursor
from fakemail.wire.effects import Close, Compress, Effects, StartTls
from fakemail.wire.engine import TlsFacts

BAD_BEFORE_LOGIN = 10
"""Wrong commands in a row, before the login, after which the connection is closed."""

BAD_AFTER_LOGIN = 20

_HTTP = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"OPTIONS ", b"CONNECT ", b"DELETE ", b"PRI ")
_WRONG_STATE = {
    State.NOT_AUTHENTICATED: "The session is logged in already.",
    State.LOGGED_IN: "Log in first.",
    State.SELECTED: "No mailbox is selected: SELECT or EXAMINE one first.",
}


@dataclass(slots=True)
class _Current:
    """The command that is being conducted."""

    tag: bytes = b"*"
    name: str = ""
    row: Command | None = None
    running: Running | None = None
    """The command's generator, while it runs or waits for a line of the client."""

    prompt: Prompt | None = None
    """What it waits for."""


class ImapEngine:
    """One session of one client."""

    def __init__(self, desk: Desk, wake: Callable[[], None]) -> None:
        self._desk = desk
        self._wake = wake
        self._session = Session(desk, self._changed)
        self._framing = Framing(desk.limits.command_octets)
        self._current = _Current()
        self._message: Message | None = None
        """The message literal that is coming in, and where the command goes on after it."""
        self._message_end = 0
        self._scribe = Scribe(desk.recorder, desk.directory.is_secret)
        self._bad = 0

    @property
    def idle_limit(self) -> float:
        """Seconds without a command before `timed_out` (RFC 3501 §5.4)."""
        limits = self._desk.limits
        return limits.login_timeout if self._session.login is None else limits.imap_timeout

    # what the host calls

    def opened(self) -> Effects:
        """The greeting (RFC 3501 §7.1.1)."""
        desk = self._desk
        yield from customs.late(desk.dialect, "greeting_delay")
        if (refusal := customs.turned_away(desk)) is not None:
            yield from self._say_goodbye(customs.farewell(self._word(refusal)))
            return
        facts = {"client_ip": desk.peer.host, "host": desk.host_name}
        seen = desk.dialect.octets("imap", "imap.greeting", facts)
        if seen is not None:
            yield seen
            return
        yield b"* OK [CAPABILITY %b] %b fakemail ready.\r\n" % (
            capabilities(self._session),
            desk.host_name.encode("ascii", "replace"),
        )

    def received(self, octets: bytes) -> Effects:
        """Commands, or pieces of them."""
        if self._session.ended:
            return
        self._framing.feed(octets)
        while not self._session.ended:
            waiting = self._current.prompt is not None
            effects = self._continuation() if waiting else self._event()
            if effects is None:
                return
            yield from effects

    def secured(self, tls: TlsFacts) -> Effects:
        """TLS is there: nothing that was learnt in clear survives, nothing is said (RFC 3501
        §6.2.1)."""
        self._framing.clear()
        return ()

    def woken(self) -> Effects:
        """Something changed in the selected mailbox: an idling client hears of it at once."""
        prompt = self._current.prompt
        if prompt is not None and prompt.idle:
            idling = self._session.idling
            if idling is not None:
                if idling.over:
                    self._session.ended = True
                    yield Close()
                    return
                instead = idling.holds_back()
                if instead is not None:
                    yield from instead
                    return
            news = self._news(may_renumber=True)
            if news:
                yield news
            if self._session.ended:
                yield Close()

    def timed_out(self) -> Effects:
        """Autologout (RFC 3501 §5.4)."""
        yield from self._goodbye(AUTOLOGOUT)

    def shutting_down(self) -> Effects:
        """The server ends."""
        self._session.ended = True
        yield b"* BYE Server shutting down.\r\n"
        yield Close()

    def closed(self) -> None:
        """Let go of everything."""
        running, self._current.running = self._current.running, None
        self._session.ended = True
        self._discard()
        if running is not None:
            running.close()
        self._session.unselect()

    def _changed(self) -> None:
        """Called by the view."""
        if self._current.prompt is not None and self._current.prompt.idle:
            self._wake()

    # what the client sends

    def _continuation(self) -> Effects | None:
        """The client's half of AUTHENTICATE or IDLE; None when it is not there yet."""
        prompt = self._current.prompt
        assert prompt is not None
        try:
            line = self._framing.line()
        except Refusal as refusal:
            return self._failed(refusal)
        if line is None:
            return None
        self._scribe.line(line, secret=prompt.secret)
        return self._go_on(line)

    def _event(self) -> Effects | None:
        """The next event of the framing; None when there is none yet."""
        match self._framing.next():
            case Framed(octets, refusal):
                return self._complete(octets, refusal)
            case Announced() as announced:
                return self._announced(announced)
            case Chunk(octets, _):
                return self._chunk(octets)
            case None:
                return None

    def _announced(self, announced: Announced) -> Effects:
        """A literal is about to come."""
        self._record(announced.octets)
        if announced.size > MOST_OCTETS and not announced.waits:
            return self._failed(Refusal(ENDLESS_LITERAL, size=announced.size))
        cursor = self._session.cursor(announced.octets)
        message = None
        try:
            row = self._begin(cursor)
            customs.check_literal(self._session, announced.size, announced.waits)
            if row.message is not None:
                message = row.message(self._session, cursor, announced.size)
            if message is None and not announced.fits:
                raise Refusal(COMMAND_TOO_LARGE, limit=self._desk.limits.command_octets)
        except Exception as error:
            self._framing.refuse(self._refusal(error))
            return ()
        if message is None:
            self._framing.gather()
        else:
            self._message, self._message_end = message, len(announced.octets) + 2
            self._framing.stream()
        return (b"+ OK\r\n",) if announced.waits else ()

    def _chunk(self, octets: bytes) -> Effects:
        """Some of a message."""
        assert self._message is not None
        try:
            self._message.write(octets)
        except Exception as error:
            self._discard()
            self._framing.refuse(self._refusal(error))
        return ()

    def _complete(self, octets: bytes, refusal: Refusal | None) -> Effects:
        """A whole command."""
        self._record(octets)
        self._scribe.completed()
        cursor = self._session.cursor(octets)
        arguments: object
        try:
            row = self._begin(cursor)
            if refusal is not None:
                raise refusal
            if self._message is not None:
                cursor.at = self._message_end
                self._message.end(cursor)
                arguments, self._message = self._message, None
            else:
                arguments = row.parse(cursor)
                cursor.end()
        except Exception as error:
            self._discard()
            return self._failed(error)
        self._session.tag = self._current.tag
        self._current.running = faults.run(self._session, row, arguments, octets)
        return self._start(row)

    def _begin(self, cursor: Cursor) -> Command:
        """The tag and the name: which command it is, and whether it may run now."""
        current = self._current = _Current()
        if cursor.octets.startswith(_HTTP) and b" HTTP/" in cursor.octets:
            raise Refusal(HTTP_CLIENT)
        word = tag(cursor)
        if not (cursor.ended and redact.may_be_response(word)):
            current.tag = word
        current.name = command_name(cursor)
        row = current.row = TABLE.get(current.name)
        if row is None or not (row.capability is None or offered(self._session, row.capability)):
            raise Refusal(UNKNOWN_COMMAND, **redact.unknown(word))
        if not row.states & self._session.state:
            raise Refusal(WRONG_STATE, detail=_WRONG_STATE[row.states])
        return row

    def _start(self, row: Command) -> Effects:
        if row.looks_first:
            news = self._news(may_renumber=False)
            if news:
                yield news
            if self._session.ended:
                yield Close()
                return
        yield from self._go_on(None)

    def _go_on(self, line: bytes | None) -> Effects:
        """Run the command to its end, or to where it waits for the client."""
        current, session = self._current, self._session
        running = current.running
        assert running is not None and current.row is not None
        current.prompt = None
        while True:
            try:
                effect = running.send(line)
            except StopIteration as stop:
                answer: bytes = stop.value
                break
            except Exception as error:
                yield from self._failed(error)
                return
            line = None
            if isinstance(effect, Prompt):
                current.prompt = effect
                if effect.say is not None:
                    yield effect.say
                return
            yield effect
        current.running = None
        self._bad = 0
        if self._desk.dialect.texts:
            answer = completed(session, current.row.name, answer)
        news = self._news(current.row.numbers is Numbers.MAY_CHANGE)
        afterwards, session.afterwards = session.afterwards, None
        if session.ended and afterwards is None:
            yield news
            yield Close()
            return
        yield b"%b%b %b\r\n" % (news, current.tag, answer)
        if isinstance(afterwards, StartTls):
            self._framing.clear()
        elif isinstance(afterwards, Compress):
            afterwards = Compress(early=self._framing.clear())
        if afterwards is not None:
            yield afterwards

    # what the client is told

    def _news(self, may_renumber: bool) -> bytes:
        """What others did to the selected mailbox; ends the session when they deleted it."""
        if not self._session.selected:
            return b""
        view = self._session.view
        if view.deleted:
            self._session.ended = True
            return b"* %b\r\n" % self._word(Refusal(MAILBOX_DELETED))
        return view.flush(may_renumber)

    def _failed(self, error: Exception) -> Effects:
        """The command failed: say why, in one tagged line; forget it."""
        current = self._current
        running, current.running, current.prompt = current.running, None, None
        if running is not None:
            running.close()
        refusal = self._refusal(error)
        dialect, reason = self._desk.dialect, refusal.reason
        text = self._word(refusal)
        if not customs.answers(dialect, reason):
            self._session.ended = True
            yield Close()
            return
        if text.startswith(b"BYE"):
            yield from self._say_goodbye(text)
            return
        if dialect.texts or dialect.rules:
            self._session.ended |= customs.hangs_up(dialect, reason)
            yield from customs.first(dialect, refusal)
        if not text.startswith(b"BAD"):
            self._bad = 0
            row = current.row
            may_renumber = row is not None and row.numbers is Numbers.MAY_CHANGE
            yield b"%b%b %b\r\n" % (self._news(may_renumber), current.tag, text)
        else:
            self._bad += 1
            yield b"%b %b\r\n" % (current.tag, text)
            most = BAD_BEFORE_LOGIN if self._session.login is None else BAD_AFTER_LOGIN
            if self._bad >= most:
                yield from self._goodbye(TOO_MANY_BAD)
        if self._session.ended:
            yield Close()

    def _refusal(self, error: Exception) -> Refusal:
        row = self._current.row
        return as_refusal(error, self._current.name, secret=row is not None and row.secret)

    def _goodbye(self, reason: Reason) -> Effects:
        return self._say_goodbye(self._word(Refusal(reason)))

    def _say_goodbye(self, text: bytes) -> Effects:
        self._session.ended = True
        yield b"* %b\r\n" % text
        yield Close()

    def _word(self, refusal: Refusal) -> bytes:
        """Note the refusal in the transcript, and word it."""
        self._desk.recorder.refused(refusal.reason, refusal.facts)
        text = one_line(self._desk.dialect.word("imap", refusal.reason, refusal.facts))
        return text.removeprefix(b"* ")  # of those that the host says by itself

    def _record(self, octets: bytes) -> None:
        """Put what is new of a command into the transcript."""
        if self._framing.bare_line_feeds:
            self._scribe.bare_line_feed()
        logged_in = self._session.login is not None
        message = None if self._message is None else self._message.size
        self._scribe.command(octets, logged_in=logged_in, message=message)

    def _discard(self) -> None:
        message, self._message = self._message, None
        if message is not None:
            message.discard()
