"""The text of a message as a person would read it, for SEARCH (RFC 3501 §6.4.4).

Transfer encodings and encoded words are undone and charsets decoded. Parts that are neither
text/* nor message/* are left out, as RFC 3501 allows. HTML is searched as it is written.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator

from fakemail.message.charset import decode
from fakemail.message.encoded_word import decode_words, undo_base64
from fakemail.message.header import Header
from fakemail.message.part import Part

SEARCHED = (b"text/", b"message/")
"""Media types of leaves that are searched: messages that are no messages, such as
message/delivery-status, are among them."""


def decoded_body(part: Part) -> bytes:
    """The body with its transfer encoding undone (RFC 2045 §6); unknown ones are left alone."""
    encoding = part.encoding.lower()
    if encoding == b"base64":
        return undo_base64(part.body)
    if encoding == b"quoted-printable":
        return binascii.a2b_qp(part.body)
    return part.body


def decoded_text(part: Part) -> str:
    """The text of one text part, in the charset that it claims."""
    charset = part.content_type.get(b"charset")
    return decode(decoded_body(part), charset.decode("latin-1") if charset else "us-ascii")


def decoded_header(header: Header) -> str:
    """All fields, unfolded and decoded, one a line."""
    return "\n".join(
        decode_words(field.octets.replace(b"\r\n", b"").replace(b"\n", b""))
        for field in header.fields
    )


def body_texts(part: Part) -> Iterator[str]:
    """The texts of the body of a message, one at a time: its text parts, and headers and texts
    of the messages in it (SEARCH BODY)."""
    if part.message is not None:
        yield decoded_header(part.message.header)
        yield from body_texts(part.message)
    elif part.is_multipart:
        for child in part.children:
            yield from body_texts(child)
    elif part.media.startswith(SEARCHED):
        yield decoded_text(part)


def all_texts(part: Part) -> Iterator[str]:
    """All texts of a message: its header, those of its parts, and the texts of the body
    (SEARCH TEXT)."""
    yield decoded_header(part.header)
    if part.message is not None:
        yield from all_texts(part.message)
    elif part.is_multipart:
        for child in part.children:
            yield from all_texts(child)
    elif part.media.startswith(SEARCHED):
        yield decoded_text(part)
