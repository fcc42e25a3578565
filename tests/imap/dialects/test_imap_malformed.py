"""Each malformed answer to FETCH and COPY, switched on by hand over fakemail's own words."""

from __future__ import annotations

import re

import pytest

EMPTY_PART = (
    b"From: a@b.example\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
    b"--x\r\nContent-Type: text/plain\r\n\r\nText.\r\n"
    b'--x\r\nContent-Type: application/pdf; name="a.pdf"\r\n\r\n\r\n--x--\r\n'
)
NO_PARTS = (
    b"From: a@b.example\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\nnothing\r\n'
)


def envelope(talk, message: bytes) -> bytes:
    talk.deliver(message)
    return talk.select().say("a FETCH 1 ENVELOPE").partition(b"\r\n")[0]


WITH_BCC = b"From: a@sina.com\r\nTo: b@b.example\r\nBcc: c@b.example\r\n\r\n"


@pytest.mark.parametrize(
    ("message", "left_out"),
    [
        (b"From: a@b.example\r\nBcc: c@b.example\r\n\r\n", 5),
        (b"From: a@b.example\r\nTo: b@b.example\r\n\r\n", 7),
        (WITH_BCC, None),
    ],
)
def test_envelope_of_nine_fields(connect, message, left_out):
    right = fields(envelope(connect(), message))
    nine = fields(connect(envelope_nine_fields=True).select().say("a FETCH 1 ENVELOPE"))
    if left_out is not None:
        assert right.pop(left_out) == "NIL"
    assert nine == right


def fields(said: bytes) -> list[str]:
    inner = said.decode().partition("ENVELOPE (")[2].partition("))\r\n")[0].removesuffix("))")
    return re.findall(r"\(\(.*?\)\)|NIL|\"[^\"]*\"", inner)


def test_envelope_has_names_in_gbk(connect):
    said = envelope(connect(envelope_gbk=True), "From: 你好 <a@b.example>\r\n\r\n".encode())
    assert b'(("=?GBK?B?xOO6ww==?=" NIL "a" "b.example"))' in said


def test_envelope_has_the_accounts_own_name(connect):
    said = envelope(
        connect(envelope_own_name=True),
        b"From: a@b.example\r\nTo: Dear Friend <tom@fakemail.test>, Ann <ann@b.example>\r\n\r\n",
    )
    assert b'(("tom" NIL "tom" "fakemail.test")("Ann" NIL "ann" "b.example"))' in said
    assert b"Dear Friend" in connect().select().say("a FETCH 1 BODY[HEADER]")


def test_envelope_has_a_stray_backslash(connect):
    said = envelope(connect(envelope_stray_backslash=True), WITH_BCC)
    assert said.count(b'"sina.com\\"') == 1


def test_a_multipart_without_parts_has_none(connect):
    talk = connect(empty_multipart_structure=True)
    talk.deliver(NO_PARTS)
    talk.deliver(EMPTY_PART)
    talk.select()
    said = talk.say("a FETCH 1 (BODY BODYSTRUCTURE)")
    assert b'BODY ("MIXED") BODYSTRUCTURE ("MIXED" ("BOUNDARY" "x") NIL NIL NIL)' in said
    usual = connect().select().say("a FETCH 2 BODYSTRUCTURE")
    assert talk.say("a FETCH 2 BODYSTRUCTURE") == usual


def test_a_part_without_content_is_not_in_the_answer(connect):
    talk = connect(fetch_without_body=True)
    talk.deliver(EMPTY_PART)
    talk.select()
    assert talk.say("a UID FETCH 1 BODY.PEEK[2]").startswith(b"* 1 FETCH (UID 1)\r\na OK")
    assert b"BODY[1] {5}\r\nText." in talk.say("b FETCH 1 (BODY.PEEK[1] BODY.PEEK[2])")
    assert talk.say("c FETCH 1 BODY.PEEK[2]").startswith(b"* 1 FETCH ()\r\n")


def test_internal_date_with_a_bare_day(connect):
    talk = connect(internaldate_bare_day=True).log_in()
    talk.say(b'a APPEND INBOX "04-Jan-2015 16:53:35 +0000" {3+}\r\nabc')
    talk.say(b'a APPEND INBOX "14-Jan-2015 16:53:35 +0000" {3+}\r\nabc')
    said = talk.select().say("b FETCH 1:2 INTERNALDATE")
    assert b'"4-Jan-2015 16:53:35 +0000"' in said
    assert b'"14-Jan-2015 16:53:35 +0000"' in said


def test_stray_lines_between_the_answers(connect):
    talk = connect(stray_parse_lines=True)
    talk.deliver(b"From: a@b.example\r\n\r\nno Content-Type\r\n")
    talk.deliver(b"Content-Type: text/plain; charset=utf-8\r\n\r\nwith a parameter\r\n")
    talk.select()
    lines = talk.say("a FETCH 1:2 ENVELOPE").split(b"\r\n")
    assert lines[1] == b"* OK [PARSE] Missing parameter"
    assert [line[:9] for line in lines[:3:2]] == [b"* 1 FETCH", b"* 2 FETCH"]
    assert lines[3].startswith(b"a OK")
    assert b"PARSE" not in talk.say("b FETCH 1:2 FLAGS")


def test_copyuid_with_empty_sets(connect):
    talk = connect(copyuid_empty=True).select()
    said = talk.say("a UID COPY 99 Sent")
    assert re.fullmatch(rb"a OK \[COPYUID \d+  \] COPY completed\.\r\n", said)
    assert connect().select().say("a UID COPY 99 Sent") == b"a OK COPY completed.\r\n"
