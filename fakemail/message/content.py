"""What a reader sees of a message: its text, its HTML, and what is attached.

A leaf of type text/plain or text/html belongs to the body unless it is called an attachment or has
a file name; of several, the texts are joined. Everything else is a file: *inline* if it says so or
an HTML part can refer to it (it has a Content-ID and is no attachment), else an attachment. A
message inside a message is one file, whatever is in it.

Parts are numbered as IMAP does (RFC 3501 §6.4.5): ``1``, ``1.2``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fakemail.message.charset import decode
from fakemail.message.encoded_word import decode_words
from fakemail.message.parameters import Parameters, undo_percent
from fakemail.message.part import Part
from fakemail.message.text import decoded_body, decoded_text

MAX_LEAVES = 1_000
"""Leaves past this number are not looked at."""

_BODY = (b"text/plain", b"text/html")


class Leaf(NamedTuple):
    """A part without parts."""

    section: str
    """Its number: ``1.2``."""

    part: Part
    is_body: bool
    is_inline: bool

    @property
    def media(self) -> str:
        """``image/png``, in lower case."""
        return self.part.media.decode("latin-1")

    @property
    def file_name(self) -> str:
        """As the sender says, without any folders; empty if it has none."""
        return file_name(self.part)

    @property
    def content_id(self) -> str:
        """Without its angle brackets (RFC 2392); empty if it has none."""
        value = self.part.header.get(b"content-id") or b""
        return value.decode("latin-1").strip("<> \t")

    @property
    def octets(self) -> bytes:
        """The content, its transfer encoding undone."""
        return decoded_body(self.part)


class Content(NamedTuple):
    """The message as a reader sees it."""

    text: str
    html: str
    inline: tuple[Leaf, ...]
    attachments: tuple[Leaf, ...]


def content(message: Part) -> Content:
    """Text, HTML and files of a message."""
    found = list(leaves(message))
    texts = [decoded_text(leaf.part) for leaf in found if leaf.is_body and leaf.media[5:] != "html"]
    pages = [decoded_text(leaf.part) for leaf in found if leaf.is_body and leaf.media[5:] == "html"]
    files = [leaf for leaf in found if not leaf.is_body]
    return Content(
        "\n".join(texts),
        "\n".join(pages),
        tuple(leaf for leaf in files if leaf.is_inline),
        tuple(leaf for leaf in files if not leaf.is_inline),
    )


def leaves(message: Part) -> Iterator[Leaf]:
    """Every part without parts, in order, at most `MAX_LEAVES`."""
    count = 0
    waiting = [("", message)]
    while waiting and count < MAX_LEAVES:
        section, part = waiting.pop()
        children = part.children if part.is_multipart else []
        if children:
            above = f"{section}." if section else ""
            numbered = [(f"{above}{n}", child) for n, child in enumerate(children, 1)]
            waiting.extend(reversed(numbered))
            continue
        count += 1
        yield _leaf(section or "1", part)


def file_name(part: Part) -> str:
    """Of Content-Disposition, else of Content-Type (RFC 2183 §2.3, RFC 2231 §4); the last step of
    a path; without control characters."""
    disposition = part.disposition
    name = _value(disposition[1], b"filename") if disposition else ""
    name = name or _value(part.content_type.parameters, b"name")
    name = "".join(c for c in name if c.isprintable())
    return name.replace("\\", "/").rpartition("/")[2].strip()


def _leaf(section: str, part: Part) -> Leaf:
    disposition = part.disposition
    word = disposition[0].lower() if disposition else b""
    is_body = (
        (part.media in _BODY or part.is_multipart) and word != b"attachment" and not file_name(part)
    )
    is_inline = word == b"inline" or (
        word != b"attachment" and part.header.get(b"content-id") is not None
    )
    return Leaf(section, part, is_body, is_inline)


def _value(parameters: Parameters, attribute: bytes) -> str:
    plain = ""
    for name, value in parameters:
        name = name.lower()
        if name == attribute + b"*":
            charset, _, rest = value.partition(b"'")
            text = rest.partition(b"'")[2] if b"'" in rest else value
            return decode(undo_percent(text), charset.decode("latin-1") if b"'" in rest else "")
        if name == attribute and not plain:
            plain = decode_words(value)
    return plain
