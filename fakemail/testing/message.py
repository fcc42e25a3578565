"""One message as a test looks at it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from fakemail.message.encoded_word import decode_words
from fakemail.message.header import unfold
from fakemail.message.part import Part, parse
from fakemail.message.text import decoded_body, decoded_text

Source: TypeAlias = EmailMessage | bytes | str | Path
"""What can be delivered: a message, its octets or its text, or a file with one in it."""

_LINE_END = re.compile(rb"\r?\n")
_LINK = re.compile(r"https?://[^\s<>\"'\x00-\x1f]+")
_AFTER_A_LINK = ".,;:!?)]}"


def octets_of(source: Source) -> bytes:
    """A message as it goes over the wire: CRLF after each line, the last one too."""
    if isinstance(source, EmailMessage):
        octets = source.as_bytes(policy=source.policy.clone(linesep="\r\n"))
    elif isinstance(source, Path):
        octets = source.read_bytes()
    elif isinstance(source, str):
        octets = source.encode("utf-8")
    else:
        octets = source
    octets = _LINE_END.sub(b"\r\n", octets)
    return octets if octets.endswith(b"\r\n") or not octets else octets + b"\r\n"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text of the message."""

    name: str
    media: str
    """``application/pdf``."""

    content: bytes = field(repr=False)


@dataclass(frozen=True, eq=False)
class Message:
    """What lay in a mailbox at the moment when it was looked at."""

    recipient: str
    """Whose mailbox it is in: the address of RCPT, which the header need not name."""

    mailbox: str
    uid: int
    flags: frozenset[str]
    arrived: float
    """Seconds since 1970-01-01 UTC."""

    raw: bytes = field(repr=False)
    """Octet for octet, behind the Return-Path and Received that the server puts in front."""

    def __repr__(self) -> str:
        return f"<Message to {self.recipient} from {self.sender} {self.subject!r}>"

    @cached_property
    def tree(self) -> Part:
        """fakemail's own reading of it: takes whatever there is and never raises."""
        return parse(self.raw)

    @cached_property
    def email(self) -> EmailMessage:
        """The standard library's reading of it."""
        return BytesParser(EmailMessage, policy=policy.default).parsebytes(self.raw)

    def header(self, name: str) -> str | None:
        """The first header field of this name, decoded and unfolded; None where there is none."""
        value = self.tree.header.get(name.lower().encode())
        return None if value is None else decode_words(unfold(value))

    @cached_property
    def subject(self) -> str:
        """Decoded; empty where there is none."""
        return self.header("Subject") or ""

    @cached_property
    def sender(self) -> str:
        """The address in From; where there is none, the reverse path; empty for neither."""
        return next(iter(self._addresses("From", "Return-Path")), "")

    @property
    def to(self) -> list[str]:
        """The addresses in To and Cc."""
        return self._addresses("To", "Cc")

    @cached_property
    def text(self) -> str:
        """The first text/plain that is no attachment, with \\n line ends; else empty."""
        return self._text(b"text/plain")

    @cached_property
    def html(self) -> str:
        """The same of text/html."""
        return self._text(b"text/html")

    @cached_property
    def attachments(self) -> list[Attachment]:
        """The parts that have a file name or are said to be attachments."""
        return [
            Attachment(_name(part), part.media.decode("latin-1"), decoded_body(part))
            for part in _leaves(self.tree)
            if _is_attachment(part)
        ]

    @cached_property
    def links(self) -> list[str]:
        """The http and https links in text and HTML, each once, in order."""
        text = f"{self.text}\n{self.html}".replace("&amp;", "&")
        return list(dict.fromkeys(link.rstrip(_AFTER_A_LINK) for link in _LINK.findall(text)))

    def _addresses(self, *names: str) -> list[str]:
        values = [self.header(name) for name in names]
        pairs = getaddresses([value for value in values if value])
        return [address for _, address in pairs if address]

    def _text(self, media: bytes) -> str:
        for part in _leaves(self.tree):
            if part.media == media and not _is_attachment(part):
                return decoded_text(part).replace("\r\n", "\n")
        return ""


def _leaves(part: Part) -> list[Part]:
    """The parts that hold no others, in order; a message in the message is one of them."""
    return [leaf for child in part.children for leaf in _leaves(child)] or [part]


def _is_attachment(part: Part) -> bool:
    disposition = part.disposition
    said = disposition is not None and disposition[0].lower() == b"attachment"
    return said or bool(_name(part)) or part.media == b"message/rfc822"


def _name(part: Part) -> str:
    parameters = part.disposition[1] if part.disposition else ()
    named = {name.lower(): value for name, value in parameters}
    value = named.get(b"filename") or named.get(b"filename*") or part.content_type.get(b"name")
    if value is None:
        return ""
    if b"filename" not in named and b"filename*" in named:  # RFC 2231 §4: charset'language'text
        from urllib.parse import unquote_to_bytes

        value = unquote_to_bytes(value.split(b"'", 2)[-1])
    return decode_words(value)
