"""From the octets of a message to what the API shows of it."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from fakemail.accounts.directory import Directory
from fakemail.message.address import Address as RawAddress
from fakemail.message.address import parse_addresses
from fakemail.message.content import Leaf, content, file_name
from fakemail.message.date import parse_date
from fakemail.message.encoded_word import decode_words
from fakemail.message.header import Header
from fakemail.message.html import links, text_of
from fakemail.message.one_time_code import one_time_codes
from fakemail.message.part import Part, parse
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MessageGone
from fakemail.web import models
from fakemail.web.mail import Entry, Mail

KEPT = 2_000
"""Summaries that are kept in memory."""

SNIPPET = 250
_DEEPEST = 50
_SPACE = re.compile(r"\s+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INBOX = "INBOX"
_TARGETS = re.compile(r"<\s*([^<>]+?)\s*>")


class Facts(msgspec.Struct, kw_only=True):
    """What never changes of a message, for lists."""

    message_id: str
    from_: models.Address
    to: list[models.Address]
    cc: list[models.Address]
    bcc: list[models.Address]
    reply_to: list[models.Address]
    subject: str
    created: float
    size: int
    attachments: int
    inline: int
    snippet: str


class Describer:
    """Makes summaries, and keeps those of the last messages that were listed."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._kept: OrderedDict[str, Facts] = OrderedDict()

    def summary(self, entry: Entry) -> models.Summary:
        """One message of a list. Raises MessageGone."""
        facts = self.facts(entry)
        return models.Summary(
            ID=entry.id,
            MessageID=facts.message_id,
            Read=entry.read,
            From=facts.from_,
            To=facts.to,
            Cc=facts.cc,
            Bcc=self._bcc(facts.to + facts.cc, facts.bcc, entry),
            ReplyTo=facts.reply_to,
            Subject=facts.subject,
            Created=iso(facts.created),
            Tags=tags_of(entry),
            Size=facts.size,
            Attachments=facts.attachments,
            Snippet=facts.snippet,
            copies=places(entry),
        )

    def facts(self, entry: Entry) -> Facts:
        """What never changes. Raises MessageGone."""
        facts = self._kept.get(entry.id)
        if facts is None:
            facts = self._kept[entry.id] = facts_of(entry)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(entry.id)
        return facts

    def message(self, entry: Entry) -> models.Message:
        """All there is to say. Raises MessageGone."""
        octets = entry.octets()
        part = parse(octets)
        header, seen = part.header, content(part)
        to, cc = addresses(header, b"to"), addresses(header, b"cc")
        subject = decoded(header, b"subject")
        date, created = header.get(b"date"), _created(entry)
        sent = parse_date(date) if date else None
        return models.Message(
            ID=entry.id,
            MessageID=_message_id(header),
            From=_first(addresses(header, b"from")),
            To=to,
            Cc=cc,
            Bcc=self._bcc(to + cc, addresses(header, b"bcc"), entry),
            ReplyTo=addresses(header, b"reply-to"),
            ReturnPath=decoded(header, b"return-path").strip("<> "),
            Subject=subject,
            ListUnsubscribe=_unsubscribe(header),
            Date=iso(sent.timestamp() if sent else created),
            Tags=tags_of(entry),
            Text=seen.text,
            HTML=seen.html,
            Size=len(octets),
            Inline=[_file(leaf) for leaf in seen.inline],
            Attachments=[_file(leaf) for leaf in seen.attachments],
            links=links(seen.text, seen.html),
            codes=one_time_codes(subject, seen.text or text_of(seen.html)),
            structure=msgspec.convert(_node(part, "", 0), models.Node),
            created=iso(created),
            copies=places(entry),
        )

    def _bcc(
        self, named: Iterable[models.Address], listed: list[models.Address], entry: Entry
    ) -> list[models.Address]:
        """Those of the header, and the accounts that got the message though nobody named them."""
        known = {self._account(address.Address) for address in (*named, *listed)}
        hidden = sorted({c.address for c in entry.copies if c.mailbox.name == INBOX} - known)
        return [*listed, *(models.Address("", address) for address in hidden)]

    def _account(self, address: str) -> str:
        try:
            return self._directory.recipient(address)
        except Refusal:
            return address.lower()


def facts_of(entry: Entry) -> Facts:
    """The facts of a message, read from it."""
    octets = entry.octets()
    part = parse(octets)
    header, seen = part.header, content(part)
    text = seen.text or text_of(seen.html)
    return Facts(
        message_id=_message_id(header),
        from_=_first(addresses(header, b"from")),
        to=addresses(header, b"to"),
        cc=addresses(header, b"cc"),
        bcc=addresses(header, b"bcc"),
        reply_to=addresses(header, b"reply-to"),
        subject=decoded(header, b"subject"),
        created=_created(entry),
        size=len(octets),
        attachments=len(seen.attachments),
        inline=len(seen.inline),
        snippet=_SPACE.sub(" ", text[: 8 * SNIPPET]).strip()[:SNIPPET],
    )


def places(entry: Entry) -> list[models.Place]:
    """Where its copies lie."""
    return [
        models.Place(copy.address, copy.mailbox.name, copy.uid, sorted(copy.flags))
        for copy in entry.copies
    ]


def tags_of(entry: Entry) -> list[str]:
    """The keywords of all copies."""
    flags = {flag for copy in entry.copies for flag in copy.flags}
    return sorted(flag for flag in flags if not flag.startswith(("\\", "$")))


def tags_of_all(mail: Mail) -> list[str]:
    """Those that any message has."""
    return sorted({tag for entry in mail.with_keywords() for tag in tags_of(entry)})


def addresses(header: Header, name: bytes) -> list[models.Address]:
    """Those of all fields of that name; groups are left out, their members are not."""
    return [
        models.Address(_name(each), _spelled(each))
        for value in header.get_all(name)
        for each in parse_addresses(value)
        if each.host is not None
    ]


def decoded(header: Header, name: bytes) -> str:
    """The first field of that name as people read it; empty if there is none."""
    return decode_words(header.get(name) or b"")


def iso(seconds: float) -> str:
    """``2026-01-31T09:55:06.123Z``."""
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        moment = _EPOCH
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _created(entry: Entry) -> float:
    for copy in entry.copies:
        message = copy.mailbox.get(copy.uid)
        if message is not None:
            return message.internal_date
    raise MessageGone("The message has been removed.")


def _name(address: RawAddress) -> str:
    return decode_words(address.name).replace("\\", "") if address.name else ""


def _spelled(address: RawAddress) -> str:
    local, host = decode_words(address.mailbox or b""), decode_words(address.host or b"")
    return f"{local}@{host}" if host else local


def _first(found: list[models.Address]) -> models.Address:
    return found[0] if found else models.Address("", "")


def _message_id(header: Header) -> str:
    return decoded(header, b"message-id").strip().removeprefix("<").removesuffix(">")


def _unsubscribe(header: Header) -> models.Unsubscribe:
    value = decoded(header, b"list-unsubscribe")
    found = _TARGETS.findall(value[:10_000])
    wrong = "" if found or not value else "no address in angle brackets"
    return models.Unsubscribe(value, decoded(header, b"list-unsubscribe-post"), found, wrong)


def _file(leaf: Leaf) -> models.File:
    octets = leaf.octets
    sums = [
        hashlib.new(name, octets, usedforsecurity=False).hexdigest()
        for name in ("md5", "sha1", "sha256")
    ]
    return models.File(
        leaf.section,
        leaf.file_name,
        leaf.media,
        leaf.content_id,
        len(octets),
        models.Checksums(*sums),
    )


def _node(part: Part, section: str, depth: int) -> dict[str, Any]:
    children = part.children[:1000] if part.is_multipart and depth < _DEEPEST else []
    above = f"{section}." if section else ""
    return {
        "PartID": section if section or children else "1",
        "type": part.media.decode("latin-1"),
        "size": part.size,
        "file_name": file_name(part),
        "parts": [_node(c, f"{above}{n}", depth + 1) for n, c in enumerate(children, 1)],
    }
