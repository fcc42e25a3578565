"""Random faults against random conversations, sliced at random, on a loop whose time is turned by
hand.

The same conversation is held with the faults and without. What only shapes the answer (delay, slow,
drip) may not change an octet; what ends the connection may only cut it short; and whatever happens,
nothing is raised, no session stays in another's way, and who was told 250 has a message.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import re
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakemail.clock import ManualClock
from fakemail.config import load
from fakemail.dialects.load import load as load_dialect
from fakemail.dialects.load import names
from fakemail.dialects.made_up import maker
from fakemail.faults.plan import Plan
from fakemail.faults.strikes import Strikes
from fakemail.postoffice import PostOffice, imap, pop3
from fakemail.reasons.catalogue import catalogue
from fakemail.reasons.reason import Refusal
from fakemail.services.connection import Connection
from fakemail.services.drive import EngineDriver
from fakemail.services.drive_smtp import SmtpDriver
from fakemail.services.ports import Listener
from fakemail.transcript.recorder import Recorder
from fakemail.wire.engine import Peer

PATIENCE = 120.0
"""Seconds of the loop that a conversation may take."""


class Handle:
    """What a loop gives for a call that is to come."""

    def __init__(self, when, call, arguments):
        self._when, self.call, self.arguments = when, call, arguments
        self.cancelled = False

    def cancel(self):
        self.cancelled = True

    def when(self):
        return self._when


class Loop:
    """As much of an asyncio loop as a connection asks for; an exception in a call comes out."""

    def __init__(self, clock):
        self._clock = clock
        self._numbers = itertools.count()
        self._calls = []

    def time(self):
        return self._clock.now

    def call_at(self, when, call, *arguments):
        handle = Handle(when, call, arguments)
        heapq.heappush(self._calls, (when, next(self._numbers), handle))
        return handle

    def call_later(self, seconds, call, *arguments):
        return self.call_at(self.time() + seconds, call, *arguments)

    def call_soon(self, call, *arguments):
        return self.call_at(self.time(), call, *arguments)

    def run(self, until):
        """Make every call that is due by then, in order."""
        for _ in range(200_000):
            if not self._calls or self._calls[0][0] > until:
                break
            when, _, handle = heapq.heappop(self._calls)
            if not handle.cancelled:
                self._clock.now = max(self._clock.now, when)
                handle.call(*handle.arguments)
        else:
            raise AssertionError("it never comes to rest")
        self._clock.now = max(self._clock.now, until)


class Wire:
    """A transport without a socket: what was sent, and how it ended."""

    def __init__(self, loop, connection):
        self._loop, self._connection = loop, connection
        self.heard, self.over, self.reading = bytearray(), False, True

    def write(self, octets):
        assert not self.over, f"said after the end: {octets!r}"
        self.heard += octets

    def write_eof(self):
        self.over = True
        self._loop.call_soon(self.hang_up)  # the client takes leave at once

    def close(self):
        self.over = True
        self._loop.call_soon(self.lost)

    abort = close

    def hang_up(self):
        if self._connection is not None and not self._connection.eof_received():
            self.close()

    def lost(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.connection_lost(None)

    def is_closing(self):
        return False

    def pause_reading(self):
        self.reading = False

    def resume_reading(self):
        self.reading = True

    def set_write_buffer_limits(self, high):
        pass

    def get_extra_info(self, name, default=None):
        if name == "socket":
            return SimpleNamespace(setsockopt=lambda *facts: None)
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)}.get(name, default)


class House:
    """A server without sockets, over a folder of its own."""

    handshake_limit, linger = 15.0, 2.0

    def __init__(self, folder, faults=()):
        self.clock = ManualClock()
        self.loop = Loop(self.clock)
        self.office = PostOffice(load({"data": str(folder)}, {}), self.clock)
        self.plan = Plan(faults)
        self.open = 0

    def has_room(self):
        return True

    def admit(self, connection, peer):
        self.open += 1
        protocol = connection.listener.protocol
        desk = self.office.desk(protocol, peer)
        desk.can_tls = False
        if protocol == "smtp":
            app = SmtpDriver(connection, desk)
        else:
            app = EngineDriver(connection, desk, {"pop3": pop3, "imap": imap}[protocol])
        desk.faults = Strikes(self.plan, protocol, peer, desk.recorder, app.arm)
        return desk, app

    def gone(self, connection):
        self.open -= 1

    def call(self, protocol):
        """A new connection: itself and its wire."""
        connection = Connection(self, Listener(protocol, protocol, False, 0, ""), self.loop)
        wire = Wire(self.loop, connection)
        connection.connection_made(wire)
        return connection, wire

    def hold(self, protocol, pieces):
        """A conversation, sent in pieces while it is read; all that was heard, and whether it
        came to its end."""
        connection, wire = self.call(protocol)
        for piece in pieces:
            self.loop.run(self.loop.time() + 0.01)
            while not (wire.reading or wire.over) and self.loop.time() < 1_700_000_000 + PATIENCE:
                self.loop.run(self.loop.time() + 0.1)
            if not wire.over:
                connection.data_received(piece)
        self.loop.run(self.loop.time() + PATIENCE)
        ended = wire.over
        if not ended:
            wire.hang_up()
        self.loop.run(self.loop.time() + PATIENCE)
        assert self.open == 0, "the client has gone, the session has not"
        return bytes(wire.heard), ended

    def close(self):
        self.office.close()


LINES = {
    "smtp": [
        *("EHLO x", "HELO x", "MAIL FROM:<a@b.test>", "RCPT TO:<you@fakemail.test>"),
        *("RCPT TO:<me@fakemail.test>", "DATA\r\nSubject: x\r\n\r\nhi\r\n.", "RSET", "NOOP x"),
        *("BDAT 4\r\nhi", "BDAT 6 LAST\r\nNOOP", "AUTH PLAIN AHVAZmFrZW1haWwudGVzdAB4"),
        *("AUTH LOGIN\r\ndUBmYWtlbWFpbC50ZXN0\r\neA==", "AUTH LOGIN\r\n*", "VRFY x", "FOO", "\xff"),
    ],
    "pop3": [
        *("USER you@fakemail.test", "PASS x", "CAPA", "STAT", "LIST", "UIDL 1", "RETR 1", "DELE 1"),
        *("TOP 1 0", "RSET", "NOOP", "AUTH", "AUTH PLAIN\r\nAHVAZmFrZW1haWwudGVzdAB4", "FOO"),
    ],
    "imap": [
        *("LOGIN you@fakemail.test x", "SELECT INBOX", "CAPABILITY", "NOOP", "FETCH 1:* BODY[]"),
        *("UID FETCH 1 FLAGS", "STORE 1 +FLAGS (\\Deleted)", "EXPUNGE", "CREATE a", "DELETE a"),
        *(
            "APPEND INBOX {12+}\r\nSubject: x\r\n",
            "IDLE\r\nDONE",
            "LIST {2+}\r\n%% {1+}\r\n*",
            "FOO",
        ),
        *("AUTHENTICATE PLAIN\r\nAHVAZmFrZW1haWwudGVzdAB4", "COPY 1 Sent", "SEARCH ALL", "CLOSE"),
    ],
}
BEGIN = {
    "smtp": ["EHLO x", "MAIL FROM:<a@b.test>", "RCPT TO:<you@fakemail.test>"],
    "pop3": ["USER you@fakemail.test", "PASS x"],
    "imap": ["LOGIN you@fakemail.test x", "SELECT INBOX"],
}
MOMENTS = {
    "smtp": ["connect", "login", "command", "mail", "rcpt", "data", "bdat", "content", "noop"],
    "pop3": ["connect", "login", "command", "pass", "retr", "list", "auth", "quit"],
    "imap": ["connect", "login", "command", "fetch", "append", "idle", "select", "logout"],
}
REPLIES = {"smtp": "451 4.3.0 Later", "pop3": "-ERR Later", "imap": "NO Later"}
COUNTS = st.sampled_from(["", "nth=1", "nth=2", "first=3", "after=2", "every=2", "per=session"])
SHAPES = st.sampled_from(["delay=0.5", "delay=3", "slow=60", "slow=300", "slow=9999", "drip"])
ENDS = st.sampled_from(["close", "reset", "hang", "lose", "cut=0", "cut=1", "cut=40", "cut=200"])


@st.composite
def faults(draw, protocol, what):
    where = draw(st.sampled_from([protocol, protocol, "any"]))
    allowed = MOMENTS[protocol] if where == protocol else ["connect", "login", "command"]
    moment, action = draw(st.sampled_from(allowed)), draw(what)
    if moment == "connect":
        action = "close" if action == "lose" else action
    if action in ("refuse", "reply"):
        action = f"refuse=auth.wrong-code reply='{REPLIES[protocol]}'".split(" ", 1)[
            action == "reply"
        ]
        where = protocol
    if moment != "connect" and draw(st.integers(0, 4)) == 0 and "delay" not in action:
        action += " delay=1"
    return f"{where} {moment} {draw(COUNTS)} {action}"


@st.composite
def conversations(draw, protocol):
    """Octets in pieces, and whether they came line by line is left to chance."""
    lines = draw(st.lists(st.sampled_from(LINES[protocol]), max_size=8))
    lines = BEGIN[protocol] + lines + [{"imap": "LOGOUT"}.get(protocol, "QUIT")]
    if protocol == "imap":
        lines = [f"a{number} {line}" for number, line in enumerate(lines)]
    octets = "".join(f"{line}\r\n" for line in lines).encode("latin-1")
    cuts = sorted(draw(st.sets(st.integers(1, len(octets) - 1), max_size=6)))
    return [octets[a:b] for a, b in itertools.pairwise([0, *cuts, len(octets)])]


@pytest.fixture
def held(tmp_path, caplog):
    """Hold a conversation in a new house with these faults; what was heard, without what is never
    the same, whether it came to its end, and how many messages there are."""
    numbers = itertools.count()

    def hold(protocol, pieces, sentences=()):
        house = House(tmp_path / str(next(numbers)), sentences)
        with caplog.at_level(logging.ERROR):
            caplog.clear()
            if protocol == "pop3":
                home = house.office.store.home("you@fakemail.test")
                delivery = house.office.store.delivery()
                delivery.write(b"Subject: x\r\n\r\nhi\r\n")
                delivery.commit([home])
            heard, ended = house.hold(protocol, pieces)
            house.plan.clear()
            other, _ = house.hold(protocol, [b"a LOGOUT\r\nQUIT\r\n"])
            stored = len(list(house.office.store_folder.rglob("*/new/*")))
            house.close()
            assert caplog.records == []
        assert other, "the next client is not answered"
        return plain(heard), ended, stored

    return hold


def plain(heard):
    """Without times and names that are made up anew."""
    heard = re.sub(rb"queued as \S+", b"queued", heard)
    heard = re.sub(rb"(?m)^\* \d (RECENT|EXISTS)\r\n", b"", heard)
    heard = re.sub(rb"[0-9A-Za-z_.,=-]{12,}", b"-", heard)
    return re.sub(rb"\d{9,}", b"-", heard)


usual = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_what_only_shapes_an_answer_changes_no_octet_of_it(held, protocol):
    @usual
    @given(conversations(protocol), st.lists(faults(protocol, SHAPES), min_size=1, max_size=3))
    def run(pieces, sentences):
        expected, _, stored = held(protocol, pieces)
        assert held(protocol, pieces, sentences) == (expected, True, stored)

    run()


@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_what_ends_a_connection_only_cuts_it_short(held, protocol):
    what = st.one_of(SHAPES, ENDS, ENDS)

    @usual
    @given(conversations(protocol), st.lists(faults(protocol, what), min_size=1, max_size=3))
    def run(pieces, sentences):
        expected, _, most = held(protocol, pieces)
        heard, ended, stored = held(protocol, pieces, sentences)
        assert expected.startswith(heard.rpartition(b"\n")[0])
        assert ended or any("hang" in sentence for sentence in sentences)
        assert heard.count(b"queued") <= stored
        assert stored <= most or protocol != "smtp", "something ran behind the end"

    run()


@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_whatever_is_planned_the_session_ends_or_answers(held, protocol):
    what = st.one_of(SHAPES, ENDS, st.sampled_from(["refuse", "reply"]))

    @usual
    @given(conversations(protocol), st.lists(faults(protocol, what), min_size=1, max_size=4))
    def run(pieces, sentences):
        heard, ended, stored = held(protocol, pieces, sentences)
        assert heard.count(b"queued") <= stored
        if not ended:
            told = " ".join(sentences)
            assert "hang" in told or " quit " in told or " logout " in told or "command" in told

    run()


REASONS = {slug: reason for slug, reason in catalogue().items() if not slug.startswith("fault.")}
"""What `refuse=` takes; those of faults themselves say nothing."""


@pytest.mark.parametrize("moment", ["connect", "login", "command"])
@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_every_reason_can_be_given_at_any_moment(held, protocol, moment):
    """Though it has no place there; then the session goes on, or ends as that reason ends it."""
    mine = [slug for slug, reason in REASONS.items() if getattr(reason, protocol) is not None]
    assert len(mine) > 30
    lines = [*BEGIN[protocol], {"imap": "LOGOUT"}.get(protocol, "QUIT")]
    if protocol == "smtp":
        lines[1:1] = ["AUTH PLAIN AHVAZmFrZW1haWwudGVzdAB4"]
    if protocol == "imap":
        lines = [f"a{number} {line}" for number, line in enumerate(lines)]
    talk = [f"{line}\r\n".encode() for line in lines]
    for slug in mine:
        heard, ended, _ = held(protocol, talk, [f"{protocol} {moment} nth=1 refuse={slug}"])
        assert ended, slug
        assert heard, slug
        assert b"{" not in heard, slug
        assert b"SERVERBUG" not in heard or slug in ("host.internal", "imap.server-bug"), slug
        if (protocol, moment) == ("imap", "connect"):
            assert heard.startswith(b"* BYE "), slug


@pytest.mark.parametrize("name", [*names(), "generic"])
def test_every_provider_has_words_for_a_refusal_that_was_planned(name):
    """Whatever facts its words ask for."""
    dialect = load_dialect(name).for_session(maker(1, lambda: 0.0, {}))
    peer = Peer("127.0.0.1", 1, "127.0.0.1", 2, "smtp")
    for slug, reason in REASONS.items():
        for protocol in ("smtp", "pop3", "imap"):
            if getattr(reason, protocol) is None:
                continue
            recorder = Recorder(1, protocol, peer, ManualClock(), name)
            plan = Plan([f"{protocol} noop refuse={slug}"])
            strikes = Strikes(plan, protocol, peer, recorder, lambda action: None)
            with pytest.raises(Refusal) as raised:
                strikes.at("noop", "command", argument="a {0} {x} %s")
            facts = {"command": "NOOP", **raised.value.facts}
            text = dialect.word(protocol, raised.value.reason, facts)
            assert text, slug
            assert "\n" not in text or protocol == "smtp", slug
