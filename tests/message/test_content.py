"""Text, HTML and files of a message, as a reader sees them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.message.content import content, file_name, leaves
from fakemail.message.part import parse


def message(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return b"Content-Type: multipart/" + kind + b"; boundary=b\r\n\r\n" + body + b"--b--\r\n"


TEXT = b"Content-Type: text/plain\r\n\r\nplain"
HTML = b"Content-Type: text/html\r\n\r\n<b>page</b>"
NOTES = b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=n.txt\r\n\r\nnotes"
NAMED = b"Content-Type: text/plain; name=m.txt\r\n\r\nnamed"
IMAGE = b"Content-Type: image/png\r\nContent-ID: <i@x>\r\n\r\nPNG"
ATTACHED = IMAGE.replace(b"\r\n\r\n", b"\r\nContent-Disposition: attachment\r\n\r\n")
LETTER = b"Content-Type: message/rfc822\r\n\r\nSubject: in it\r\n" + message(TEXT, IMAGE).replace(
    b"b\r\n", b"c\r\n"
).replace(b"--b--", b"--c--")


def test_a_message_without_mime_is_text():
    seen = content(parse(b"Subject: x\r\n\r\nhello\r\n"))
    assert (seen.text, seen.html, seen.inline, seen.attachments) == ("hello\r\n", "", (), ())


def test_body_and_files():
    seen = content(parse(message(message(TEXT, HTML, kind=b"alternative"), NOTES, NAMED, IMAGE)))
    assert (seen.text, seen.html) == ("plain", "<b>page</b>")
    assert [leaf.file_name for leaf in seen.attachments] == ["n.txt", "m.txt"]
    assert [leaf.section for leaf in seen.attachments] == ["2", "3"]
    assert [(leaf.section, leaf.content_id) for leaf in seen.inline] == [("4", "i@x")]


def test_an_attachment_with_content_id_is_an_attachment():
    seen = content(parse(message(TEXT, ATTACHED)))
    assert [leaf.media for leaf in seen.attachments] == ["image/png"]
    assert seen.inline == ()


def test_a_message_in_a_message_is_one_file():
    seen = content(parse(message(TEXT, LETTER)))
    assert seen.text == "plain"
    assert [leaf.media for leaf in seen.attachments] == ["message/rfc822"]
    assert seen.attachments[0].octets.startswith(b"Subject: in it\r\n")


def test_several_texts_are_joined():
    assert content(parse(message(TEXT, HTML, TEXT))).text == "plain\nplain"


def test_file_names():
    for field, name in {
        b"attachment; filename=a.txt": "a.txt",
        b'attachment; filename="a b.txt"': "a b.txt",
        b"attachment; filename==?utf-8?q?=C3=A4?=": "ä",
        b"attachment; filename*=utf-8'de'%C3%A4.txt": "ä.txt",
        b"attachment; filename*=iso-8859-1''%E4.txt; filename=other": "ä.txt",
        b"attachment; filename*0=long; filename*1=er.txt": "longer.txt",
        b"attachment; filename=../../etc/passwd": "passwd",
        b'attachment; filename="C:\\\\a\\\\b.doc"': "b.doc",
        b"attachment; filename*=utf-8''a%0D%0Ab": "ab",
        b"attachment": "",
    }.items():
        part = parse(b"Content-Disposition: " + field + b"\r\n\r\n")
        assert file_name(part) == name, field
    assert file_name(parse(b"Content-Type: a/b; name=x\r\n\r\n")) == "x"


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_whatever_it_is(octets):
    for whole in (octets, message(octets, octets), b"Content-Type: text/html\r\n\r\n" + octets):
        seen = content(parse(whole))
        files = len(seen.inline) + len(seen.attachments)
        sections = [leaf.section for leaf in leaves(parse(whole))]
        assert len(sections) == len(set(sections)) >= max(1, files)
