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

from fakemail.message.content import Content, content
from fakemail.message.encoded_word import decode_words
from fakemail.message.header import unfold
from fakemail.message.html import links, text_of
from fakemail.message.one_time_code import one_time_codes
from fakemail.message.part import Part, parse

Source: TypeAlias = EmailMessage | bytes | str | Path
"""What can be delivered: a message, its octets or its text, or a file with one in it."""

_LINE_END = re.compile(rb"\r?\n")


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

    @property
    def head(self) -> bytes:
        """The header block as it is."""
        return self.tree.header.octets

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
    def content(self) -> Content:
        """What a reader sees of it."""
        return content(self.tree)

    @cached_property
    def text(self) -> str:
        """The text/plain of the body, with \\n line ends; empty where there is none."""
        return self.content.text.replace("\r\n", "\n")

    @cached_property
    def html(self) -> str:
        """The same of text/html."""
        return self.content.html.replace("\r\n", "\n")

    @cached_property
    def attachments(self) -> list[Attachment]:
        """What is attached, and what the HTML shows (images)."""
        files = (*self.content.attachments, *self.content.inline)
        return [Attachment(leaf.file_name, leaf.media, leaf.octets) for leaf in files]

    @cached_property
    def links(self) -> list[str]:
        """The http and https links in HTML and text, each once, those of the HTML first."""
        return links(self.text, self.html)

    @cached_property
    def codes(self) -> list[str]:
        """The one-time codes that a person would type from it into a form, the likeliest first."""
        return one_time_codes(self.subject, self.text or text_of(self.html))

    def _addresses(self, *names: str) -> list[str]:
        values = [self.header(name) for name in names]
        pairs = getaddresses([value for value in values if value])
        return [address for _, address in pairs if address]
