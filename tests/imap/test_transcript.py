"""What the transcript has: everything but secrets, however they were sent."""

from __future__ import annotations

import base64
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.imap import redact

SECRET = b"UMJLXEIFUZXKOEXK"
PLAIN = base64.b64encode(b"\0tom\0" + SECRET)
SENT = [
    b"a LOGIN tom " + SECRET + b"\r\n",
    b'a login "tom" "' + SECRET + b'"\r\n',
    b"a LOGIN {3}\r\ntom {16}\r\n" + SECRET + b"\r\n",
    b"a LOGIN tom {16+}\r\n" + SECRET + b"\r\n",
    b"a LOGIN {3+}\r\ntom " + SECRET + b"\r\n",
    b'a LOGIN {3}\r\ntom "' + SECRET + b'" and more\r\n',
    b"a LOGIN  tom " + SECRET + b"\r\n",
    b'a LOGIN "tom" "' + SECRET + b"\r\n",
    b"LOGIN tom " + SECRET + b"\r\n",
    b"a LOGON tom " + SECRET + b"\r\n",
    b"a LOGIN(tom " + SECRET + b"\r\n",
    b"a UID LOGIN tom " + SECRET + b"\r\n",
    b"a AUTHENTICATE PLAIN\r\n" + PLAIN + b"\r\n",
    b"a AUTHENTICATE PLAIN " + PLAIN + b"\r\n",
    b"a AUTHENTICATE PLAIN " + PLAIN + b" " + PLAIN + b"\r\n",
    b"a AUTHENTICATE PLAIN {28+}\r\n" + PLAIN[:28] + b"\r\n",
    b"a AUTHENTICATE LOGIN\r\ndG9t\r\n" + base64.b64encode(SECRET) + b"\r\n",
    b"a AUTHENTICATE LOGIN dG9t\r\n" + SECRET + b"\r\n",
    b"a AUTHENTICATE LOGIN\r\n" + SECRET + b"x" * 70000 + b"\r\n",
    b"a NOOP " + SECRET + b"\r\n",
    b"AUTHENTICATE PLAIN " + PLAIN + b"\r\n",
    b"a LOGIN tom " + SECRET + b"\nb NOOP\n",
]


def _words(secret: bytes) -> list[bytes]:
    return [secret, base64.b64encode(secret)[:-2], base64.b64encode(b"\0tom\0" + secret)[8:-4]]


@pytest.mark.parametrize("sent", SENT)
@pytest.mark.parametrize("at_once", [True, False])
def test_no_secret_is_recorded(office: Any, sent: bytes, at_once: bool) -> None:
    client = office.client()
    client.send(sent, at_once=at_once)
    recorded = b"\n".join(entry.octets for entry in client.recorder.entries)
    if b" NOOP " not in sent:
        for word in _words(SECRET):
            assert word not in recorded
    assert any(entry.kind == "C" for entry in client.recorder.entries)
    for entry in client.recorder.entries:
        if entry.reason is not None:
            assert SECRET.decode() not in entry.reason.because


def test_no_secret_is_answered(office: Any) -> None:
    for sent in SENT:
        client = office.client(str(SENT.index(sent)))
        client.send(sent)
        assert SECRET not in client.hear() or sent.startswith(b"a NOOP")


def test_what_is_recorded_of_a_login(office: Any) -> None:
    client = office.client()
    client.send(b"a LOGIN {3}\r\ntom {16}\r\n" + SECRET + b"\r\nb NOOP\r\n")
    said = [(entry.kind, entry.octets) for entry in client.recorder.entries]
    assert said[1:] == [
        ("C", b"a LOGIN {3}"),
        ("S", b"+ OK"),
        ("C", b"tom {16}"),
        ("S", b"+ OK"),
        ("C", b"********"),
        ("*", b"logged in as tom@fakemail.test (LOGIN, any code)"),
        ("S", said[7][1]),
        ("C", b"b NOOP"),
        ("S", b"b OK NOOP completed."),
    ]


def test_message_content_is_counted_not_shown(office: Any) -> None:
    client = office.client()
    client.login()
    client.send(b"a APPEND INBOX {11+}\r\nprivate\r\n\r\n\r\nb SELECT INBOX\r\n")
    client.send(b"c FETCH 1 (UID BODY[])\r\n")
    recorded = [entry.octets for entry in client.recorder.entries]
    assert b"(a message of 11 octets)" in recorded
    assert b"* 1 FETCH (FLAGS (\\Seen \\Recent) UID 1 BODY[] {11})" in recorded
    assert not any(b"private" in octets for octets in recorded)


def test_refusals_are_recorded_with_their_reason(office: Any) -> None:
    client = office.client()
    client.ask("a FROB")
    client.ask("b SELECT")
    reasons = [entry.reason.slug for entry in client.recorder.entries if entry.reason]
    assert reasons == ["imap.unknown-command", "imap.wrong-state"]


def test_bare_line_feeds_are_noted_once(office: Any) -> None:
    client = office.client()
    client.send(b"a NOOP\nb NOOP\n")
    marks = [entry.octets for entry in client.recorder.entries if entry.kind == "*"]
    assert marks == [b"a line ended with LF alone; IMAP wants CRLF (RFC 3501 \xc2\xa72.2)"]


_text = st.binary(max_size=40)


@given(_text, _text, st.booleans())
def test_more_of_a_command_shows_no_less(octets: bytes, more: bytes, logged_in: bool) -> None:
    redact.command(octets + more, logged_in)
    redact.command(octets, logged_in)


@given(st.sampled_from(SENT), st.booleans())
def test_what_was_shown_stays_shown_line_by_line(sent: bytes, logged_in: bool) -> None:
    lines = sent.split(b"\r\n")
    shown = [redact.command(b"\r\n".join(lines[:n]), logged_in) for n in range(1, len(lines))]
    for less, more in pairwise(shown):
        assert more.startswith(less) or b"AUTHENTICATE" in sent
