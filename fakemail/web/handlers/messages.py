"""Lists of messages, and what is done to many at a time; as Mailpit has it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from fakemail.reasons.api_control import UNUSABLE
from fakemail.store.errors import MessageGone
from fakemail.web.describe import tags_of_all
from fakemail.web.mail import Entry
from fakemail.web.models import Messages, Summary
from fakemail.web.office import Office
from fakemail.web.route import TEXT, Answer, Call, Route
from fakemail.web.search import Item, query

GROUP = "Messages"
MOST = 10_000
"""Messages of one answer."""

SLICE = 0.01
"""Seconds of work after which others have their turn."""

Start = Annotated[int, Meta(ge=0, le=2**53, description="How many of the newest to leave out.")]
Limit = Annotated[int, Meta(ge=0, le=MOST, description="How many at most.")]
Words = Annotated[str, Meta(max_length=10_000, description="What to look for, in query words.")]
Zone = Annotated[
    str, Meta(max_length=100, description="Time zone of `before:` and `after:`, Europe/Rome.")
]


class ListQuery(msgspec.Struct, frozen=True):
    """Which page of the list."""

    start: Start = 0
    limit: Limit = 50


class SearchQuery(msgspec.Struct, frozen=True):
    """What to look for, and which page of it."""

    query: Words
    start: Start = 0
    limit: Limit = 50
    tz: Zone = ""


class WordsQuery(msgspec.Struct, frozen=True):
    """What to look for."""

    query: Words
    tz: Zone = ""


class ZoneQuery(msgspec.Struct, frozen=True):
    """Where days begin."""

    tz: Zone = ""


class MarkBody(msgspec.Struct, frozen=True):
    """Without `IDs` and `Search`: all messages."""

    Read: bool = False
    IDs: list[str] = []
    Search: Annotated[str, Meta(max_length=10_000)] = ""


class DeleteBody(msgspec.Struct, frozen=True):
    """Without `IDs`: all messages."""

    IDs: list[str] = []


async def list_messages(call: Call) -> Answer:
    """GET /api/v1/messages."""
    mail = call.office.mail.fresh()
    shown = await _summaries(call.office, mail.page(call.query.start, call.query.limit))
    return _envelope(call.office, shown, call.query.start, len(mail), mail.unread)


async def search(call: Call) -> Answer:
    """GET /api/v1/search."""
    asked = call.query
    found = await matching(call.office, asked.query, asked.tz)
    shown = await _summaries(call.office, found[asked.start : asked.start + asked.limit])
    unread = sum(not entry.read for entry in found)
    return _envelope(call.office, shown, asked.start, len(found), unread)


async def mark(call: Call) -> Answer:
    """PUT /api/v1/messages."""
    body: MarkBody = call.body or MarkBody()
    mail = call.office.mail.fresh()
    if body.Search and not body.IDs:
        chosen = await matching(call.office, body.Search, call.query.tz)
    else:
        chosen = _chosen(call.office, body.IDs)
    mail.mark(chosen, body.Read)
    return "ok"


def delete(call: Call) -> Answer:
    """DELETE /api/v1/messages."""
    body: DeleteBody = call.body or DeleteBody()
    call.office.mail.fresh().delete(_chosen(call.office, body.IDs))
    return "ok"


async def delete_found(call: Call) -> Answer:
    """DELETE /api/v1/search."""
    found = await matching(call.office, call.query.query, call.query.tz)
    call.office.mail.delete(found)
    return "ok"


async def matching(office: Office, words: str, zone: str = "") -> list[Entry]:
    """The messages that a query means, the newest first; in slices, so others have their turn."""
    asked = query(words, zone)
    mail = office.mail.fresh()
    found = []
    pause = _Pause(office)
    for id_ in mail.ids():
        entry = mail.get(id_)
        if entry is None:
            continue
        try:
            if asked.fits(Item(entry, office.describer)):
                found.append(entry)
        except MessageGone:
            continue
        await pause()
    return found


async def _summaries(office: Office, entries: Iterable[Entry]) -> list[Summary]:
    shown = []
    pause = _Pause(office)
    for entry in entries:
        try:
            shown.append(office.describer.summary(entry))
        except MessageGone:
            continue
        await pause()
    return shown


class _Pause:
    """Lets others in when the slice is over."""

    def __init__(self, office: Office) -> None:
        self._clock = office.clock
        self._until = self._clock.monotonic() + SLICE

    async def __call__(self) -> None:
        if self._clock.monotonic() >= self._until:
            await asyncio.sleep(0)
            self._until = self._clock.monotonic() + SLICE


def _chosen(office: Office, ids: list[str]) -> list[Entry]:
    """These, or all; unknown ones are left out, as Mailpit does."""
    mail = office.mail
    found = (mail.get(id_) for id_ in dict.fromkeys(ids or mail.ids()))
    return [entry for entry in found if entry is not None]


def _envelope(
    office: Office, shown: list[Summary], start: int, matched: int, unread: int
) -> Messages:
    mail = office.mail
    return Messages(
        total=len(mail),
        unread=mail.unread,
        count=len(shown),
        messages_count=matched,
        messages_unread=unread,
        start=start,
        tags=tags_of_all(mail),
        messages=shown,
    )


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/messages",
        run=list_messages,
        summary="All messages, the newest first",
        group=GROUP,
        query=ListQuery,
        answer=Messages,
    ),
    Route(
        method="PUT",
        path="/api/v1/messages",
        run=mark,
        summary="Mark messages as read or unread",
        group=GROUP,
        query=ZoneQuery,
        errors=(UNUSABLE,),
        body=MarkBody,
        any_case=True,
        body_needed=False,
        media=TEXT,
    ),
    Route(
        method="DELETE",
        path="/api/v1/messages",
        run=delete,
        summary="Delete messages",
        group=GROUP,
        body=DeleteBody,
        any_case=True,
        body_needed=False,
        media=TEXT,
    ),
    Route(
        method="GET",
        path="/api/v1/search",
        run=search,
        summary="The messages that a query means, the newest first",
        group=GROUP,
        query=SearchQuery,
        errors=(UNUSABLE,),
        answer=Messages,
    ),
    Route(
        method="DELETE",
        path="/api/v1/search",
        run=delete_found,
        summary="Delete the messages that a query means",
        group=GROUP,
        query=WordsQuery,
        errors=(UNUSABLE,),
        media=TEXT,
    ),
)
