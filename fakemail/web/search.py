"""Mailpit's query words, and two of ours.

``to:`` ``from:`` ``cc:`` ``bcc:`` ``reply-to:`` ``addressed:`` ``subject:`` ``message-id:``
``tag:`` ``is:read`` ``is:unread`` ``is:tagged`` ``has:attachment`` ``has:inline`` ``larger:``
``smaller:`` ``before:`` ``after:``, ``account:`` and ``mailbox:`` (ours). What is no such word is
looked for in addresses, subject, texts and file names. ``"two words"`` belong together, also after
a word (``subject:"two words"``); ``-`` or ``!`` in front negates. All that is given must fit;
letter case does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import TypeAlias
from zoneinfo import ZoneInfo

from fakemail.message.content import content
from fakemail.message.html import text_of
from fakemail.message.part import parse
from fakemail.reasons.api_control import UNUSABLE
from fakemail.reasons.reason import Refusal
from fakemail.web.describe import Describer, Facts, tags_of
from fakemail.web.mail import Entry
from fakemail.web.models import Address

MOST_TERMS = 100
_TERM = re.compile(r'([-!]?)(?:([A-Za-z][A-Za-z-]{1,14}):)?(?:"([^"]*)"|([^\s"]+))')
_SIZE = re.compile(r"(\d{1,15})\s*([kmg]?)b?", re.I)
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


class Item:
    """One message that is looked at; what costs something is read when a term asks for it."""

    def __init__(self, entry: Entry, describer: Describer) -> None:
        self.entry = entry
        self._describer = describer

    @cached_property
    def facts(self) -> Facts:
        """The header and what lists show."""
        return self._describer.facts(self.entry)

    @cached_property
    def bcc(self) -> list[Address]:
        """Also those whom no header names."""
        return self._describer.summary(self.entry).Bcc

    @cached_property
    def text(self) -> str:
        """Everything that a plain word is looked for in, in small letters."""
        facts = self.facts
        seen = content(parse(self.entry.octets()))
        people = (facts.from_, *facts.to, *facts.cc, *facts.bcc, *facts.reply_to)
        names = [leaf.file_name for leaf in (*seen.attachments, *seen.inline)]
        return "\n".join(
            (facts.subject, _people(people), seen.text, text_of(seen.html), *names)
        ).lower()


Test: TypeAlias = Callable[[Item], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked, taken apart."""

    terms: tuple[tuple[bool, Test], ...]
    """Whether it is negated, and what to look at."""

    def fits(self, item: Item) -> bool:
        """Whether a message is meant. Raises MessageGone."""
        return all(test(item) is not negated for negated, test in self.terms)


def query(text: str, zone_name: str = "") -> Query:
    """The query in a text; days begin where `zone_name` says. Raises Refusal(api.unusable)."""
    zone = _zone(zone_name)
    cheap: list[tuple[bool, Test]] = []
    costly: list[tuple[bool, Test]] = []
    for match in list(_TERM.finditer(text))[:MOST_TERMS]:
        sign, word, quoted, bare = match.groups()
        value = (quoted if quoted is not None else bare).lower()
        make = _WORDS.get((word or "").lower())
        if make is not None:
            cheap.append((bool(sign), make(value, zone)))
        else:
            whole = f"{word}:{value}".lower() if word else value
            costly.append((bool(sign), _contains(whole)))
    return Query((*cheap, *costly))


def _contains(value: str) -> Test:
    return lambda item: value in item.text


def _people(people: Iterable[Address]) -> str:
    return "\n".join(f"{each.Name} {each.Address}" for each in people).lower()


def _in(pick: Callable[[Item], str]) -> Callable[[str, tzinfo], Test]:
    return lambda value, _: lambda item: value in pick(item).lower()


def _is(value: str, zone: tzinfo) -> Test:
    if value == "read":
        return lambda item: item.entry.read
    if value == "unread":
        return lambda item: not item.entry.read
    if value == "tagged":
        return lambda item: bool(tags_of(item.entry))
    raise Refusal(UNUSABLE, detail=f"is:{value[:50]} is not known: is:read, is:unread, is:tagged.")


def _has(value: str, zone: tzinfo) -> Test:
    if value in ("attachment", "attachments"):
        return lambda item: item.facts.attachments > 0
    if value == "inline":
        return lambda item: item.facts.inline > 0
    raise Refusal(UNUSABLE, detail=f"has:{value[:50]} is not known: has:attachment, has:inline.")


def _moment(value: str, zone: tzinfo) -> float:
    try:
        moment = datetime.fromisoformat(value.upper())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.timestamp()
    except (ValueError, OverflowError):
        raise Refusal(
            UNUSABLE, detail=f"{value[:50]} is no date: write 2026-01-31 or 2026-01-31T09:55:06Z."
        ) from None


def _before(value: str, zone: tzinfo) -> Test:
    moment = _moment(value, zone)
    return lambda item: item.facts.created < moment


def _after(value: str, zone: tzinfo) -> Test:
    moment = _moment(value, zone)
    return lambda item: item.facts.created >= moment


def _octets(value: str) -> int:
    match = _SIZE.fullmatch(value)
    if match is None:
        raise Refusal(UNUSABLE, detail=f"{value[:50]} is no size: write 2000, 10k or 5m.")
    return int(match[1]) * _UNITS[match[2].lower()]


def _larger(value: str, zone: tzinfo) -> Test:
    size = _octets(value)
    return lambda item: item.facts.size > size


def _smaller(value: str, zone: tzinfo) -> Test:
    size = _octets(value)
    return lambda item: item.facts.size < size


def _tag(value: str, zone: tzinfo) -> Test:
    return lambda item: value in (tag.lower() for tag in tags_of(item.entry))


def _account(value: str, zone: tzinfo) -> Test:
    return lambda item: any(copy.address == value for copy in item.entry.copies)


def _mailbox(value: str, zone: tzinfo) -> Test:
    return lambda item: any(copy.mailbox.name.lower() == value for copy in item.entry.copies)


def _zone(name: str) -> tzinfo:
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: no such zone
        raise Refusal(UNUSABLE, detail=f"There is no time zone {name[:50]!r}.") from None


_WORDS: dict[str, Callable[[str, tzinfo], Test]] = {
    "to": _in(lambda item: _people(item.facts.to)),
    "from": _in(lambda item: _people([item.facts.from_])),
    "cc": _in(lambda item: _people(item.facts.cc)),
    "bcc": _in(lambda item: _people(item.bcc)),
    "reply-to": _in(lambda item: _people(item.facts.reply_to)),
    "addressed": _in(
        lambda item: _people(
            [item.facts.from_, *item.facts.to, *item.facts.cc, *item.bcc, *item.facts.reply_to]
        )
    ),
    "subject": _in(lambda item: item.facts.subject),
    "message-id": _in(lambda item: item.facts.message_id),
    "tag": _tag,
    "is": _is,
    "has": _has,
    "before": _before,
    "after": _after,
    "larger": _larger,
    "smaller": _smaller,
    "account": _account,
    "mailbox": _mailbox,
}
