"""Dovecot, asked the same questions about the same messages.

Every difference that is left is listed here, with its reason; a difference that goes away, or a
new one, fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fakemail.message.envelope import Envelope, envelope
from fakemail.message.part import parse
from fakemail.message.section import section
from fakemail.message.structure import Multi, Single, Structure, structure

pytestmark = pytest.mark.oracle

Value = Any
"""None, bytes (numbers and atoms too), or a list of values."""


class Dovecot:
    """A session over some messages."""

    def __init__(self, ask: Callable[[bytes], bytes], names: list[str]) -> None:
        self._ask = ask
        self._names = names
        ask(b"open-3f0a SELECT INBOX")

    def fetch(self, item: str) -> dict[str, Value]:
        """The value of one data item for every message."""
        output = self._ask(f"tag-3f0a FETCH 1:* ({item})".encode())  # a tag that is in no message
        values = list(fetched(output))
        assert len(values) == len(self._names), output[-500:]
        return dict(zip(self._names, values, strict=True))


def fetched(output: bytes) -> Iterator[Value]:
    """The last value of each FETCH response."""
    at = 0
    while (at := output.find(b"* ", at)) >= 0:
        end = output.find(b" ", at + 2)
        line_end = output.find(b"\r\n", at)
        if output.startswith(b" FETCH (", end):
            value, at = read(output, end + len(" FETCH "))
            yield value[-1]
        else:
            at = line_end


def read(octets: bytes, at: int) -> tuple[Value, int]:
    """One IMAP value."""
    first = octets[at : at + 1]
    if first == b"(":
        found = []
        at += 1
        while octets[at : at + 1] != b")":
            if octets[at : at + 1] == b" ":
                at += 1
                continue
            value, at = read(octets, at)
            found.append(value)
        return found, at + 1
    if first == b"{":
        close = octets.index(b"}", at)
        size = int(octets[at + 1 : close])
        return octets[close + 3 : close + 3 + size], close + 3 + size
    if first == b'"':
        content = b""
        at += 1
        while octets[at : at + 1] != b'"':
            at += octets[at : at + 1] == b"\\"
            content += octets[at : at + 1]
            at += 1
        return content, at + 1
    end = at
    depth = 0
    while octets[end] not in b" )\r" or depth:
        depth += octets[end] == 0x5B
        depth -= octets[end] == 0x5D
        end += 1
    atom = octets[at:end]
    return (None if atom == b"NIL" else atom), end


def plain_envelope(found: Envelope) -> Value:
    return [
        None if field is None
        else field if isinstance(field, bytes)
        else [list(address) for address in field]
        for field in found
    ]  # fmt: skip


def plain_structure(found: Structure, *, extended: bool) -> Value:
    disposition = found.disposition and [found.disposition[0], pairs(found.disposition[1])]
    more = [
        disposition,
        list(found.language) or None,
        found.location,
    ]
    if isinstance(found, Multi):
        children = [plain_structure(child, extended=extended) for child in found.children]
        tail = [pairs(found.parameters), *more] if extended else []
        return [*children, found.subtype, *tail]
    assert isinstance(found, Single)
    value: list[Value] = [found.type, found.subtype, pairs(found.parameters), found.id,
        found.description, found.encoding, b"%d" % found.size]  # fmt: skip
    if found.message is not None and found.envelope is not None:
        value.append(plain_envelope(found.envelope))
        value.append(plain_structure(found.message, extended=extended))
    if found.lines is not None:
        value.append(b"%d" % found.lines)
    return [*value, found.md5, *more] if extended else value


def pairs(parameters: tuple[tuple[bytes, bytes], ...]) -> Value:
    return [word for pair in parameters for word in pair] or None


MULTI = b"From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
INNER = b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n\r\n1\r\n--%s\r\n\r\n2\r\n"
INVENTED = {
    "empty": b"",
    "no-header": b"\r\nbody\r\n",
    "no-body": b"Subject: x\r\n",
    "headers-end-at-delimiters": MULTI + b"--b\r\n\r\n--b\r\nContent-Type: text/x\r\n"
    b"--b\r\nContent-Type: text/y\r\n\r\n--b\r\nContent-Type: text/z\r\n\r\n\r\n--b--\r\n",
    "delimiters-begin-lines": MULTI + b"--b\r\n\r\nabc\r\n--bc\r\n\r\ndef",
    "parts-without-octets": MULTI + b"--b\r\n--b\r\n\r\n\r\n--b--",
    "no-boundary": b"Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx\r\n",
    "longer-inner-boundary": (
        MULTI + b"--b\r\n" + INNER % ((b"bb",) * 3) + b"--bb--\r\n--b\r\n\r\n3\r\n--b--"
    ),
    "same-inner-boundary": (
        MULTI + b"--b\r\n" + INNER % ((b"b",) * 3) + b"--b--\r\n--b\r\n\r\n3\r\n--b--"
    ),
    "after-the-end": MULTI + b"--b\r\n\r\n1\r\n--b--\r\n--b\r\n\r\n2\r\n--b--\r\n",
    "digest": b"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: in"
    b"\r\n\r\nx\r\n--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--\r\n",
    "message": b"Content-Type: message/rfc822; x=y\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"Subject: x\r\n\r\nbody\r\nbody\r\n",
    "addresses": b'From: "a b"@c.d, <"x\\"y"@[1.2.3.4]>, a.b.c@d (Joe (x) Doe), "" <q@r>,'
    b" J. R. <x@y>\r\n"
    b"To: A B:c@d,e@f;,g@h, undisclosed-recipients: ;\r\nCc: <@x,@y:z@w>\r\nTo: second@x\r\n"
    b"Bcc: (only a comment)\r\nSubject \t: space before the colon\r\n"
    b"In-Reply-To: <a>\r\n <b>\r\nSender: \r\nReply-To: r@s\r\nReply-To: t@u\r\n\r\n",
    "parameters": b'Content-Type: text/html; charset="a\\"b" ; x = y; z=(c) d; q*0="a"; '
    b"q*1*=b%20\r\nContent-Disposition: ATTACHMENT; filename*=utf-8''a%20b\r\n"
    b"Content-Language: en, de\r\nContent-MD5: abc\r\nContent-ID: <a@b>\r\n"
    b"Content-Description:  foo bar\r\n\r\na\r\nb",
    "comments": b"Content-Type: (c) text / plain ; charset=us-ascii (Plain text)\r\n\r\nabc\r\n",
    "repeated": b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nabc\r\n",
}

NO_DOMAIN = "an address without domain has an empty host, not `MISSING_DOMAIN`"
NO_TYPE = (
    "a Content-Type that cannot be read means text/plain (RFC 2045 §5.2), not two empty strings"
)
SPELLING = "the sender's MESSAGE/RFC822 is kept in capitals, like every other type"
LINE_END = (
    "the line end before a delimiter is the delimiter's (RFC 2046 §5.1.1), also after a multipart"
)
ENCODED = "a boundary or charset in the encoding of RFC 2231 is understood"
DIFFERENT = {
    ("ENVELOPE", "msg_05.txt"): NO_DOMAIN,
    ("ENVELOPE", "msg_15.txt"): NO_DOMAIN,
    ("ENVELOPE", "msg_43.txt"): NO_DOMAIN,
    ("ENVELOPE", "msg_27.txt"): "unfolding keeps the tab (RFC 5322 §2.2.3)",
    ("STRUCTURE", "msg_14.txt"): NO_TYPE,
    ("STRUCTURE", "missing-subtype.txt"): NO_TYPE,
    ("STRUCTURE", "msg_16.txt"): SPELLING,
    ("STRUCTURE", "feedback-report.txt"): NO_DOMAIN,
    ("STRUCTURE", "msg_32.txt"): ENCODED,
    ("STRUCTURE", "msg_33.txt"): ENCODED,
    ("BODY[1]", "msg_33.txt"): ENCODED,
    ("BODY[2]", "msg_33.txt"): ENCODED,
    ("BODY[1.MIME]", "msg_33.txt"): ENCODED,
    ("BODY[2.MIME]", "msg_33.txt"): ENCODED,
    ("BODY[HEADER.FIELDS (FROM SUBJECT X-FOO)]", "msg_35.txt"): "no blank line is made up",
    ("BODY[HEADER.FIELDS (FROM SUBJECT X-FOO)]", "empty"): "no blank line is made up",
    ("BODY[HEADER.FIELDS (FROM SUBJECT X-FOO)]", "no-body"): "no blank line is made up",
    ("BODY[1]", "msg_38.txt"): LINE_END,
    ("BODY[1]", "longer-inner-boundary"): LINE_END,
    ("BODY[1]", "same-inner-boundary"): LINE_END,
}


@pytest.fixture(scope="module")
def messages(corpus: dict[str, bytes]) -> dict[str, bytes]:
    return corpus | INVENTED


@pytest.fixture(scope="module")
def dovecot(messages: dict[str, bytes], make_dovecot: Any) -> Iterator[Dovecot]:
    with make_dovecot((octets, 0.0) for octets in messages.values()) as made:
        yield Dovecot(made.session(), list(messages))


def compare(item: str, theirs: dict[str, Value], ours: dict[str, Value], *also: str) -> None:
    different = {name for name in theirs if theirs[name] != ours[name]}
    known = {name for kind, name in DIFFERENT if kind == item or kind in also}
    details = {name: (ours[name], theirs[name]) for name in different ^ known}
    assert not details


def test_envelopes(dovecot, messages):
    ours = {name: plain_envelope(envelope(parse(m).header)) for name, m in messages.items()}
    compare("ENVELOPE", dovecot.fetch("ENVELOPE"), ours)


@pytest.mark.parametrize("item", ["BODY", "BODYSTRUCTURE"])
def test_structures(dovecot, messages, item):
    extended = item == "BODYSTRUCTURE"
    ours = {n: plain_structure(structure(parse(m)), extended=extended) for n, m in messages.items()}
    compare(item, dovecot.fetch(item), ours, "STRUCTURE")


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "HEADER",
        "TEXT",
        "HEADER.FIELDS (FROM SUBJECT X-FOO)",
        "HEADER.FIELDS.NOT (FROM TO)",
        "1",
        "2",
        "3",
        "4",
        "5",
        "1.2",
        "2.2",
        "2.3",
        "2.1.2",
        "1.MIME",
        "2.MIME",
        "3.MIME",
        "1.2.MIME",
        "1.HEADER",
        "2.HEADER",
        "2.TEXT",
        "3.1.HEADER",
    ],
)
def test_sections(dovecot, messages, spec):
    """Where there is nothing Dovecot says an empty string and we NIL. Not asked: n.1 of a part
    that has no parts, which Dovecot takes for n."""
    word, _, names = spec.partition(" ")
    path = tuple(int(piece) for piece in word.split(".") if piece.isdigit())
    text = ".".join(piece for piece in word.split(".") if not piece.isdigit())
    fields = names.strip("()").lower().encode().split()
    ours = {n: section(parse(m), path, text, fields) or b"" for n, m in messages.items()}
    compare(f"BODY[{spec}]", dovecot.fetch(f"BODY.PEEK[{spec}]"), ours)
