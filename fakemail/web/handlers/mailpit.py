"""What else Mailpit's clients ask for: the page of one message, and tags.

A tag is an IMAP keyword, so it has no spaces in it, and IMAP clients see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fakemail.message.content import content
from fakemail.message.part import parse
from fakemail.reasons.api import NO_SUCH_MESSAGE, NO_SUCH_PART
from fakemail.reasons.api_control import UNUSABLE
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MailboxError
from fakemail.web.describe import tags_of, tags_of_all
from fakemail.web.handlers.message import ID, octets_of
from fakemail.web.mail import Entry
from fakemail.web.office import Office
from fakemail.web.route import TEXT, Answer, Call, Content, Route

GROUP = "Messages"
Tag = Annotated[str, Meta(max_length=200)]


class ViewQuery(msgspec.Struct, frozen=True):
    """How the page shall be shown."""

    embed: Annotated[
        str, Meta(max_length=10, description="Mailpit's, for its frame; it changes nothing here.")
    ] = ""


class TagsBody(msgspec.Struct, frozen=True):
    """Which tags messages shall have."""

    IDs: list[str]
    Tags: list[Tag]


class TagName(msgspec.Struct, frozen=True):
    """What a tag shall be called."""

    Name: Annotated[str, Meta(min_length=1, max_length=200)]


def html(call: Call) -> Answer:
    """GET /view/{id}.html."""
    page = content(parse(octets_of(call))).html
    if not page:
        raise Refusal(NO_SUCH_PART, id=call.path["id"][:100], part="text/html")
    return Content(page.encode("utf-8", "replace"), "text/html; charset=utf-8")


def text(call: Call) -> Answer:
    """GET /view/{id}.txt."""
    return Content(content(parse(octets_of(call))).text.encode("utf-8", "replace"), TEXT)


def tags(call: Call) -> Answer:
    """GET /api/v1/tags."""
    return tags_of_all(call.office.mail.fresh())


def set_tags(call: Call) -> Answer:
    """PUT /api/v1/tags."""
    body: TagsBody = call.body
    mail = call.office.mail.fresh()
    for entry in filter(None, map(mail.get, body.IDs)):
        _change(entry, "remove", set(tags_of(entry)) - set(body.Tags))
        _change(entry, "add", body.Tags)
    return "ok"


def rename_tag(call: Call) -> Answer:
    """PUT /api/v1/tags/{tag}."""
    tag, name = call.path["tag"], call.body.Name
    for entry in _all(call.office):
        if tag in tags_of(entry):
            _change(entry, "add", [name])
            if name != tag:
                _change(entry, "remove", [tag])
    return "ok"


def delete_tag(call: Call) -> Answer:
    """DELETE /api/v1/tags/{tag}."""
    tag = call.path["tag"]
    for entry in _all(call.office):
        if tag in tags_of(entry):
            _change(entry, "remove", [tag])
    return "ok"


def _all(office: Office) -> list[Entry]:
    mail = office.mail.fresh()
    return [entry for entry in map(mail.get, mail.ids()) if entry is not None]


def _change(entry: Entry, how: Literal["add", "remove"], tags: Iterable[str]) -> None:
    flags = sorted(tags)
    if any(flag.startswith(("\\", "$")) for flag in flags):
        raise Refusal(UNUSABLE, detail="A tag begins with neither \\ nor $.")
    for copy in tuple(entry.copies):
        if flags and not copy.mailbox.gone:
            try:
                copy.mailbox.change_flags([copy.uid], how, flags)
            except MailboxError as error:
                raise Refusal(UNUSABLE, detail=str(error.because)) from None


_TAG = {"tag": "A tag."}

ROUTES = (
    Route(
        method="GET",
        path="/view/{id}.html",
        run=html,
        summary="The HTML of a message, where it has one; in it nothing can run or fetch anything",
        group=GROUP,
        path_help=ID,
        query=ViewQuery,
        media="text/html",
        errors=(NO_SUCH_MESSAGE, NO_SUCH_PART),
    ),
    Route(
        method="GET",
        path="/view/{id}.txt",
        run=text,
        summary="The text of a message",
        group=GROUP,
        path_help=ID,
        media=TEXT,
        errors=(NO_SUCH_MESSAGE,),
    ),
    Route(
        method="GET",
        path="/api/v1/tags",
        run=tags,
        summary="The tags (IMAP keywords) of all messages",
        group=GROUP,
        answer=list[str],
    ),
    Route(
        method="PUT",
        path="/api/v1/tags",
        run=set_tags,
        summary="Set the tags of messages",
        group=GROUP,
        body=TagsBody,
        any_case=True,
        media=TEXT,
        errors=(UNUSABLE,),
    ),
    Route(
        method="PUT",
        path="/api/v1/tags/{tag}",
        run=rename_tag,
        summary="Rename a tag",
        group=GROUP,
        body=TagName,
        any_case=True,
        media=TEXT,
        path_help=_TAG,
        errors=(UNUSABLE,),
    ),
    Route(
        method="DELETE",
        path="/api/v1/tags/{tag}",
        run=delete_tag,
        summary="Remove a tag from all messages",
        group=GROUP,
        media=TEXT,
        path_help=_TAG,
        errors=(UNUSABLE,),
    ),
)
