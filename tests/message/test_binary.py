"""Binary parts, put in base64 and read back by Python's email package."""

from email import message_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.message.binary import NO_TEXT, in_text
from fakemail.message.part import parse

HEAD = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
BINARY = b"Content-Type: image/png\r\nContent-Transfer-Encoding: BINARY\r\n\r\n"


def mixed(*parts, head=HEAD):
    return head + b"\r\n" + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


def test_to_the_letter():
    text = b"Content-Type: text/plain\r\n\r\nlook:\r\n"
    head = HEAD + b"Content-Transfer-Encoding: binary\r\n"
    before = mixed(text, BINARY + b"\x89PNG\r\n\x1a\n\0", head=head)
    after = head.replace(b"binary", b"8bit"), BINARY.replace(b"BINARY", b"base64")
    assert in_text(before) == (mixed(text, after[1] + b"iVBORw0KGgoA", head=after[0]), 1)


def test_a_message_that_is_one_part():
    octets, count = in_text(b"Subject: x\r\n" + BINARY + bytes(range(256)))
    assert count == 1 and octets.endswith(b"\r\n") and NO_TEXT.search(octets) is None
    assert message_from_bytes(octets).get_payload(decode=True) == bytes(range(256))


def test_a_message_in_a_message():
    outer = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    inner = mixed(BINARY + b"\0").replace(b"--b", b"--c").replace(b"=b", b"=c")
    octets, count = in_text(mixed(outer + inner))
    assert count == 1 and b"message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n" in octets
    [part] = message_from_bytes(octets).get_payload()[0].get_payload()[0].get_payload()
    assert part.get_payload(decode=True) == b"\0"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\0",
        b"Subject: x\r\n\r\nplain\r\n",
        b"Subject: x\r\n\r\nNUL \0, but not called binary\r\n",
        b"Content-Transfer-Encoding: binary\r\n\r\nbinary in name only\r\n",
        b"X-Content-Transfer-Encoding: binary\r\n\r\n\0",
        mixed(b"Content-Transfer-Encoding: 8bit\r\n\r\na\0b"),
        mixed(BINARY + b"text\r\n"),
    ],
)
def test_what_stays_as_it_is(octets):
    assert in_text(octets) == (octets, 0)


def test_a_field_that_ends_like_the_one_that_counts():
    before = b"X-Content-Transfer-Encoding: binary\r\nContent-Transfer-Encoding: binary\r\n\r\n\0"
    after = (
        b"X-Content-Transfer-Encoding: binary\r\nContent-Transfer-Encoding: base64\r\n\r\nAA==\r\n"
    )
    assert in_text(before) == (after, 1)


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4))
@settings(max_examples=100)
def test_every_bit_comes_back(bodies):
    octets = mixed(*(BINARY + body for body in bodies))
    parts = [part.body for part in parse(octets).children]
    after, count = in_text(octets)
    assert NO_TEXT.search(after) is None or b"\n--b" in b"".join(bodies)
    assert count == sum(NO_TEXT.search(part) is not None for part in parts)
    for part, child in zip(parts, parse(after).children, strict=True):
        back = message_from_bytes(child.octets).get_payload(decode=True)
        assert child.body == part if child.encoding == b"BINARY" else back == part


@given(st.binary(max_size=300))
@settings(max_examples=100)
def test_anything_at_all(octets):
    after, count = in_text(octets)
    assert count or after == octets
