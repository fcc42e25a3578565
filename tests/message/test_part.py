from __future__ import annotations

import time

import pytest

from fakemail.message import part as limits
from fakemail.message.part import Part, parse

MULTI = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def tree(part: Part) -> object:
    """Media types and bodies, nested as the parts are."""
    if part.message is not None:
        return (part.media, tree(part.message))
    if part.is_multipart:
        return (part.media, [tree(child) for child in part.children])
    return part.body


def test_the_example_of_rfc_2046():
    """RFC 2046 §5.1.1: an implicitly and an explicitly typed part, preamble and epilogue."""
    octets = (
        b"From: Nathaniel Borenstein <nsb@bellcore.com>\r\n"
        b'Content-type: multipart/mixed; boundary="simple boundary"\r\n\r\n'
        b"This is the preamble.  It is to be ignored.\r\n\r\n"
        b"--simple boundary\r\n\r\n"
        b"This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.\r\n"
        b"--simple boundary\r\nContent-type: text/plain; charset=us-ascii\r\n\r\n"
        b"This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n\r\n"
        b"--simple boundary--\r\n\r\nThis is the epilogue.  It is also to be ignored.\r\n"
    )
    root = parse(octets)
    first, second = root.children
    assert first.body.endswith(b"\r\nIt does NOT end with a linebreak.")
    assert first.lines == 1 and second.lines == 2
    assert second.body.endswith(b"It DOES end with a linebreak.\r\n")
    assert not first.content_type.given and second.content_type.given
    assert first.header.octets == b"\r\n"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"", b""),
        (b"\r\nbody", b"body"),
        (b"no body", b""),
        (MULTI + b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--\r\n", [b"1", b"2"]),
        (MULTI + b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n", [b"1", b"2\r\n"]),
        (MULTI + b"--b\r\n\r\n1\r\n--b--\r\n--b\r\n\r\n2\r\n", [b"1"]),
        (MULTI + b"--b \t\r\n\r\n1\r\n--boundary begins like this\r\n\r\n2", [b"1", b"2"]),
        (MULTI + b"--b\r\n--b\r\n\r\n--b\r\nX: y\r\n--b--", [b"", b"", b""]),
        (MULTI + b"--b", [b""]),
        (MULTI + b"--b--", []),
        (MULTI + b"no delimiter", []),
        (MULTI + b" --b\r\n\r\nx\r\n", []),
        (MULTI.replace(b"=b", b'="b "') + b"--b \r\n\r\n1\r\n--b\r\n2", [b"1\r\n--b\r\n2"]),
        (MULTI.replace(b"\r", b"") + b"--b\n\n1\n--b\n\n2\n--b--\n", [b"1", b"2"]),
        (MULTI.replace(b"; boundary=b", b"") + b"--b\r\n\r\nx\r\n", []),
        (MULTI.replace(b"=b", b'=""') + b"--\r\n\r\nx\r\n", []),
    ],
)
def test_delimiters(octets, expected):
    found = tree(parse(octets))
    assert found == (expected if isinstance(expected, bytes) else (b"multipart/mixed", expected))


def test_a_boundary_in_the_encoding_of_rfc_2231():
    octets = b"Content-Type: multipart/mixed; boundary*0*=us-ascii''a%2Db; boundary*1=c\r\n\r\n"
    assert tree(parse(octets + b"--a-bc\r\n\r\n1\r\n")) == (b"multipart/mixed", [b"1\r\n"])


def nested(inner: bytes) -> bytes:
    return b"Content-Type: multipart/alternative; boundary=" + inner + b"\r\n\r\n"


@pytest.mark.parametrize("inner", [b"c", b"bc", b"b", b"b--x"])
def test_a_boundary_inside_another(inner):
    """Also where the outer boundary is the beginning of the inner one, or the same."""
    delimiter = b"--" + inner
    octets = (
        MULTI
        + b"--b\r\n" + nested(inner)
        + delimiter + b"\r\n\r\n1\r\n" + delimiter + b"\r\n\r\n2\r\n" + delimiter + b"--\r\n"
        + b"--b\r\n\r\n3\r\n--b--\r\n"
    )  # fmt: skip
    inside = (b"multipart/alternative", [b"1", b"2"])
    root = parse(octets)
    assert tree(root) == (b"multipart/mixed", [inside, b"3"])
    assert root.children[0].header.octets == nested(inner)


def test_a_delimiter_right_behind_an_inner_one_leaves_no_part_outside():
    octets = (
        b"Content-Type: multipart/x; boundary=---\n\n-----\n"
        b"Content-Type: multipart/y; boundary=----- =\n------- =\n-----"
    )
    inner, last = parse(octets).children
    (empty,) = inner.children
    assert empty.start == empty.end == inner.end < last.start


def test_an_outer_delimiter_ends_what_is_open():
    octets = (
        MULTI + b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + nested(b"c")
        + b"--c\r\n\r\n1\r\n--b\r\n\r\n2\r\n--c\r\n\r\n3\r\n--b--\r\n"
    )  # fmt: skip
    expected = [
        (b"message/rfc822", (b"multipart/alternative", [b"1"])),
        b"2\r\n--c\r\n\r\n3",
    ]
    assert tree(parse(octets)) == (b"multipart/mixed", expected)


def test_a_digest_holds_messages_by_default():
    octets = MULTI.replace(b"mixed", b"digest") + (
        b"--b\r\n\r\nSubject: 1\r\n\r\none\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\ntwo\r\n--b--\r\n"
    )
    root = parse(octets)
    assert tree(root) == (b"multipart/digest", [(b"message/rfc822", b"one"), b"two"])
    assert root.children[0].message.header.get(b"subject") == b"1"


@pytest.mark.parametrize(
    ("value", "media"),
    [
        (b"TEXT/Html", b"text/html"),
        (b" text/html ; charset=x", b"text/html"),
        (b"text / html", b"text/html"),
        (b"(comment) text/html", b"text/html"),
        (b"text/html (comment); a=b", b"text/html"),
        (b"text", b"text/plain"),
        (b"text/", b"text/plain"),
        (b"/plain", b"text/plain"),
        (b"a/b/c", b"text/plain"),
        (b"", b"text/plain"),
        (b";charset=x", b"text/plain"),
        (b'"text/html"', b"text/plain"),
        (b"application/x.y+z-1", b"application/x.y+z-1"),
    ],
)
def test_content_types(value, media):
    assert parse(b"Content-Type: " + value + b"\r\n\r\n").media == media


def test_transfer_encodings():
    def encoding(value: bytes) -> bytes:
        return parse(b"Content-Transfer-Encoding: " + value + b"\r\n\r\n").encoding

    assert encoding(b"Base64") == b"Base64"
    assert encoding(b" quoted-printable (really)") == b"quoted-printable"
    assert encoding(b'"8bit"') == b"8bit"
    assert encoding(b"(none)") == encoding(b"") == parse(b"").encoding == b"7bit"


def test_levels_are_bounded():
    octets = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%dx\r\n\r\n--b%dx\r\n" % (n, n)
        for n in range(limits.MAX_DEPTH + 20)
    )
    part, depth = parse(octets), 1
    while part.children:
        (part,) = part.children
        depth += 1
    assert depth == limits.MAX_DEPTH + 1
    assert part.is_multipart and part.end == len(octets)

    part, depth = parse(b"Content-Type: message/rfc822\r\n\r\n" * 500), 1
    while part.message:
        part = part.message
        depth += 1
    assert depth == limits.MAX_DEPTH + 1


def test_parts_are_bounded():
    octets = MULTI + b"--b\r\n\r\nx\r\n" * (limits.MAX_PARTS + 100)
    children = parse(octets).children
    assert len(children) == limits.MAX_PARTS - 1
    assert children[0].body == b"x"
    assert children[-1].end == len(octets)
    assert children[-1].body.count(b"--b") == 101


@pytest.mark.parametrize(
    "octets",
    [
        MULTI
        + b"".join(
            b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1)
            for n in range(100_000)
        ),
        MULTI + b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n" * 100_000,
        b"Content-Type: message/rfc822\r\n\r\n" * 200_000,
        MULTI + b"\n--" * 3_000_000,
        MULTI + b"--b\r\n" * 1_000_000,
        b"a:b\r\n" * 1_000_000,
        b"x" * 25_000_000,
        b"Content-Type: multipart/mixed; boundary=" + b"x" * 10_000_000 + b"\r\n\r\n",
        b"Content-Type: " + b"(" * 10_000_000,
        b"Content-Type: a/b" + b'; a="' * 2_000_000,
        b"Content-Type: a/b" + b";a*0=b" * 1_000_000,
    ],
    ids=lambda octets: octets[:60].decode(),
)
def test_hostile_messages_are_cheap(octets):
    started = time.process_time()
    root = parse(octets)
    root.children, root.message, root.lines, root.header.get(b"subject"), root.disposition
    assert time.process_time() - started < 3
