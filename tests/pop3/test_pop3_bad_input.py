"""What no client should send: the protocol's own error, in step, and nothing breaks."""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakemail.pop3.engine import PATIENCE
from fakemail.store.mailbox import Mailbox
from fakemail.wire.effects import Close

SLICES = pytest.mark.parametrize("slices", [0, 1])


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"", b"-ERR Unknown command\r\n"),
        (b" ", b"-ERR Unknown command\r\n"),
        (b" NOOP", b"-ERR Unknown command\r\n"),
        (b"XYZZY", b"-ERR Unknown command\r\n"),
        (b"LAST", b"-ERR Unknown command\r\n"),
        (b"APOP a b", b"-ERR Unknown command\r\n"),
        (b"NOOP\0", b"-ERR Command contains an octet that is not printable ASCII\r\n"),
        (b"\0" * 50, b"-ERR Command contains an octet that is not printable ASCII\r\n"),
        (b"LIST \xff", b"-ERR Command contains an octet that is not printable ASCII\r\n"),
        (b"LIST\t1", b"-ERR Command contains an octet that is not printable ASCII\r\n"),
        (b"NO\rOP", b"-ERR Command contains an octet that is not printable ASCII\r\n"),
        (b"NOOP\r", b"-ERR Command contains an octet that is not printable ASCII\r\n"),
        (b"LIST " + b"1" * 249, b"-ERR Line too long\r\n"),
        (b"LIST " + b"1" * 100_000, b"-ERR Line too long\r\n"),
        (b"LIST " + b"0" * 247 + b"1", b"+OK 1 5\r\n"),
        (b"LIST  1 ", b"+OK 1 5\r\n"),
        (b"RETR one", b"-ERR Syntax: RETR msg\r\n"),
        (b"TOP 1", b"-ERR Syntax: TOP msg n\r\n"),
    ],
)
@SLICES
def test_one_answer_a_line_and_the_session_goes_on(place, slices, line, answer):
    place.deliver(b"mail\r\n")
    host = place.session(slices if len(line) < 1000 else slices * 997)
    host.log_in()
    size = host.say(b"LIST 1")
    assert host.say(line) == answer.replace(b"+OK 1 5\r\n", size)
    assert host.say(b"NOOP") == b"+OK\r\n"


@SLICES
def test_a_bare_lf_ends_a_line_with_a_note(place, slices):
    host = place.session(slices)
    assert host.send(b"USER a\nPASS b\nNOOP\n").endswith(b"octets)\r\n+OK\r\n")
    assert host.transcript().count("bare LF") == 1


@SLICES
def test_too_much_nonsense_closes(place, slices):
    host = place.session(slices)
    answers = host.say(*[b"NONSENSE"] * 100).split(b"\r\n")[:-1]
    assert answers == [b"-ERR Unknown command"] * PATIENCE + [
        b"-ERR Too many bad commands, closing"
    ]
    assert host.over
    assert host.effects.count(Close()) == 1


def test_good_commands_and_failed_logins_reset_the_patience(place):
    place.directory.mode = "listed"
    host = place.session()
    for _ in range(5):
        host.say(*[b"NONSENSE"] * (PATIENCE - 1), b"CAPA")
        host.say(*[b"NONSENSE"] * (PATIENCE - 1))
        host.log_in()
    assert not host.over


@pytest.mark.parametrize("line", [b"GET / HTTP/1.1", b"POST /x HTTP/1.0"])
@SLICES
def test_web_clients_are_told_and_sent_away(place, slices, line):
    host = place.session(slices)
    answer = host.send(line + b"\r\nHost: x\r\nAccept: */*\r\n\r\n")
    assert answer == b"-ERR This is a POP3 server, not a web server\r\n"
    assert host.over
    assert host.refusals() == ["pop3.http-client"]
    assert f"C {line.decode()}" in host.transcript()


def test_tls_clients_on_the_clear_port_are_told_and_sent_away(place):
    host = place.session()
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256))
    assert host.send(hello).startswith(b"-ERR This port begins in clear")
    assert host.over
    assert host.refusals() == ["pop3.tls-client"]


def test_shutting_down_says_so(place):
    host = place.session()
    answer = host.carry_out(host.engine.shutting_down())
    assert answer == b"-ERR [SYS/TEMP] Service shutting down\r\n"
    assert host.over


def test_time_out_closes_without_a_word(place):
    host = place.session()
    limits = host.desk.limits
    assert host.engine.idle_limit == limits.login_timeout
    host.log_in()
    assert host.engine.idle_limit == limits.pop3_timeout
    assert host.carry_out(host.engine.timed_out()) == b""
    assert host.over


def test_nothing_is_said_unasked_or_after_the_end(place):
    host = place.session()
    assert not list(host.engine.woken())
    host.say(b"QUIT")
    assert host.over
    assert not list(host.engine.received(b"NOOP\r\n"))
    host.engine.closed()


def test_our_own_failure_is_logged_said_and_survived(place, monkeypatch, caplog):
    place.deliver(b"mail\r\n")
    host = place.session()
    host.log_in()
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(Mailbox, "read", lambda mailbox, uid: 1 / 0)
        assert host.say(b"RETR 1") == b"-ERR [SYS/TEMP] Internal error\r\n"
    assert "ZeroDivisionError" in caplog.text
    assert host.say(b"RETR 1").startswith(b"+OK 6 octets")


def test_a_failing_login_gives_the_lock_back(place, monkeypatch, caplog):
    host = place.session()
    with monkeypatch.context() as patch:
        patch.setattr(Mailbox, "messages", lambda mailbox: 1 / 0)
        assert host.log_in().endswith(b"-ERR [SYS/TEMP] Internal error\r\n")
    assert host.log_in().endswith(b"octets)\r\n")


COMMANDS = [
    b"USER a", b"PASS b", b"AUTH PLAIN", b"AUTH LOGIN", b"AUTH PLAIN AGEAYg==", b"*", b"YQ==",
    b"CAPA", b"STAT", b"LIST", b"LIST 1", b"UIDL", b"RETR 1", b"RETR 2", b"TOP 1 1", b"DELE 1",
    b"RSET", b"NOOP", b"STLS",
]  # fmt: skip
LINES = st.sampled_from(COMMANDS) | st.binary(max_size=30) | st.text(max_size=20).map(str.encode)
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\0\r\n", b""])
WORDS = st.lists(st.tuples(LINES, ENDS), max_size=25)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS, st.integers(0, 5))
def test_any_input_is_answered_line_by_line_however_it_is_sliced(place, words, slices):
    octets = b"".join(line + end for line, end in words)
    if not place.messages("a@fakemail.test"):
        place.deliver(b".mail\r\n", b"other", to="a@fakemail.test")
    whole, sliced = [], []
    for size, answers in ((0, whole), (slices, sliced)):
        host = place.session(size)
        answers.append(host.send(octets))
        answers.append(host.over)
        if not host.over and not host.wants_tls:
            host.send(b"\r\n*\r\n")
            answers.append(host.say(b"CAPA"))
            assert b"IMPLEMENTATION" in answers[-1] or host.over or host.wants_tls
        for entry in host.desk.recorder.entries:
            assert entry.reason is None or entry.reason.slug != "host.internal"
        if not host.over:
            host.drop()
    if not octets.startswith(b"\x16"):
        assert whole == sliced
    assert len(place.messages("a@fakemail.test")) == 2
