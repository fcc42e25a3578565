from __future__ import annotations

import time

import pytest

from fakemail.message.address import GROUP_END, MAX_ADDRESSES, Address, parse_addresses


def plain(mailbox: bytes, host: bytes, name: bytes | None = None, adl: bytes | None = None):
    return Address(name, adl, mailbox, host)


def group(name: bytes) -> Address:
    return Address(None, None, name, None)


# RFC 5322 appendix A, and what people write
CASES = {
    b"": [],
    b" \t ": [],
    b",": [],
    b"jdoe@machine.example": [plain(b"jdoe", b"machine.example")],
    b"John Doe <jdoe@machine.example>": [plain(b"jdoe", b"machine.example", b"John Doe")],
    b"<boss@nil.test>": [plain(b"boss", b"nil.test")],
    b'"Joe Q. Public" <john.q.public@example.com>': [
        plain(b"john.q.public", b"example.com", b"Joe Q. Public")
    ],
    b'"Giant; \\"Big\\" Box" <sysservices@example.net>': [
        plain(b"sysservices", b"example.net", b'Giant; "Big" Box')
    ],
    b"Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>": [
        plain(b"mary", b"x.test", b"Mary Smith"),
        plain(b"jdoe", b"example.org"),
        plain(b"one", b"y.test", b"Who?"),
    ],
    b"A Group:Ed Jones <joe@where.test>,joe@where.test,John <jdoe@one.test>;": [
        group(b"A Group"),
        plain(b"joe", b"where.test", b"Ed Jones"),
        plain(b"joe", b"where.test"),
        plain(b"jdoe", b"one.test", b"John"),
        GROUP_END,
    ],
    b"Undisclosed recipients:;": [group(b"Undisclosed recipients"), GROUP_END],
    b"(Empty list)(start)Hidden recipients :(nobody(that I know))  ;": [
        group(b"Hidden recipients"),
        GROUP_END,
    ],
    b"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>": [
        plain(b"pete", b"silly.test", b"Pete")
    ],
    b"A Group(Some people)\t:Chris Jones <c@(Chris's host.)public.example>,\tjoe@example.org;": [
        group(b"A Group"),
        plain(b"c", b"public.example", b"Chris Jones"),
        plain(b"joe", b"example.org"),
        GROUP_END,
    ],
    b"Joe Q. Public <john.q.public@example.com>": [
        plain(b"john.q.public", b"example.com", b"Joe Q. Public")
    ],
    b"Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example": [
        plain(b"mary", b"example.net", b"Mary Smith", b"@node.test"),
        plain(b"jdoe", b"test.example"),
    ],
    b"<@hosta.int,@jkl.org:userc@d.bar.org>": [
        plain(b"userc", b"d.bar.org", None, b"@hosta.int,@jkl.org")
    ],
    b"group:a@b": [group(b"group"), plain(b"a", b"b"), GROUP_END],
    b"g:a@b;, c@d": [group(b"g"), plain(b"a", b"b"), GROUP_END, plain(b"c", b"d")],
    b"a@b (Name)": [plain(b"a", b"b", b"Name")],
    b'"" <a@b>': [plain(b"a", b"b")],
    b'"a b"@[192.0.2.1]': [plain(b"a b", b"[192.0.2.1]")],
    b'<"x\\"y"@z>': [plain(b'x"y', b"z")],
    b"=?utf-8?Q?J=C3=BCrgen?= <j@x>": [plain(b"j", b"x", b"=?utf-8?Q?J=C3=BCrgen?=")],
    "Jürgen <j@bücher.example>".encode(): [
        plain(b"j", "bücher.example".encode(), "Jürgen".encode())
    ],
    b"a@b <a@b>": [plain(b"a", b"b", b"a@b")],
    b"me": [plain(b"me", b"")],
    b"two words": [plain(b"two words", b"")],
    b"<nobody>": [plain(b"nobody", b"")],
    b"@host": [plain(b"", b"host")],
    b"a@": [plain(b"a", b"")],
    b"<>": [plain(b"", b"")],
    b"Name <a@b": [plain(b"a", b"b", b"Name")],
    b"Name <a@b, c@d": [plain(b"a", b"b", b"Name"), plain(b"c", b"d")],
    b"Name <a@b> junk, c@d": [plain(b"a", b"b", b"Name"), plain(b"c", b"d")],
    b'"never closed, a@b': [plain(b"never closed, a@b", b"")],
    b"(never closed, a@b": [],
}


@pytest.mark.parametrize("value", CASES, ids=lambda value: value.decode("utf-8", "replace"))
def test_addresses(value):
    assert parse_addresses(value) == tuple(CASES[value])


@pytest.mark.parametrize("value", [value for value in CASES if b"," not in value and value.strip()])
def test_the_fast_and_the_careful_reader_agree(value):
    """A comment in front sends the same value through the reader of tokens."""
    careful = parse_addresses(b"()" + value)
    fast = parse_addresses(value)
    assert [address[1:] for address in careful] == [address[1:] for address in fast]
    assert [a.name or None for a in careful] == [a.name for a in fast]


def test_no_address_looks_like_a_group_by_accident():
    for value in CASES:
        found = parse_addresses(value)
        if b":" not in value:
            assert all(address.host is not None for address in found), value


def test_the_number_of_addresses_is_bounded():
    assert len(parse_addresses(b"a@b," * (MAX_ADDRESSES + 5))) == MAX_ADDRESSES
    assert len(parse_addresses(b"a b <c@d>(x)," * (MAX_ADDRESSES + 5))) == MAX_ADDRESSES
    assert parse_addresses(b"a@b, c (x) <d@e>, f@g", 2) == (
        plain(b"a", b"b"),
        plain(b"d", b"e", b"c"),
    )


@pytest.mark.parametrize(
    "piece", [b"<", b"(", b'"', b'\\"', b"@", b":", b"[", b",", b"a ", b" ", b"a@b ", b"<@", b"a<"]
)
def test_hostile_lists_are_cheap(piece):
    started = time.process_time()
    parse_addresses(piece * (4_000_000 // len(piece)))
    assert time.process_time() - started < 3
