"""Each rule of the grammar: what it takes, what it refuses, and what it says then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.imap import write
from fakemail.imap.grammar import octets as sets
from fakemail.imap.grammar.dates import date_, date_time, write_date_time
from fakemail.imap.grammar.fetch_attributes import Body, Item, fetch_attributes
from fakemail.imap.grammar.flags import flag, flag_list
from fakemail.imap.grammar.listing import Pattern
from fakemail.imap.grammar.mailbox_name import decode, encode, list_mailbox, mailbox
from fakemail.imap.grammar.sequence import SequenceSet, sequence_set
from fakemail.imap.grammar.strings import astring, nstring, quoted, string
from fakemail.reasons.imap import NAME_ENCODING
from fakemail.reasons.reason import Refusal
from fakemail.wire.cursor import Cursor, SyntaxFault


def read(rule: Callable[..., object], octets: bytes, *more: object) -> object:
    """The value of a rule that covers all the octets."""
    cursor = Cursor(octets)
    value = rule(cursor, *more)
    cursor.end()
    return value


def wrong(rule: Callable[..., object], octets: bytes, *more: object) -> SyntaxFault:
    with pytest.raises(SyntaxFault) as caught:
        read(rule, octets, *more)
    return caught.value


def test_octet_sets_over_all_256() -> None:
    specials = set(b'(){ %*"\\]') | set(range(32)) | {127}
    assert set(sets.ATOM_CHAR) == set(range(1, 128)) - specials
    assert set(sets.ASTRING_CHAR) == set(sets.ATOM_CHAR) | set(b"]")
    assert set(sets.TAG_CHAR) == set(sets.ASTRING_CHAR) - set(b"+")
    assert set(sets.LIST_CHAR) == set(sets.ASTRING_CHAR) | set(b"%*")
    assert set(sets.TEXT_CHAR) == set(range(1, 128)) - set(b"\r\n")


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        (b"atom", b"atom"),
        (b"a]b", b"a]b"),
        (b'"a b"', b"a b"),
        (rb'"a\"b\\c"', rb"a" + b'"b\\c'),
        (b'""', b""),
        (b"{3}\r\na\r\n", b"a\r\n"),
        (b"{3+}\r\n\xff\x80)", b"\xff\x80)"),
        (b"{0}\r\n", b""),
        (b"{1}\nx", b"x"),
    ],
)
def test_astring(octets: bytes, value: bytes) -> None:
    assert read(astring, octets, "x") == value


@pytest.mark.parametrize(
    ("octets", "offset"),
    [
        (b"", 0),
        (b"(", 0),
        (b'"a', 2),
        (rb'"a\b"', 2),
        (b'"a\r\n"', 2),
        (b'"a\xe9"', 2),
        (b'"a\0"', 2),
        (b"\xe9", 0),
        (b"{3}\r\nab", 7),
        (b"{3}x", 3),
        (b"{x}\r\n", 1),
        (b"{3}\r\na\0b", 6),
        (b"{4294967296}\r\n", 1),
    ],
)
def test_what_is_no_astring(octets: bytes, offset: int) -> None:
    assert wrong(astring, octets, "x").offset == offset


def test_nstring_and_string() -> None:
    assert read(nstring, b"nil", "x") is None
    assert read(nstring, b'"NIL"', "x") == b"NIL"
    assert wrong(string, b"atom", "a string").wanted == "a string"


@given(st.binary(max_size=40))
def test_strings_that_we_write_can_be_read_back(octets: bytes) -> None:
    octets = octets.replace(b"\0", b"")
    assert read(string, write.string(octets), "x") == octets
    assert read(astring, write.astring(octets), "x") == octets


def test_long_strings_go_as_literals() -> None:
    assert write.string(b"x" * 1001).startswith(b"{1001}\r\n")
    assert write.string(b"a\0b") == b"{3}\r\na\x80b"
    assert write.astring(b"nil") == b'"nil"'
    assert write.astring(b"") == b'""'


@pytest.mark.parametrize(
    ("octets", "largest", "bounds"),
    [
        (b"1", 9, [(1, 1)]),
        (b"2:4", 9, [(2, 4)]),
        (b"4:2", 9, [(2, 4)]),
        (b"*", 9, [(9, 9)]),
        (b"2,4:7,9,12:*", 15, [(2, 2), (4, 7), (9, 9), (12, 15)]),
        (b"*:4,5:7", 10, [(4, 10)]),
        (b"3291:*", 9, [(9, 3291)]),
        (b"1,2,3", 9, [(1, 3)]),
        (b"*:*", 9, [(9, 9)]),
        (b"4294967295", 9, [(4294967295, 4294967295)]),
    ],
)
def test_sequence_sets(octets: bytes, largest: int, bounds: list[tuple[int, int]]) -> None:
    assert read(sequence_set, octets).bounds(largest) == bounds  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("octets", "offset"),
    [
        (b"", 0), (b"0", 0), (b"1,", 2), (b"1:", 2), (b"1:0", 2), (b"1;2", 1), (b"-1", 0),
        (b"1,$", 2), (b"1:$", 2),
    ],
)  # fmt: skip
def test_what_is_no_sequence_set(octets: bytes, offset: int) -> None:
    assert wrong(sequence_set, octets).offset == offset


_number = st.integers(0, 12)


@given(st.lists(st.tuples(_number, _number), min_size=1, max_size=6), st.integers(1, 12))
def test_bounds_and_holds_agree(ranges: list[tuple[int, int]], largest: int) -> None:
    numbers = SequenceSet(tuple(ranges))
    inside = {n for low, high in numbers.bounds(largest) for n in range(low, high + 1)}
    assert {n for n in range(1, 14) if numbers.holds(n, largest)} == inside


@given(st.sets(st.integers(1, 30)))
def test_number_sets_round_trip(numbers: set[int]) -> None:
    octets = write.number_set(sorted(numbers))
    if not numbers:
        assert octets == b""
        return
    bounds = read(sequence_set, octets).bounds(1)  # type: ignore[attr-defined]
    assert {n for low, high in bounds for n in range(low, high + 1)} == numbers


def test_dates() -> None:
    assert read(date_, b"1-Feb-1994") == date(1994, 2, 1)
    assert read(date_, b'"01-feb-1994"') == date(1994, 2, 1)
    for octets, offset in [
        (b"30-Feb-1994", 0),
        (b"001-Feb-1994", 0),
        (b"1-Fev-1994", 2),
        (b"1-Feb-94", 6),
        (b'"1-Feb-1994', 11),
        (b"1 Feb 1994", 1),
        (b"", 0),
    ]:
        assert wrong(date_, octets).offset == offset, octets


def test_date_times() -> None:
    moment = datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC).timestamp()
    assert read(date_time, b'"17-Jul-1996 02:44:25 -0700"') == moment
    assert write_date_time(moment) == b'"17-Jul-1996 09:44:25 +0000"'
    assert read(date_time, b'" 7-Jul-1996 02:44:25 +0000"') == moment - 10 * 86400 - 7 * 3600
    assert read(date_time, b'"31-Dec-2016 23:59:60 +0000"') == read(
        date_time, b'"31-Dec-2016 23:59:59 +0000"'
    )
    for octets in [
        b"17-Jul-1996",
        b'"7-Jul-1996 02:44:25 -0700"',
        b'"17-Jul-1996 24:00:00 -0700"',
        b'"17-Jul-1996 02:60:00 -0700"',
        b'"17-Jul-1996 02:44:25 0700"',
        b'"17-Jul-1996 02:44:25 +2400"',
        b'"17-Jul-1996 02:44:25"',
        b'"17-Jul-0000 02:44:25 +0000"',
        b'"17-Jul-1996 02:44:25 +0000',
    ]:
        wrong(date_time, octets)


@given(st.integers(0, 4_000_000_000))
def test_date_times_round_trip(moment: int) -> None:
    assert read(date_time, write_date_time(moment)) == moment


@given(st.floats(-1e30, 1e30))
def test_any_internal_date_can_be_written(moment: float) -> None:
    assert len(write_date_time(moment)) == 28


def test_flags() -> None:
    assert read(flag, rb"\seen") == "\\Seen"
    assert read(flag, rb"$Forwarded") == "$Forwarded"
    assert read(flag_list, rb"(\ANSWERED work)") == ["\\Answered", "work"]
    assert read(flag_list, b"()") == []
    assert "only the server" in wrong(flag, rb"\Recent").wanted
    assert wrong(flag, b"\\*").offset == 0
    assert wrong(flag_list, rb"(\Seen").offset == 6
    assert wrong(flag_list, rb"(\Seen  x)").offset == 7


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("INBOX", b"INBOX"),
        ("~peter/mail/台北/日本語", b"~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("Hi Mom -☺-!", b"Hi Mom -&Jjo--!"),
        ("a&b", b"a&-b"),
        ("☺!", b"&Jjo-!"),
        ("😀", b"&2D3eAA-"),
        ("Entwürfe", b"Entw&APw-rfe"),
        ("", b""),
        ("tab\t", b"tab&AAk-"),
    ],
)
def test_modified_utf7(name: str, octets: bytes) -> None:
    assert encode(name) == octets
    assert decode(octets) == name


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_modified_utf7_round_trip(name: str) -> None:
    assert decode(encode(name)) == name
    assert encode(name).isascii()


@pytest.mark.parametrize(
    "octets", [b"&", b"a&b", b"&AGE-", b"&Jjo", b"&Jj-", b"&Jj/-", b"&====-", b"\xff", b"&2D0-"]
)
def test_what_is_not_modified_utf7(octets: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        decode(octets)
    assert caught.value.reason is NAME_ENCODING


def test_mailbox_names() -> None:
    assert read(mailbox, b"iNbOx") == "INBOX"
    assert read(mailbox, b'"inbox/Inbox"') == "INBOX/Inbox"
    assert read(mailbox, b'"inboxes/x"') == "inboxes/x"
    assert read(list_mailbox, b"%/*]") == "%/*]"
    assert read(list_mailbox, b'"a b*"') == "a b*"
    wrong(mailbox, b"a*")
    wrong(list_mailbox, b"")


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*", "a/b/c", True),
        ("*", "", True),
        ("%", "a", True),
        ("%", "a/b", False),
        ("%/b", "a/b", True),
        ("a/%", "a/b/c", False),
        ("a/%/%", "a/b/c", True),
        ("a*c", "a/b/c", True),
        ("a%c", "abc", True),
        ("a%c", "a/c", False),
        ("%%", "a/b", False),
        ("%*", "a/b", True),
        ("**x", "a/x", True),
        ("inbox", "INBOX", True),
        ("inbox*", "INBOX", False),
        ("a.c", "abc", False),
        ("a", "A", False),
        ("", "", True),
    ],
)
def test_patterns(pattern: str, name: str, fits: bool) -> None:
    assert Pattern(pattern).matches(name) is fits


@given(st.text("ab/%*", max_size=8), st.text("ab/", max_size=8))
def test_patterns_agree_with_a_regular_expression(pattern: str, name: str) -> None:
    import re

    wanted = "".join({"*": ".*", "%": "[^/]*"}.get(each, re.escape(each)) for each in pattern)
    assert Pattern(pattern).matches(name) is bool(re.fullmatch(wanted, name))


def test_patterns_do_not_explode() -> None:
    assert not Pattern("*a" * 2000 + "b").matches("a" * 250)
    assert not Pattern("%a" * 2000 + "b").matches("a" * 250)


@pytest.mark.parametrize(
    ("octets", "attributes"),
    [
        (b"FLAGS", (Item("FLAGS"),)),
        (b"fast", (Item("FLAGS"), Item("INTERNALDATE"), Item("RFC822.SIZE"))),
        (b"(UID uid BODY)", (Item("UID"), Item("BODY"))),
        (b"BODY[]", (Body(b"BODY[]"),)),
        (b"RFC822", (Body(b"RFC822"),)),
        (b"body.peek[text]<0.10>", (Body(b"BODY[TEXT]<0>", (), "TEXT", (), (0, 10), True),)),
        (b"BODY[1.2.3]", (Body(b"BODY[1.2.3]", (1, 2, 3)),)),
        (b"BODY[4.2.mime]", (Body(b"BODY[4.2.MIME]", (4, 2), "MIME"),)),
        (
            b'BODY[1.header.fields.not (To "a b")]',
            (
                Body(
                    b'BODY[1.HEADER.FIELDS.NOT (To "a b")]',
                    (1,),
                    "HEADER.FIELDS.NOT",
                    (b"To", b"a b"),
                ),
            ),
        ),
        (
            b"BODY[HEADER.FIELDS ({2}\r\nTo)]",
            (Body(b"BODY[HEADER.FIELDS (To)]", (), "HEADER.FIELDS", (b"To",)),),
        ),
    ],
)
def test_fetch_attributes(octets: bytes, attributes: object) -> None:
    assert read(fetch_attributes, octets) == attributes


@pytest.mark.parametrize(
    ("octets", "offset"),
    [
        (b"", 0),
        (b"BODY.PEEK", 0),
        (b"BODY[", 5),
        (b"BODY[]<", 7),
        (b"BODY[]<1>", 8),
        (b"BODY[]<1.2", 10),
        (b"BODY[MIME]", 5),
        (b"BODY[1.FOO]", 7),
        (b"BODY[1X]", 6),
        (b"BODY[1..2]", 7),
        (b"BODY[HEADER.FIELDS]", 18),
        (b"BODY[HEADER.FIELDS ()]", 20),
        (b"RFC822[]", 6),
        (b"FLAGS)", 5),
        (b"(FLAGS  UID)", 7),
        (b"BODYSTRUCTURE[1]", 13),
        (b"BODY[" + b"1." * 100 + b"1]", 5),
    ],
)
def test_what_is_no_fetch_attribute(octets: bytes, offset: int) -> None:
    assert wrong(fetch_attributes, octets).offset == offset


def test_quoted_strings_begin_with_a_quote() -> None:
    assert wrong(quoted, b"x").wanted == "a quoted string"
