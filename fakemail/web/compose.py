"""A message made of what a JSON request says."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Annotated

import msgspec
from msgspec import Meta

from fakemail.message.trace import date_time
from fakemail.reasons.api_control import UNUSABLE
from fakemail.reasons.reason import Refusal

Line = Annotated[str, Meta(max_length=10_000)]
_OWN = {"from", "to", "cc", "bcc", "reply-to", "subject", "content-type", "mime-version"}


class Attached(msgspec.Struct, frozen=True):
    """One file of a message that is to be made."""

    filename: Annotated[str, Meta(max_length=255)]
    content: str
    """base64"""
    content_type: Annotated[str, Meta(pattern="^[A-Za-z0-9.+-]{1,100}/[A-Za-z0-9.+-]{1,100}$")] = (
        "application/octet-stream"
    )
    content_id: Annotated[str, Meta(pattern="^[!-;=?-~]{0,200}$")] = ""
    """With one the file is inline: `<img src="cid:...">`."""


class Draft(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A message that is to be made and delivered."""

    to: list[Line] = []
    from_: Line = ""
    cc: list[Line] = []
    bcc: list[Line] = []
    """Gets the message; no header names it."""
    reply_to: list[Line] = []
    subject: Line = ""
    text: str = ""
    html: str = ""
    headers: dict[str, Line] = {}
    attachments: list[Attached] = []


def compose(draft: Draft, now: float, unique: str) -> bytes:
    """The octets of the message. `now`: seconds since 1970; `unique`: for the Message-ID.

    Raises Refusal(api.unusable).
    """
    message = EmailMessage(policy=SMTP)
    try:
        _write_header(message, draft, now, unique)
        _write_body(message, draft)
        return message.as_bytes()
    except (ValueError, LookupError, TypeError, IndexError, AttributeError) as error:
        raise Refusal(UNUSABLE, detail=f"No message can be made of this: {error}.") from None


def address(text: str, name: str = "") -> str:
    """``Name <a@b.test>``, the name quoted where it has to be. Raises Refusal(api.unusable)."""
    try:
        return str(Address(name, addr_spec=text))
    except (ValueError, LookupError, AttributeError) as error:
        raise Refusal(UNUSABLE, detail=f"{text[:200]!r} is no address: {error}.") from None


def _write_header(message: EmailMessage, draft: Draft, now: float, unique: str) -> None:
    lists: Mapping[str, Sequence[str]] = {
        "From": [draft.from_] if draft.from_ else [],
        "To": draft.to,
        "Cc": draft.cc,
        "Reply-To": draft.reply_to,
    }
    for name, values in lists.items():
        if values:
            message[name] = ", ".join(values)
    message["Subject"] = draft.subject
    given = {name.lower() for name in draft.headers}
    for name, value in draft.headers.items():
        if name.lower() in _OWN or not name.isascii() or not name.replace("-", "").isalnum():
            raise ValueError(f"the header field {name[:50]!r} cannot be given in `headers`")
        message[name] = value
    if "date" not in given:
        message["Date"] = date_time(int(now))
    if "message-id" not in given:
        message["Message-ID"] = f"<{unique}>"


def _write_body(message: EmailMessage, draft: Draft) -> None:
    inline = [file for file in draft.attachments if file.content_id]
    if draft.text or not draft.html:
        message.set_content(draft.text)
        if draft.html:
            message.add_alternative(draft.html, subtype="html")
    else:
        message.set_content(draft.html, subtype="html")
    page = message.get_body(("html",))
    for file in inline:
        kind, _, subtype = file.content_type.partition("/")
        target = page if page is not None else message
        target.add_related(
            _octets(file),
            kind,
            subtype,
            cid=f"<{file.content_id}>",
            filename=file.filename,
            disposition="inline",
        )
    for file in draft.attachments:
        if not file.content_id:
            kind, _, subtype = file.content_type.partition("/")
            message.add_attachment(_octets(file), kind, subtype, filename=file.filename)


def _octets(file: Attached) -> bytes:
    try:
        return base64.b64decode(file.content, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"the content of {file.filename[:100]!r} is no base64") from None
