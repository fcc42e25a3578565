"""Replays without a socket: what is sent, what is waited for, what fits and what does not."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.transcript.parse import parse
from fakemail.transcript.replay import Done, Replay, Secure, Send, Wait, made_up
from fakemail.transcript.replay_match import all_match, difference, matches
from fakemail.transcript.replay_responses import Responses
from fakemail.transcript.replay_secrets import NoSecret
from fakemail.transcript.text import printable


def replay(script, secrets=lambda user, slug: "the-code"):
    [record] = parse(script, strict=True)
    return Replay(record, secrets)


def run(replaying, answers):
    """Answers `Send`s with the given octets, one for each; returns what was sent."""
    sent, answers = [], list(answers)
    replaying.received(answers.pop(0))
    for _ in range(100):
        match replaying.next():
            case Send(octets):
                sent.append(octets)
                if answers:
                    replaying.received(answers.pop(0))
            case Secure():
                replaying.secured()
            case Wait():
                replaying.closed() if not answers else replaying.received(answers.pop(0))
            case Done():
                return sent
    raise AssertionError("it does not end")


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("503 Error: need EHLO and AUTH first !", "503 Error: need EHLO and AUTH first !"),
        ("250 2.0.0 Ok: queued as 1A200C3597B-1-1", "250 2.0.0 Ok: queued as 3F0B1C2A77D-9-2"),
        ("* OK [UIDVALIDITY 1795309132] UIDs valid.", "* OK [UIDVALIDITY 3] UIDs valid."),
        ("+OK 216 octets", "+OK 7 octets"),
        ("1 216", "1 9"),
        ("220 at Sun, 22 Nov 2026 00:46:32 +0000", "220 at Mon, 1 Feb 2027 13:00:01 +0100"),
        ("220 [127.0.0.1]:5 hello", "220 [10.1.2.3]:5 hello"),
        ("S: … (Failure)", "S: anything at all (Failure)"),
        ("-ERR 权限使用pop3", printable("-ERR 权限使用pop3".encode("gb18030"))),
    ],
)  # fmt: skip
def test_what_differs_every_time_fits(expected, said):
    assert matches(expected, said, {})


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("503 Error: need EHLO and AUTH first !", "530 Error: need EHLO and AUTH first !"),
        ("250 2.1.0 Ok", "250 2.1.5 Ok"),
        ("* 3 EXISTS", "* 4 EXISTS"),
        ("1 216", "2 216"),
        ("250-SIZE 73400320", "250-SITE 73400320"),
        ("* OK IMAP4rev1", "* OK IMAP4rev2"),
        ("see https://help.mail.qq.com/detail/108/1023", "see https://help.mail.qq.com/other"),
        ("250 smtp.qq.com", "250 smtp.163.com"),
    ],
)
def test_what_says_something_else_does_not(expected, said):
    assert not matches(expected, said, {})


def test_host_names_differ_in_greetings_only():
    assert matches("220 smtp.qq.com ready", "220 mx4.163.com ready", {}, hosts=True)


def test_a_name_is_bound_by_its_first_match():
    bindings = {}
    assert matches("250 queued as $id", "250 queued as abc", bindings)
    assert bindings == {"id": "abc"}
    assert matches("about $id and $id", "about abc and abc", bindings)
    assert not matches("about $id", "about abd", bindings)


def test_any_lines():
    assert all_match(["* OK", "…", "a OK"], ["* OK", "* 1", "* 2", "a OK"], {})
    assert all_match(["…"], [], {})
    assert not all_match(["…", "a OK"], ["* 1", "a NO"], {})


def test_the_difference_names_the_lines():
    shown = list(difference(["250-A", "250-B", "250 C"], ["250-A", "250-X", "250 C"], {}))
    assert shown == [(" ", "250-A"), ("-", "250-B"), ("+", "250-X"), (" ", "250 C")]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=40))
def test_every_line_fits_itself(line):
    assert matches(line, line, {})


SMTP = """\
smtp  session 1  127.0.0.1:51324  port 587  dialect generic
  S: 220 a.example ESMTP
  C: EHLO laptop
  S: 250-a.example
  S: 250 AUTH PLAIN LOGIN
  C: AUTH LOGIN
  S: 334 VXNlcm5hbWU6
  C: ********
  S: 334 UGFzc3dvcmQ6
  C: ********
  *  logged in as me@a.example (LOGIN, laptop)
  S: 235 Ok
  C: MAIL FROM:<me@a.example>
  C: RCPT TO:<you@a.example>
  C: DATA
  S: 250 Ok
  S: 250 Ok
  S: 354 go on
  *  delivered 100 octets to you@a.example/INBOX
  S: 250 queued as 1A200C3597B-1-1
  C: QUIT
  S: 221 Bye
  *  closed by server
"""
ANSWERS = [
    b"220 b.example ESMTP\r\n", b"250-b.example\r\n250 AUTH PLAIN LOGIN\r\n",
    b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n", b"235 Ok\r\n",
    b"250 Ok\r\n250 Ok\r\n354 go on\r\n", b"250 queued as 77F00AC9911-2-2\r\n", b"221 Bye\r\n",
]  # fmt: skip


def test_a_session_of_smtp():
    replaying = replay(SMTP)
    sent = run(replaying, ANSWERS)
    assert replaying.fits, replaying.turns
    assert sent[1:4] == [
        b"AUTH LOGIN\r\n",
        base64.b64encode(b"me@a.example") + b"\r\n",
        base64.b64encode(b"the-code") + b"\r\n",
    ]
    assert sent[4] == b"MAIL FROM:<me@a.example>\r\nRCPT TO:<you@a.example>\r\nDATA\r\n"
    assert sent[5] == made_up(100) + b".\r\n"
    assert len(made_up(100)) == 100


def test_a_changed_reply_is_found_and_no_message_is_sent_for_a_refused_data():
    replaying = replay(SMTP)
    answers = [*ANSWERS[:5], b"250 Ok\r\n550 no\r\n503 no\r\n"]
    sent = run(replaying, answers)
    assert not replaying.fits
    assert len(sent) == 5
    *_, last = replaying.turns
    assert [sign for sign, _ in last.lines] == [" ", "-", "-", "+", "+"]


def test_a_server_that_stops_talking_or_hangs_up_is_noted():
    for happen, words in (
        (lambda r: r.timed_out(5), "nothing came for 5 seconds"),
        (lambda r: r.closed(), "the server closed the connection"),
    ):
        replaying = replay(SMTP)
        assert isinstance(replaying.next(), Wait)
        happen(replaying)
        assert isinstance(replaying.next(), Done)
        assert not replaying.fits
        assert replaying.turns[-1].note == words


def test_a_server_that_stays_when_it_should_go_is_noted():
    replaying = replay("S: 220 hello\nC: QUIT\nS: 221 Bye\n*  closed by server\n")
    replaying.received(b"220 hello\r\n")
    assert replaying.next() == Send(b"QUIT\r\n")
    replaying.received(b"221 Bye\r\n")
    assert isinstance(replaying.next(), Wait)
    replaying.timed_out(5)
    assert isinstance(replaying.next(), Done)
    assert [turn.fits for turn in replaying.turns] == [True, False]


def test_tls_is_where_the_marks_are():
    script = (
        "S: 220 hello\nC: STARTTLS\nS: 220 go\n"
        "*  TLS: TLSv1.3 TLS_AES, server name smtp.qq.com\nC: EHLO x\nS: 250 x\n"
    )
    replaying = replay(script)
    replaying.received(b"220 hello\r\n")
    assert replaying.next() == Send(b"STARTTLS\r\n")
    replaying.received(b"220 go\r\n")
    assert replaying.next() == Secure("smtp.qq.com")
    replaying.secured()
    assert replaying.next() == Send(b"EHLO x\r\n")
    assert replay("*  TLS: TLSv1.3 X\nS: * OK hello\n").next() == Secure(None)


def test_a_script_names_things_and_writes_the_message():
    script = (
        "S: 220 …\nC: DATA\nS: 354 …\nC: Subject: x\nC:\nC: hello\nS: 250 Ok $id\n"
        "C: NOOP $id\nS: 250 $id\n"
    )
    replaying = replay(script)
    answers = [b"220 x y\r\n", b"354 ?\r\n", b"250 Ok seven\r\n", b"250 seven\r\n"]
    sent = run(replaying, answers)
    assert replaying.fits, replaying.turns
    assert sent[1:] == [b"Subject: x\r\n\r\nhello\r\n.\r\n", b"NOOP seven\r\n"]


def test_imap_literals_and_secrets():
    script = (
        "S: * OK hello\nC: a LOGIN {12}\nS: + OK\nC: me@a.example {7}\nS: + OK\nC: ********\n"
        "S: a OK in\nC: b APPEND INBOX {30}\nS: + OK\nC: (a message of 30 octets)\nS: b OK done\n"
        'C: c LOGIN "me" ********\nS: c NO in already\n'
    )
    replaying = replay(script, lambda user, slug: 'co"de' if user == "me" else "four")
    answers = [
        b"* OK hi\r\n",
        b"+ OK\r\n",
        b"+ OK\r\n",
        b"a OK in\r\n",
        b"+ OK\r\n",
        b"b OK done\r\n",
    ]
    sent = run(replaying, [*answers, b"c NO in already\r\n"])
    assert b"me@a.example {5}\r\n" not in sent
    assert sent[1] == b"me@a.example {4}\r\n"
    assert sent[2] == b"four\r\n"
    assert sent[4] == made_up(30) + b"\r\n"
    assert sent[5] == b'c LOGIN "me" "co\\"de"\r\n'


def test_whoever_knows_the_secrets_is_told_why_one_was_refused():
    asked = []
    script = "S: +OK hi\nC: USER me\nS: +OK\nC: PASS ********\nS: -ERR no\n"
    run(
        replay(script, lambda user, slug: asked.append((user, slug)) or "x"),
        [b"+OK hi\r\n", b"+OK\r\n", b"-ERR no\r\n"],
    )
    assert asked == [("me", "auth.wrong-code")]
    with pytest.raises(NoSecret, match="of me is hidden"):
        run(replay(script, lambda user, slug: None), [b"+OK hi\r\n", b"+OK\r\n"])


@pytest.mark.parametrize("at_once", [True, False])
def test_responses_are_counted_and_shown_as_a_transcript_shows_them(at_once):
    responses = Responses("pop3")
    for line in (b"", b"RETR 1", b"LIST", b"LIST 1"):
        responses.asked(line) if line else None
    octets = b"+OK 8 octets\r\n..a\r\nbcd\r\n.\r\n+OK\r\n1 8\r\n.\r\n-ERR no\r\n"
    for part in [octets] if at_once else [bytes([o]) for o in octets]:
        responses.received(part)
    assert responses.complete == 3
    shown = [b"+OK 8 octets", b"(9 octets)", b".", b"+OK", b"1 8", b".", b"-ERR no"]
    assert responses.take() == shown
    imap = Responses("imap")
    imap.asked(b"a FETCH 1 BODY[]")
    octets = b"* 1 FETCH (BODY[] {5}\r\na\r\nb\n X {0}\r\n)\r\na OK\r\n"
    for part in [octets] if at_once else [bytes([o]) for o in octets]:
        imap.received(part)
    assert imap.complete == 1
    assert imap.take() == [b"* 1 FETCH (BODY[] {5} X {0})", b"a OK"]
