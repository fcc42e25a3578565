"""Waiting for mail: the answer comes the moment the messages are there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from fakemail.reasons.api_control import NOT_IN_TIME
from fakemail.reasons.auth import NO_SUCH_USER
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MessageGone, StoreError
from fakemail.web.handlers.sessions import recent
from fakemail.web.mail import Entry, id_of
from fakemail.web.models import Summary
from fakemail.web.office import Office
from fakemail.web.route import Call, Route
from fakemail.web.waits import Place, Wait
from fakemail.web.wanted import wanted

GROUP = "Waiting"

MOST_SESSIONS = 20
"""So many transcripts are in the answer to a wait that was in vain, the last ones."""


class WaitQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What is waited for; all that is given has to fit."""

    to: Annotated[
        str,
        Meta(
            description="Address of the account that gets the message (also by Bcc, also a further"
            " address of it); `@example.com` for everybody in a domain.",
            max_length=320,
        ),
    ] = ""
    from_: Annotated[str, Meta(description="Part of the From field.", max_length=1000)] = ""
    subject: Annotated[str, Meta(description="Part of the subject.", max_length=1000)] = ""
    mailbox: Annotated[
        str, Meta(description="Where it has to be; `*` for anywhere.", max_length=1000)
    ] = "INBOX"
    count: Annotated[
        int, Meta(description="How many messages are waited for.", ge=1, le=100_000)
    ] = 1
    since: Annotated[
        str,
        Meta(
            description="The `cursor` of an earlier answer: only what arrived after it counts.",
            pattern="^[0-9]{0,18}$",
        ),
    ] = ""
    timeout: Annotated[float, Meta(description="Seconds to wait at most.", ge=0, le=600)] = 10.0


class Arrived(msgspec.Struct):
    """The messages that were waited for."""

    cursor: str
    """Give it as `since` to the next wait: no mail is missed between the two."""
    count: int
    messages: list[Summary]


async def wait(call: Call) -> Arrived:
    """GET /api/v1/wait."""
    office, query = call.office, call.query
    began = office.clock.time()
    over = await _over(call)
    found = summaries(office, over.found)
    if over.satisfied:
        return Arrived(str(over.cursor), len(found), found)
    others = summaries(office, over.others)
    raise Refusal(
        NOT_IN_TIME,
        detail=f"{len(found)} of {query.count} messages were there after {query.timeout:g} s;"
        f" {len(others)} others arrived.",
        cursor=str(over.cursor),
        messages=found,
        arrived=others,
        sessions=recent(office, began - 1.0, MOST_SESSIONS),
    )


async def _over(call: Call) -> Wait:
    office, query = call.office, call.query
    meant = wanted(
        office.post_office.directory,
        to=query.to,
        sender=query.from_,
        subject=query.subject,
        mailbox=query.mailbox,
    )
    over: asyncio.Future[Wait] = asyncio.get_running_loop().create_future()
    waiting = office.waits.begin(
        meant,
        lambda wait: None if over.done() else over.set_result(wait),
        count=query.count,
        since=int(query.since) if query.since else None,
        timeout=query.timeout,
    )
    try:
        return await over
    finally:
        office.waits.cancel(waiting)


def summaries(office: Office, places: Iterable[Place]) -> list[Summary]:
    """The messages at these places, each once; what is gone again is left out."""
    found: dict[str, Summary] = {}
    for place in places:
        entry = entry_at(office, place)
        if entry is not None and entry.id not in found:
            with contextlib.suppress(MessageGone):
                found[entry.id] = office.describer.summary(entry)
    return list(found.values())


def entry_at(office: Office, place: Place) -> Entry | None:
    """The message at a place; None when it is gone."""
    try:
        home = office.post_office.store.home(place.address)
        mailbox = home.mailbox(place.mailbox)
        message = mailbox.get(place.uid)
    except (StoreError, OSError):
        return None
    return None if message is None else office.mail.get(id_of(mailbox, message))


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/wait",
        run=wait,
        summary="Wait for mail; answers the moment it is there",
        group=GROUP,
        answer=Arrived,
        query=WaitQuery,
        errors=(NOT_IN_TIME, NO_SUCH_USER),
    ),
)
