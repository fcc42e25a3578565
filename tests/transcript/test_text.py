"""A rendered conversation looks as the design says and cannot attack a terminal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.reasons.reason import Reason
from fakemail.transcript.recorder import HEAD, TAIL, Recorder
from fakemail.transcript.text import Style, printable, render


def test_the_conversation_of_the_design(clock, peer, auth_required):
    recorder = Recorder(7, "smtp", peer, clock, "qq")
    recorder.client(b"EHLO laptop\r\n")
    recorder.server(b"250-newxmesmtplogicsvrsza\r\n250 AUTH LOGIN PLAIN\r\n")
    recorder.client(b"MAIL FROM:<me@qq.com>\r\n")
    recorder.refused(auth_required)
    recorder.server(b"503 Error: need EHLO and AUTH first !\r\n")
    assert render(recorder) == (
        "smtp  session 7  127.0.0.1:51324  port 587  dialect qq\n"
        "  C: EHLO laptop\n"
        "  S: 250-newxmesmtplogicsvrsza\n"
        "  S: 250 AUTH LOGIN PLAIN\n"
        "  C: MAIL FROM:<me@qq.com>\n"
        "  !  MAIL arrived before the client had authenticated.                 "
        "    smtp.test-auth-required\n"
        "     EHLO was sent, so the missing part is AUTH: call login(address,\n"
        "     authorization_code) before sendmail(). QQ wants the authorization\n"
        "     code, not the mailbox password.                                   "
        "    RFC 4954 §6; RFC 6409 §4.3\n"
        "  S: 503 Error: need EHLO and AUTH first !\n"
    )


def test_times_count_from_the_beginning(clock, peer):
    recorder = Recorder(1, "pop3", peer, clock, "generic")
    clock.advance(12.3456)
    recorder.client(b"NOOP")
    head, line = render(recorder, Style(times=True)).splitlines()
    assert head.endswith("dialect generic  2023-11-14 22:13:20Z")
    assert line == "   12.346  C: NOOP"


def test_colours_change_nothing_but_colours(clock, peer, auth_required):
    recorder = Recorder(1, "pop3", peer, clock, "generic")
    recorder.client(b"x\x1b[2J")
    recorder.server(b"y")
    recorder.refused(auth_required)
    recorder.mark("z")
    coloured = render(recorder, Style(colour=True))
    assert coloured != render(recorder)
    assert re.sub(r"\x1b\[\d+m", "", coloured) == render(recorder)


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (b"* FLAGS (\\Seen)", "* FLAGS (\\Seen)"),
        ("Grüße, 你好, 🙂".encode(), "Grüße, 你好, 🙂"),
        (b"\x1b]0;evil\x07", "\\x1b]0;evil\\x07"),
        (b"a\x00\x7f\x80\xff", "a\\x00\\x7f\\x80\\xff"),
        ("\u202egpj.exe".encode(), "\\xe2\\x80\\xaegpj.exe"),
        ("\u0085\u2028".encode(), "\\xc2\\x85\\xe2\\x80\\xa8"),
        (b"a\tb", "a\\x09b"),
        (b"\\x41 \\xyz C:\\temp", "\\x5cx41 \\xyz C:\\temp"),
        (b"a\rb", "a\\x0db"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(octets, shown):
    assert printable(octets) == shown


@given(st.binary())
def test_whatever_comes_is_shown_as_one_printable_line(octets):
    assert printable(octets).isprintable()


@given(st.binary(max_size=60))
def test_a_client_cannot_write_lines_of_the_server(octets):
    from fakemail.clock import ManualClock
    from fakemail.wire.engine import Peer

    recorder = Recorder(1, "smtp", Peer("h", 1, "h", 2, "smtp"), ManualClock(), "generic")
    recorder.client(octets)
    lines = render(recorder).split("\n")[1:-1]
    assert all(line.startswith("  C:") and line.isprintable() for line in lines)


def test_a_gap_is_shown_where_it_is(clock, peer):
    recorder = Recorder(1, "pop3", peer, clock, "generic")
    for n in range(HEAD + TAIL + 5):
        recorder.client(b"%d" % n)
    lines = render(recorder).splitlines()
    assert lines[HEAD : HEAD + 3] == [
        f"  C: {HEAD - 1}",
        "  ... 5 entries are left out here ...",
        f"  C: {HEAD + 5}",
    ]


def test_a_long_reason_wraps_and_keeps_its_notes(clock, peer):
    recorder = Recorder(1, "pop3", peer, clock, "generic")
    long = Reason(slug="pop3.x", because="word " * 40, instead="W" * 90, cites=("RFC 1939 §5",))
    recorder.refused(long, {"detail": "and\nthis"})
    text = render(recorder)
    assert "  pop3.x\n" in text
    assert text.endswith("W  RFC 1939 §5\n")
    assert "and\\x0athis" in text
    assert all(len(line) < 110 for line in text.splitlines())
