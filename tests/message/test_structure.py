from __future__ import annotations

import sys

from fakemail.message.part import MAX_DEPTH, parse
from fakemail.message.structure import DEFAULT_PARAMETERS, EMPTY, Multi, Single, structure

MULTI = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def of(octets: bytes) -> Single | Multi:
    return structure(parse(octets))


def test_a_plain_message():
    assert of(b"Subject: x\r\n\r\none\r\ntwo\r\n") == Single(
        b"text", b"plain", DEFAULT_PARAMETERS, None, None, b"7bit", 10, 2
    )


def test_the_examples_of_rfc_3501():
    """RFC 3501 §7.4.2: a text of 1152 octets and 23 lines, and one in base64."""
    first = b"x" * 48 + b"\r\n"
    octets = (
        MULTI
        + b"--b\r\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n"
        + first * 23 + b"ab"
        + b'\r\n--b\r\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII; NAME="cc.diff"\r\n'
        b"Content-ID: <960723163407.20117h@cac.washington.edu>\r\n"
        b"Content-Description: Compiler diff\r\nContent-Transfer-Encoding: BASE64\r\n\r\n"
        b"AAAA\r\n\r\n--b--\r\n"
    )  # fmt: skip
    ascii_ = (b"CHARSET", b"US-ASCII")
    assert of(octets) == Multi(
        (
            Single(b"TEXT", b"PLAIN", (ascii_,), None, None, b"7bit", 1152, 23),
            Single(
                b"TEXT",
                b"PLAIN",
                (ascii_, (b"NAME", b"cc.diff")),
                b"<960723163407.20117h@cac.washington.edu>",
                b"Compiler diff",
                b"BASE64",
                6,
                1,
            ),
        ),
        b"mixed",
        ((b"boundary", b"b"),),
    )


def test_extension_data():
    found = of(
        b"Content-Type: application/pdf; name=a.pdf\r\n"
        b"Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n"
        b'Content-Disposition: attachment; filename="a b.pdf"; size=3\r\n'
        b"Content-Language: en, de-CH (Swiss)\r\n"
        b"Content-Location: http://x.example/\r\n a.pdf\r\n\r\nabc"
    )
    assert found == Single(
        b"application",
        b"pdf",
        ((b"name", b"a.pdf"),),
        None,
        None,
        b"7bit",
        3,
        md5=b"Q2hlY2sgSW50ZWdyaXR5IQ==",
        disposition=(b"attachment", ((b"filename", b"a b.pdf"), (b"size", b"3"))),
        language=(b"en", b"de-CH"),
        location=b"http://x.example/a.pdf",
    )


def test_a_multipart_has_extension_data_too():
    found = of(
        b"Content-Disposition: inline\r\nContent-Language: en\r\nContent-Location: x\r\n"
        + MULTI + b"--b\r\n\r\n1\r\n--b--"
    )  # fmt: skip
    assert isinstance(found, Multi)
    assert (found.disposition, found.language, found.location) == ((b"inline", ()), (b"en",), b"x")


def test_a_message_part_has_envelope_structure_and_lines():
    found = of(b"Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nbody\r\n")
    assert (found.size, found.lines) == (21, 3)
    assert found.envelope.subject == b"in"
    assert found.message == Single(b"text", b"plain", DEFAULT_PARAMETERS, None, None, b"7bit", 6, 1)


def test_only_text_and_messages_have_lines():
    assert of(b"Content-Type: image/png\r\n\r\na\r\n").lines is None
    assert of(b"Content-Type: message/delivery-status\r\n\r\na\r\n").lines is None
    assert of(b"Content-Type: message/rfc822\r\n\r\na\r\n").lines == 1
    assert of(b"Content-Type: text/html\r\n\r\na\r\nb").lines == 1


def test_text_without_charset_gets_the_default_behind_what_it_has():
    found = of(b"Content-Type: text/html; format=flowed\r\n\r\n")
    assert found.parameters == ((b"format", b"flowed"), (b"charset", b"us-ascii"))
    assert of(b"Content-Type: image/png\r\n\r\n").parameters == ()


def test_a_multipart_always_has_a_part():
    assert of(MULTI + b"no delimiter").children == (EMPTY,)


def test_the_deepest_message_needs_no_deep_stack():
    octets = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%dx\r\n\r\n--b%dx\r\n" % (n, n)
        for n in range(MAX_DEPTH + 20)
    )
    frames, frame = 0, sys._getframe()
    while frame.f_back:
        frame, frames = frame.f_back, frames + 1
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(frames + 4 * MAX_DEPTH)
    try:
        assert isinstance(of(octets), Multi)
    finally:
        sys.setrecursionlimit(limit)
