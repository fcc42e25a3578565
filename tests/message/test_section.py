"""The numbering example of RFC 3501 §6.4.5, part by part, and what is missing from it."""

from __future__ import annotations

import pytest

from fakemail.message.part import parse
from fakemail.message.section import locate, section


def multi(boundary: bytes, kind: bytes, *parts: bytes) -> bytes:
    head = b"Content-Type: multipart/" + kind + b"; boundary=" + boundary + b"\r\n\r\n"
    opened = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return head + opened + b"--" + boundary + b"--"


def leaf(media: bytes, body: bytes) -> bytes:
    return b"Content-Type: " + media + b"\r\n\r\n" + body


def enclosed(message: bytes) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" + message


THREE = b"Subject: three\r\n" + multi(b"t", b"mixed", leaf(b"text/plain", b"3.1"),
    leaf(b"application/octet-stream", b"3.2"))  # fmt: skip
FOUR_TWO = b"Subject: four\r\nX-Y: z\r\n" + multi(b"f", b"mixed", leaf(b"text/plain", b"4.2.1"),
    multi(b"g", b"alternative", leaf(b"text/plain", b"4.2.2.1"),
        leaf(b"text/richtext", b"4.2.2.2")))  # fmt: skip
WHOLE = b"Subject: all\r\nX-A: b\r\n" + multi(
    b"w", b"mixed", leaf(b"text/plain", b"1"), leaf(b"application/octet-stream", b"2"),
    enclosed(THREE),
    multi(b"m", b"mixed", leaf(b"image/gif", b"4.1"), enclosed(FOUR_TWO)),
)  # fmt: skip


def head(message: bytes) -> bytes:
    return message[: message.index(b"\r\n\r\n") + 4]


def text(message: bytes) -> bytes:
    return message[len(head(message)) :]


@pytest.mark.parametrize(
    ("path", "what", "expected"),
    [
        ((), "", WHOLE),
        ((), "HEADER", head(WHOLE)),
        ((), "TEXT", text(WHOLE)),
        ((1,), "", b"1"),
        ((2,), "", b"2"),
        ((3,), "", THREE),
        ((3,), "HEADER", head(THREE)),
        ((3,), "TEXT", text(THREE)),
        ((3,), "MIME", b"Content-Type: message/rfc822\r\n\r\n"),
        ((3, 1), "", b"3.1"),
        ((3, 2), "", b"3.2"),
        ((3, 2), "MIME", b"Content-Type: application/octet-stream\r\n\r\n"),
        ((4,), "MIME", b"Content-Type: multipart/mixed; boundary=m\r\n\r\n"),
        ((4, 1), "", b"4.1"),
        ((4, 1), "MIME", b"Content-Type: image/gif\r\n\r\n"),
        ((4, 2), "", FOUR_TWO),
        ((4, 2), "HEADER", head(FOUR_TWO)),
        ((4, 2), "TEXT", text(FOUR_TWO)),
        ((4, 2, 1), "", b"4.2.1"),
        ((4, 2, 2, 1), "", b"4.2.2.1"),
        ((4, 2, 2, 2), "", b"4.2.2.2"),
        # not there
        ((5,), "", None),
        ((0,), "", None),
        ((1, 1), "", None),
        ((2, 1), "MIME", None),
        ((3, 3), "", None),
        ((4, 2, 2, 3), "", None),
        ((4, 2, 2, 1, 1), "", None),
        # not a message
        ((1,), "HEADER", None),
        ((1,), "TEXT", None),
        ((4,), "HEADER", None),
        ((4, 2, 2), "TEXT", None),
        # MIME wants a part
        ((), "MIME", None),
    ],
)
def test_sections(path, what, expected):
    assert section(parse(WHOLE), path, what) == expected


def test_a_multipart_part_is_its_body():
    found = section(parse(WHOLE), (4,))
    assert found.startswith(b"--m\r\n") and found.endswith(b"--m--")


def test_header_fields():
    root = parse(WHOLE)
    assert section(root, (), "HEADER.FIELDS", [b"SUBJECT"]) == b"Subject: all\r\n\r\n"
    assert section(root, (), "HEADER.FIELDS", [b"none"]) == b"\r\n"
    assert section(root, (4, 2), "HEADER.FIELDS", [b"x-y"]) == b"X-Y: z\r\n\r\n"
    not_those = section(root, (4, 2), "HEADER.FIELDS.NOT", [b"subject", b"content-type"])
    assert not_those == b"X-Y: z\r\n\r\n"
    assert section(root, (1,), "HEADER.FIELDS", [b"subject"]) is None


def test_a_message_that_is_no_multipart_has_part_1_only():
    root = parse(b"Subject: x\r\n\r\nbody\r\n")
    assert section(root, (1,)) == section(root, (), "TEXT") == b"body\r\n"
    assert section(root, (1,), "MIME") == b"Subject: x\r\n\r\n"
    assert section(root, (2,)) is section(root, (1, 1)) is section(root, (1,), "HEADER") is None


def test_a_message_that_is_a_message_part():
    inner = b"Subject: in\r\n\r\ninner"
    root = parse(b"Subject: out\r\n" + enclosed(inner))
    assert section(root, (1,)) == inner
    assert section(root, (1,), "HEADER") == b"Subject: in\r\n\r\n"
    assert section(root, (1,), "TEXT") == section(root, (1, 1)) == b"inner"
    assert section(root, (1, 1, 1)) is None


def test_a_message_without_a_blank_line():
    root = parse(b"Subject: x\r\n")
    assert section(root, (), "HEADER") == b"Subject: x\r\n"
    assert section(root, (), "TEXT") == section(root, (1,)) == b""
    assert section(root, (), "HEADER.FIELDS", [b"subject"]) == b"Subject: x\r\n"


def test_a_multipart_without_parts():
    root = parse(b"Content-Type: multipart/mixed; boundary=x\r\n\r\nnothing\r\n")
    assert section(root, (1,)) is None
    assert section(root, (), "TEXT") == b"nothing\r\n"


def test_locate_gives_the_part():
    root = parse(WHOLE)
    assert locate(root, (4, 1)).media == b"image/gif"
    assert locate(root, ()) is root
