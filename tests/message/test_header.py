from __future__ import annotations

import pytest

from fakemail.message.header import MAX_FIELDS, Field, Header, body_offset, header_of, unfold

MESSAGE = (
    b"From me@x Thu Jan  1 00:00:00 1970\r\n"
    b"Subject: one\r\n two\r\n\tthree\r\n"
    b"X-A :  spaced \r\n"
    b"no colon here\r\n"
    b"x-a: again\r\n"
    b"Empty:\r\n"
    b"\r\n"
    b"Subject: not this one\r\n"
)


def test_a_header_ends_with_its_blank_line():
    header = header_of(MESSAGE)
    assert header.octets == MESSAGE[: MESSAGE.index(b"\r\n\r\n") + 4]
    assert body_offset(MESSAGE) == len(header.octets)


@pytest.mark.parametrize(
    ("octets", "offset"),
    [
        (b"", 0),
        (b"\r\n", 2),
        (b"\n", 1),
        (b"\r\nbody", 2),
        (b"A: b", 4),
        (b"A: b\r\n", 6),
        (b"A: b\r\n\r\n", 8),
        (b"A: b\n\nbody", 6),
        (b"A: b\n\r\nbody", 7),
        (b"A: b\r\n \r\n\r\nbody", 11),
        (b"A: b\n\nbody\r\n\r\nmore", 6),
        (b"A: b\r\n\r\nbody\n\nmore", 8),
    ],
)
def test_where_the_body_begins(octets, offset):
    assert body_offset(octets) == offset


def test_fields_are_found_by_name_in_any_case_unfolded_and_trimmed():
    header = header_of(MESSAGE)
    assert header.get(b"subject") == b"one two\tthree"
    assert header.get_all(b"subject") == [b"one two\tthree"]
    assert header.get(b"x-a") == b"spaced"
    assert header.get_all(b"x-a") == [b"spaced", b"again"]
    assert header.get(b"empty") == b""
    assert header.get(b"absent") is None
    assert header.get_all(b"absent") == []


def test_fields_keep_every_octet_and_lines_without_colon():
    header = header_of(MESSAGE)
    fields = header.fields
    assert b"".join(field.octets for field in fields) + b"\r\n" == header.octets
    assert fields[1] == Field(
        b"Subject", b" one\r\n two\r\n\tthree", b"Subject: one\r\n two\r\n\tthree\r\n"
    )
    assert fields[3] == Field(b"", b"no colon here", b"no colon here\r\n")


def test_select_takes_fields_octet_for_octet_and_the_blank_line():
    header = header_of(MESSAGE)
    assert header.select([b"X-A"]) == b"X-A :  spaced \r\nx-a: again\r\n\r\n"
    assert header.select([b"x-nothing"]) == b"\r\n"
    others = header.select([b"X-A", b"SUBJECT", b"empty"], negate=True)
    assert others == b"From me@x Thu Jan  1 00:00:00 1970\r\nno colon here\r\n\r\n"


def test_select_adds_no_blank_line_where_there_is_none():
    assert Header(b"A: b\r\nC: d").select([b"c"]) == b"C: d"
    assert Header(b"A: b\r\n").select([b"c"]) == b""
    assert Header(b"").select([b"c"], negate=True) == b""


def test_names_must_be_whole():
    header = header_of(b"Subject-X: a\r\nX-Subject: b\r\n\r\n")
    assert header.get(b"subject") is None
    assert header.select([b"subject"]) == b"\r\n"


def test_fields_past_the_bound_are_kept_but_not_found():
    octets = b"A: b\r\n" * MAX_FIELDS + b"Last: c\r\n\r\n"
    header = Header(octets)
    assert len(header.fields) == MAX_FIELDS
    assert len(header.get_all(b"a")) == MAX_FIELDS
    assert header.get(b"last") is None
    assert header.select([b"last"]) == b"Last: c\r\n\r\n"


def test_unfold_keeps_the_white_space_of_folding():
    assert unfold(b" a\r\n b\r\n\tc\n d \r\n") == b"a b\tc d"
