"""Putting a message into mailboxes without SMTP.

A message that is posted as it is stays as it is, octet for octet, apart from bare LFs, which
become CR LF; no trace is added.
"""

from __future__ import annotations

import re
from mimetypes import guess_type
from typing import Annotated

import msgspec
from msgspec import Meta

from fakemail.message.header import header_of
from fakemail.reasons.api import BAD_BODY, NO_SUCH_MAILBOX, NOT_DELIVERED, TOO_LARGE
from fakemail.reasons.api_control import UNUSABLE
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MailboxError, NoSuchMailbox
from fakemail.web import compose
from fakemail.web.compose import Draft
from fakemail.web.describe import addresses, places
from fakemail.web.mail import id_of
from fakemail.web.models import Address, Place
from fakemail.web.route import JSON, Answer, Call, Route

GROUP = "Messages"
RFC822 = "message/rfc822"
_BARE_LF = re.compile(rb"(?<!\r)\n")

Recipients = Annotated[
    list[str],
    Meta(
        description="An account that gets it (repeat for several); default: who the header names."
    ),
]
Into = Annotated[str, Meta(max_length=1000, description="The mailbox of each account.")]
Flags = Annotated[list[str], Meta(description="A flag or keyword that it has from the start.")]


class DeliverQuery(msgspec.Struct, frozen=True):
    """Where a message goes."""

    to: Recipients = []
    mailbox: Into = "INBOX"
    flag: Flags = []


class Delivered(msgspec.Struct):
    """Where a message went."""

    ID: str
    copies: list[Place]


class Sender(msgspec.Struct, frozen=True):
    """An address, as Mailpit writes it."""

    Email: str
    Name: str = ""


class SentFile(msgspec.Struct, frozen=True):
    """A file, as Mailpit writes it."""

    Content: str
    """base64"""
    Filename: str
    ContentType: str = ""
    """Empty: what the file's name says."""
    ContentID: str = ""


class SendBody(msgspec.Struct, frozen=True):
    """A message, as Mailpit writes it."""

    From: Sender
    To: list[Sender] = []
    Cc: list[Sender] = []
    Bcc: list[str] = []
    ReplyTo: list[Sender] = []
    Subject: str = ""
    Text: str = ""
    HTML: str = ""
    Headers: dict[str, str] = {}
    Attachments: list[SentFile] = []
    Tags: list[str] = []


class Sent(msgspec.Struct):
    """What Mailpit answers."""

    ID: str


def deliver(call: Call) -> Answer:
    """POST /api/v1/deliver."""
    recipients = list(call.query.to)
    if isinstance(call.body, bytes) or call.body is None:
        octets = _BARE_LF.sub(b"\r\n", call.body or b"")
        if not octets:
            raise Refusal(BAD_BODY, detail="There is no message in the body.")
        header = header_of(octets)
        recipients = recipients or [
            a.Address for name in (b"to", b"cc", b"bcc") for a in addresses(header, name)
        ]
    else:
        draft: Draft = call.body
        octets = _composed(call, draft)
        recipients = recipients or [*_bare(octets), *draft.bcc]
    return _put(call, octets, recipients, call.query.mailbox, call.query.flag)


def send(call: Call) -> Answer:
    """POST /api/v1/send."""
    body: SendBody = call.body
    draft = _draft(
        {
            "from": compose.address(body.From.Email, body.From.Name),
            "to": [compose.address(each.Email, each.Name) for each in body.To],
            "cc": [compose.address(each.Email, each.Name) for each in body.Cc],
            "reply_to": [compose.address(each.Email, each.Name) for each in body.ReplyTo],
            "bcc": body.Bcc,
            "subject": body.Subject,
            "text": body.Text,
            "html": body.HTML,
            "headers": body.Headers,
            "attachments": [
                {
                    "filename": file.Filename,
                    "content": file.Content,
                    "content_type": file.ContentType or _media_of(file.Filename),
                    "content_id": file.ContentID,
                }
                for file in body.Attachments
            ],
        }
    )
    octets = _composed(call, draft)
    done = _put(call, octets, [*_bare(octets), *body.Bcc], "INBOX", body.Tags)
    return Sent(done.ID)


def _media_of(name: str) -> str:
    return guess_type(name, strict=True)[0] or "application/octet-stream"


def _draft(facts: dict[str, object]) -> Draft:
    try:
        return msgspec.convert(facts, Draft)
    except msgspec.ValidationError as error:
        raise Refusal(UNUSABLE, detail=f"{error}.") from None


def _composed(call: Call, draft: Draft) -> bytes:
    office = call.office
    unique = f"{office.post_office.store.names.unique()}@{office.post_office.host_name}"
    return compose.compose(draft, office.clock.time(), unique)


def _bare(octets: bytes) -> list[str]:
    header = header_of(octets)
    found: list[Address] = [*addresses(header, b"to"), *addresses(header, b"cc")]
    return [each.Address for each in found]


def _put(
    call: Call, octets: bytes, recipients: list[str], mailbox: str, flags: list[str]
) -> Delivered:
    post_office = call.office.post_office
    if len(octets) > call.office.settings.message_size:
        raise Refusal(TOO_LARGE, octets=call.office.settings.message_size)
    if not recipients:
        raise Refusal(NOT_DELIVERED, detail="The message has no recipient.")
    accounts = {}
    for recipient in recipients:
        try:
            accounts[post_office.directory.recipient(recipient)] = True
        except Refusal as refusal:
            raise Refusal(
                NOT_DELIVERED,
                detail=f"{recipient[:200]} takes no mail: {refusal.reason.because}",
                recipient=recipient[:200],
                reason=refusal.reason.slug,
            ) from None
    mail = call.office.mail
    delivery = post_office.store.delivery()
    try:
        delivery.write(octets)
        placed = delivery.commit(
            [post_office.store.home(account) for account in accounts],
            mailbox=mailbox,
            flags=flags,
            uid_wanted=True,
        )
    except NoSuchMailbox:
        raise Refusal(NO_SUCH_MAILBOX, mailbox=mailbox[:200]) from None
    except MailboxError as error:
        raise Refusal(NOT_DELIVERED, detail=str(error.because)) from None
    finally:
        delivery.discard()
    box, uid = placed[0]
    message = box.get(uid) if uid is not None else None
    entry = mail.get(id_of(box, message)) if message is not None else None
    return Delivered(entry.id, places(entry)) if entry is not None else Delivered("", [])


ROUTES = (
    Route(
        method="POST",
        path="/api/v1/deliver",
        run=deliver,
        summary="Put a message into mailboxes: an .eml file, or what one is made of",
        group=GROUP,
        query=DeliverQuery,
        body=Draft,
        takes=(JSON, RFC822),
        answer=Delivered,
        errors=(NOT_DELIVERED, NO_SUCH_MAILBOX, UNUSABLE),
        status=200,
    ),
    Route(
        method="POST",
        path="/api/v1/send",
        run=send,
        summary="Put a message into the recipients' INBOX, as Mailpit takes it",
        group=GROUP,
        body=SendBody,
        any_case=True,
        answer=Sent,
        errors=(NOT_DELIVERED, UNUSABLE),
    ),
)
