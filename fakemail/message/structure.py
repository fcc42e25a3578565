"""Data for BODY and BODYSTRUCTURE (RFC 3501 §7.4.2), before anybody spells them.

Values are as the sender wrote them, without quotes; what is absent is None, and the grammar of
IMAP decides how NIL is written. A multipart without parts, which the grammar cannot say
(``body-type-mpart = 1*body``), is given one empty text/plain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from fakemail.message.envelope import Envelope, envelope
from fakemail.message.header import Header
from fakemail.message.parameters import Parameters
from fakemail.message.part import Part
from fakemail.message.tokens import tokens

Disposition: TypeAlias = tuple[bytes, Parameters] | None


@dataclass(frozen=True, slots=True)
class Single:
    """A part that is no multipart (``body-type-1part``)."""

    type: bytes
    subtype: bytes
    parameters: Parameters
    id: bytes | None
    description: bytes | None
    encoding: bytes
    size: int
    """Octets of the body in its transfer encoding."""

    lines: int | None = None
    """Lines of the body: of text/* and message/rfc822 only."""

    envelope: Envelope | None = None
    """Of message/rfc822 only, like `message`."""

    message: Structure | None = None
    md5: bytes | None = None
    disposition: Disposition = None
    language: tuple[bytes, ...] = ()
    location: bytes | None = None


@dataclass(frozen=True, slots=True)
class Multi:
    """A multipart (``body-type-mpart``)."""

    children: tuple[Structure, ...]
    """At least one."""

    subtype: bytes
    parameters: Parameters
    disposition: Disposition = None
    language: tuple[bytes, ...] = ()
    location: bytes | None = None


Structure: TypeAlias = Single | Multi

DEFAULT_PARAMETERS: Parameters = ((b"charset", b"us-ascii"),)
"""What text without a charset is said to have (RFC 2045 §5.2)."""

EMPTY = Single(b"text", b"plain", DEFAULT_PARAMETERS, None, None, b"7bit", 0, 0)
"""The one part of a multipart that has none."""


def structure(part: Part) -> Structure:
    """The structure of a part and all below it (never deeper than `part.MAX_DEPTH`)."""
    header = part.header
    content = part.content_type
    disposition = part.disposition
    language = _language(header)
    location = _unfolded_uri(header)
    if part.is_multipart:
        children = tuple([structure(child) for child in part.children]) or (EMPTY,)
        return Multi(children, content.subtype, content.parameters, disposition, language, location)
    kind = content.media.partition(b"/")[0]
    message = part.message
    parameters = content.parameters
    lines = None
    if kind == b"text":
        lines = part.lines
        if content.get(b"charset") is None:
            parameters += DEFAULT_PARAMETERS
    elif message is not None:
        lines = part.lines
    return Single(
        content.type,
        content.subtype,
        parameters,
        header.get(b"content-id") or None,
        header.get(b"content-description") or None,
        part.encoding,
        part.size,
        lines,
        None if message is None else envelope(message.header),
        None if message is None else structure(message),
        header.get(b"content-md5") or None,
        disposition,
        language,
        location,
    )


def _language(header: Header) -> tuple[bytes, ...]:
    """Language tags of Content-Language (RFC 3282 §2)."""
    value = header.get(b"content-language")
    if not value:
        return ()
    return tuple([token.text for token in tokens(value) if token.kind == "atom"])


def _unfolded_uri(header: Header) -> bytes | None:
    """Content-Location without the white space that folding put into it (RFC 2557 §4.4.2)."""
    value = header.get(b"content-location")
    return b"".join(value.split()) if value else None
