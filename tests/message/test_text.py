from __future__ import annotations

import base64

from fakemail.message.header import header_of
from fakemail.message.part import parse
from fakemail.message.text import all_texts, body_texts, decoded_body, decoded_header, decoded_text


def test_transfer_encodings_are_undone():
    def body(encoding: bytes, octets: bytes) -> bytes:
        return decoded_body(parse(b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + octets))

    assert body(b"BASE64", base64.encodebytes(b"\0\xff" * 60)) == b"\0\xff" * 60
    assert body(b"base64", b"YW\r\nJj!!ZA") == b"abcd"
    assert body(b"Quoted-Printable", b"a=3Db=\r\nc =\r\n d=XX") == b"a=bc  d=XX"
    assert body(b"8bit", b"\xff") == body(b"x-mine", b"\xff") == b"\xff"


def test_text_is_decoded_by_its_charset():
    octets = b'Content-Type: text/plain; charset="GB2312"\r\n\r\n' + "你好".encode("gb18030")
    assert decoded_text(parse(octets)) == "你好"
    assert decoded_text(parse(b"\r\n" + "é".encode())) == "é"
    assert decoded_text(parse(b"Content-Type: text/plain; charset=\xff\r\n\r\nx")) == "x"


def test_headers_are_unfolded_and_decoded_line_by_line():
    header = header_of(b"Subject: =?utf-8?q?=C3=A9?=\r\n =?utf-8?q?!?=\r\nX: a\r\n b\r\n\r\n")
    assert decoded_header(header) == "Subject: é!\nX: a b"


MESSAGE = (
    b"Subject: outer\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
    b"--b\r\nContent-Type: text/html\r\nX-Part: one\r\n\r\n<b>html</b>\r\n"
    b"--b\r\nContent-Type: image/png\r\n\r\nimage\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninside\r\n--b--\r\n"
)


def test_the_body_is_its_texts_and_the_messages_in_it():
    assert list(body_texts(parse(MESSAGE))) == ["<b>html</b>", "Subject: inner", "inside"]


def test_a_delivery_status_is_searched():
    octets = b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b\r\n"
    assert list(body_texts(parse(octets))) == ["Final-Recipient: rfc822; a@b\r\n"]


def test_all_of_it_is_every_header_too():
    text = "\n".join(all_texts(parse(MESSAGE)))
    for word in ("outer", "X-Part: one", "html", "inner", "inside", "image/png"):
        assert word in text
    assert "preamble" not in text and "image\n" not in text
