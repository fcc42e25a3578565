"""Laws that hold for every message: real, invented, broken or hostile."""

from __future__ import annotations

import email
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.message.date import parse_date
from fakemail.message.encoded_word import decode_words
from fakemail.message.envelope import envelope
from fakemail.message.header import MAX_FIELDS
from fakemail.message.part import Part, parse
from fakemail.message.section import section
from fakemail.message.structure import Multi, Single, structure
from fakemail.message.text import all_texts, body_texts


def every(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from every(child)
    if part.message is not None:
        yield from every(part.message)


def check(octets: bytes) -> None:
    root = parse(octets)
    assert section(root) == root.octets == octets
    head, text = section(root, (), "HEADER"), section(root, (), "TEXT")
    assert head + text == octets

    fields = root.header.fields
    assert len(fields) <= MAX_FIELDS
    blank = root.header.select([])
    assert blank in (b"", b"\n", b"\r\n")
    assert b"".join(field.octets for field in fields) + blank == head
    names = {field.name for field in fields}
    assert sorted(root.header.select(names, negate=True) + root.header.select(names)) == sorted(
        head + blank
    )

    for part in every(root):
        assert 0 <= part.start <= part.body_start <= part.end <= len(octets)
        assert part.octets == part.header.octets + part.body
        assert part.lines == part.body.count(b"\n")
        last = part.body_start
        for child in part.children:
            assert last <= child.start <= child.end <= part.end
            last = child.end
        if part.message is not None:
            assert (part.message.start, part.message.end) == (part.body_start, part.end)
            assert section(part.message) == part.body
        envelope(part.header)
        if date := part.header.get(b"date"):
            parse_date(date)
        if subject := part.header.get(b"subject"):
            decode_words(subject)

    agrees(structure(root), root, root, ())
    for text_ in (*all_texts(root), *body_texts(root)):
        assert isinstance(text_, str)


def agrees(found: Single | Multi, part: Part, root: Part, path: tuple[int, ...]) -> None:
    """The structure tells the sizes of what the sections give."""
    if isinstance(found, Multi):
        assert part.is_multipart
        for number, (child, inner) in enumerate(
            zip(found.children, part.children, strict=False), 1
        ):
            agrees(child, inner, root, (*path, number))
        return
    mine = section(root, path or (1,))
    assert mine is not None and len(mine) == found.size
    if found.message is not None:
        message = part.message
        inner_path = path or (1,)
        assert section(root, inner_path, "TEXT") == message.body
        if isinstance(found.message, Multi):
            agrees(found.message, message, root, inner_path)
        else:
            agrees(found.message, message, root, (*inner_path, 1))


def test_every_message_of_the_corpus(corpus):
    for octets in corpus.values():
        check(octets)


def test_every_message_of_the_corpus_cut_anywhere(corpus):
    for octets in corpus.values():
        for end in range(0, len(octets), max(1, len(octets) // 40)):
            check(octets[:end])


def test_every_message_of_the_corpus_with_bare_line_feeds(corpus):
    for octets in corpus.values():
        bare = octets.replace(b"\r", b"")
        check(bare)
        assert [part.media for part in every(parse(bare))] == [
            part.media for part in every(parse(octets))
        ]


# where Python's parser takes a message apart in another way (Dovecot does as we do)
OTHERWISE = {
    "msg_15.txt": "one boundary for two multiparts: to Python the outer one owns it",
    "msg_36.txt": "Python looks for messages in message/external-body",
    "msg_37.txt": "Python drops a part between two delimiters that follow one another",
    "msg_39.txt": "one boundary for several multiparts: to Python the outer one owns it",
    "disposition-notification.txt": "Python looks for messages in message/disposition-notification",
    "feedback-report.txt": "a byte order mark before the first field ends the header for Python",
}


def test_python_sees_the_same_parts(corpus):
    different = {
        name
        for name, octets in corpus.items()
        if shape_of(parse(octets)) != shape_of_python(email.message_from_bytes(octets))
    }
    assert different == set(OTHERWISE)


def shape_of(part: Part) -> object:
    if part.children:
        return [shape_of(child) for child in part.children]
    return [shape_of(part.message)] if part.message is not None else part.media.decode()


def shape_of_python(message: email.message.Message) -> object:
    if message.is_multipart() and message.get_content_type() != "message/delivery-status":
        return [shape_of_python(part) for part in message.get_payload()]
    return message.get_content_type()


LINES = [
    b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: multipart/digest; boundary=bb",
    b"Content-Type: multipart/mixed; boundary=\"c c\"", b"Content-Type: message/rfc822",
    b"Content-Type: text/plain; charset=gbk", b"Content-Transfer-Encoding: base64",
    b"Subject: =?utf-8?q?x?=", b"From: a@b, \"c\" <d@e>", b"Date: 1 Jan 2024", b" folded", b"",
    b"", b"--b", b"--bb", b"--b--", b"--bb--", b"--c c", b"--c c--", b"text", b"\xff\xfe", b"a:",
    b":", b"--", b"\r", b"To: g:a@b;",
]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(LINES), max_size=30), st.sampled_from([b"\r\n", b"\n"]))
def test_invented_messages(lines, end):
    check(end.join(lines))


@given(st.binary(max_size=300))
def test_any_octets(octets):
    check(octets)


@given(st.data())
def test_mutated_messages(corpus, data):
    octets = bytearray(data.draw(st.sampled_from(sorted(corpus.values()))))
    for _ in range(data.draw(st.integers(1, 6))):
        if octets:
            at = data.draw(st.integers(0, len(octets) - 1))
            octets[at : at + data.draw(st.integers(0, 3))] = data.draw(
                st.sampled_from([b"", b"\0", b'"', b"(", b"\r\n", b"--", b"\xff", b";", b"="])
            )
    check(bytes(octets))
