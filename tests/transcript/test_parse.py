"""What is rendered is read back: equal entries, equal text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.clock import ManualClock
from fakemail.reasons.catalogue import catalogue
from fakemail.transcript.parse import NotAConversation, octets_of, parse
from fakemail.transcript.recorder import HEAD, TAIL, Recorder
from fakemail.transcript.text import Style, printable, render
from fakemail.wire.engine import Peer, TlsFacts

PEER = Peer("127.0.0.1", 51324, "127.0.0.1", 587, "submission")

LINES = st.binary(max_size=40).map(
    lambda octets: octets.replace(b"\n", b"").rstrip(b" ").removesuffix(b"\r").rstrip(b" ")
)


def said(entries):
    """Entries line by line, without what a text does not show."""
    return [
        (entry.kind, line, entry.reason)
        for entry in entries
        for line in entry.octets.split(b"\r\n")
    ]


def recorded():
    return Recorder(7, "smtp", PEER, ManualClock(), "qq")


@given(st.lists(st.tuples(st.sampled_from("CS"), LINES), min_size=1, max_size=12))
def test_whatever_was_said_comes_back(lines):
    recorder = recorded()
    for kind, octets in lines:
        recorder.client(octets) if kind == "C" else recorder.server(octets or b"x")
    [record] = parse(render(recorder), strict=True)
    assert said(record.entries) == said(recorder.entries)
    assert render(record) == render(recorder)


@given(st.binary(max_size=60).filter(lambda octets: b"\n" not in octets))
def test_every_octet_comes_back(octets):
    assert octets_of(printable(octets)) == octets


@pytest.mark.parametrize("slug", list(catalogue()))
def test_every_reason_comes_back_with_its_facts(slug):
    reason = catalogue()[slug]
    recorder = recorded()
    names = {"command", "service", "number", "count", "left", "marked", "syntax"}
    shown = {n: f"the {n}" for n in names if "{" + n + "}" in reason.because + reason.instead}
    recorder.refused(reason, {**shown, "detail": "at offset 7: \x01 stands there"})
    recorder.refused(reason, shown)
    first, second = parse(render(recorder), strict=True)[0].entries
    assert first.reason is second.reason is reason
    assert first.octets == b"at offset 7: \x01 stands there"
    assert second.octets == b""
    assert {k: v for k, v in (first.facts or {}).items() if k != "detail"} == shown
    assert dict(second.facts or {}) == shown


def test_what_is_known_of_a_session_comes_back():
    recorder = recorded()
    recorder.server(b"250-a\r\n250 b\r\n")
    recorder.secured(TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384", "smtp.qq.com"))
    recorder.logged_in("me@qq.com", "PLAIN, any code")
    recorder.close("closed by client")
    for style in (Style(), Style(colour=True), Style(times=True)):
        [record] = parse(render(recorder, style), strict=True)
        assert (record.number, record.protocol, record.dialect) == (7, "smtp", "qq")
        assert (record.peer.host, record.peer.port, record.peer.local_port) == (
            "127.0.0.1", 51324, 587
        )  # fmt: skip
        assert record.tls == recorder.tls
        assert record.login == "me@qq.com"
        assert record.entries[0].octets == b"250-a\r\n250 b"


def test_times_come_back():
    clock = ManualClock()
    recorder = Recorder(1, "pop3", PEER, clock, "generic")
    clock.advance(12.346)
    recorder.client(b"NOOP")
    [record] = parse(render(recorder, Style(times=True)))
    assert record.entries[0].at - record.began == pytest.approx(12.346)


def test_a_long_session_keeps_its_gap():
    recorder = recorded()
    for n in range(HEAD + TAIL + 5):
        recorder.client(b"%d" % n)
    [record] = parse(render(recorder), strict=True)
    assert record.left_out == 5
    assert said(record.entries) == said(recorder.entries)
    assert render(record) == render(recorder)


def test_several_sessions_and_lines_of_people():
    text = render(recorded()) + "\n"
    first, second = recorded(), recorded()
    first.client(b"NOOP")
    second.client(b"QUIT")
    text = f"Hello, look at this:\n\n{render(first)}\nand then\n{render(second)}\nBye\n"
    assert [r.entries[0].octets for r in parse(text)] == [b"NOOP", b"QUIT"]
    with pytest.raises(NotAConversation, match="line 1 "):
        parse(text, strict=True)


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("S: 220 mail ESMTP\nC: EHLO x\n", "smtp"),
        ("C: MAIL FROM:<a@b>\n", "smtp"),
        ("S: +OK ready\nC: USER a\n", "pop3"),
        ("    S: * OK ready\n    C: a1 NOOP\n", "imap"),
        ("C: a1 LOGIN a b\n", "imap"),
    ],
)
def test_without_a_heading_the_words_say_the_protocol(text, protocol):
    [record] = parse(text, strict=True)
    assert record.protocol == protocol
    assert record.number == 0


@given(st.text(max_size=200))
def test_nothing_makes_it_fail(text):
    parse(text)
    parse("  C: x\n  !  " + text)
