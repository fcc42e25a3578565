"""Everything that happens, as server-sent events (the HTML standard, "Server-sent events")."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from fakemail.web.events import Event, Kind, Reader
from fakemail.web.handlers.wait import summaries
from fakemail.web.office import Office
from fakemail.web.route import Call, Route, Stream
from fakemail.web.waits import Place

HEARTBEAT = 15.0
"""Seconds without an event after which a comment goes out, so that nobody in between hangs up."""

BATCH = 64
"""Events in one write."""


class EventQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which events."""

    kind: Annotated[
        list[Kind], Meta(description="Only these (repeat for several); a `gap` is always told.")
    ] = []
    address: Annotated[str, Meta(description="Only this account's.", max_length=320)] = ""
    last_id: Annotated[
        str, Meta(description="As the field Last-Event-ID: go on behind this event.")
    ] = ""


def events(call: Call) -> Stream:
    """GET /api/v1/events."""
    query: EventQuery = call.query
    last_id = call.headers.get("last-event-id") or query.last_id or None
    return Stream(_pieces(call.office, query, last_id), "text/event-stream")


async def _pieces(office: Office, query: EventQuery, last_id: str | None) -> AsyncIterator[bytes]:
    more = asyncio.Event()
    reader = office.events.open(last_id, more.set)
    address = query.address.lower()
    try:
        yield b"retry: 1000\n\n"
        while True:
            more.clear()
            taken, octets = _batch(office, reader, query.kind, address)
            if octets:
                yield octets
            elif not taken:
                try:
                    await asyncio.wait_for(more.wait(), HEARTBEAT)
                except TimeoutError:
                    yield b": nothing happened\n\n"
    finally:
        reader.close()


def _batch(office: Office, reader: Reader, kinds: list[Kind], address: str) -> tuple[int, bytes]:
    """How many events were taken, and those of them that are wanted."""
    pieces: list[bytes] = []
    for taken in range(BATCH):
        found = reader.take()
        if found is None:
            return taken, b"".join(pieces)
        id_, event = found
        fits = event.kind in kinds or not kinds
        if event.kind == "gap" or (fits and address in ("", event.facts.get("address"))):
            pieces.append(_written(office, id_, event))
    return BATCH, b"".join(pieces)


def _written(office: Office, id_: str, event: Event) -> bytes:
    facts: dict[str, Any] = dict(event.facts)
    if event.kind == "message":
        found = summaries(office, [Place(facts["address"], facts["mailbox"], facts["uid"])])
        facts["message"] = found[0] if found else None
    data = msgspec.json.encode(facts)
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (id_.encode(), event.kind.encode(), data)


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/events",
        run=events,
        summary="Messages, flags, sessions, logins and refusals as they happen",
        group="Waiting",
        media="text/event-stream",
        query=EventQuery,
    ),
)
