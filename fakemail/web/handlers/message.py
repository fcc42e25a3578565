"""One message; as Mailpit has it, but looking at it does not mark it as read."""

from __future__ import annotations

from urllib.parse import quote

from fakemail.message.content import content, leaves
from fakemail.message.encoded_word import decode_words
from fakemail.message.header import header_of, unfold
from fakemail.message.part import parse
from fakemail.reasons.api import NO_SUCH_MESSAGE, NO_SUCH_PART
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MessageGone
from fakemail.web.mail import Entry
from fakemail.web.models import Message
from fakemail.web.route import TEXT, Answer, Call, Content, Route

GROUP = "Messages"
ID = {"id": "The ID of a message, or `latest`."}
_SHOWN = ("text/", "image/", "audio/", "video/", "application/", "message/", "font/", "model/")


def message(call: Call) -> Answer:
    """GET /api/v1/message/{id}."""
    entry = entry_of(call)
    try:
        return call.office.describer.message(entry)
    except MessageGone:
        raise Refusal(NO_SUCH_MESSAGE, id=call.path["id"]) from None


def headers(call: Call) -> Answer:
    """GET /api/v1/message/{id}/headers."""
    found: dict[str, list[str]] = {}
    for field in header_of(octets_of(call)).fields:
        if field.name:
            name = "-".join(
                word[:1].upper() + word[1:].lower()
                for word in field.name.decode("latin-1").split("-")
            )
            found.setdefault(name, []).append(decode_words(unfold(field.value)))
    return dict(sorted(found.items()))


def raw(call: Call) -> Answer:
    """GET /api/v1/message/{id}/raw: octet for octet."""
    return Content(octets_of(call), "text/plain; charset=utf-8")


def html(call: Call) -> Answer:
    """GET /api/v1/message/{id}/html: to be looked at; nothing in it can run or call home."""
    page = content(parse(octets_of(call))).html
    return Content(page.encode("utf-8", "replace"), "text/html; charset=utf-8")


def part(call: Call) -> Answer:
    """GET /api/v1/message/{id}/part/{part}."""
    wanted = call.path["part"]
    for leaf in leaves(parse(octets_of(call))):
        if leaf.section == wanted:
            media = leaf.media if leaf.media.startswith(_SHOWN) else "application/octet-stream"
            if any(c <= " " or c > "~" for c in media):
                media = "application/octet-stream"
            charset = leaf.part.content_type.get(b"charset")
            if charset and charset.replace(b"-", b"").replace(b"_", b"").isalnum():
                media += f"; charset={charset.decode('latin-1')}"
            name = quote(leaf.file_name or f"part-{wanted}")
            disposition = f"{'inline' if leaf.is_inline else 'attachment'}; filename*=utf-8''{name}"
            return Content(leaf.octets, media, headers={"Content-Disposition": disposition})
    raise Refusal(NO_SUCH_PART, id=call.path["id"], part=wanted[:100])


def entry_of(call: Call) -> Entry:
    """The message that the path names. Raises Refusal(api.no-such-message)."""
    id_ = call.path["id"]
    entry = call.office.mail.fresh().get(id_)
    if entry is None:
        raise Refusal(NO_SUCH_MESSAGE, id=id_[:100])
    return entry


def octets_of(call: Call) -> bytes:
    """The message that the path names. Raises Refusal(api.no-such-message)."""
    entry = entry_of(call)
    try:
        return entry.octets()
    except MessageGone:
        raise Refusal(NO_SUCH_MESSAGE, id=entry.id) from None


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/message/{id}",
        run=message,
        summary="One message: addresses, text, HTML, files, links, one-time codes",
        group=GROUP,
        path_help=ID,
        answer=Message,
        errors=(NO_SUCH_MESSAGE,),
    ),
    Route(
        method="GET",
        path="/api/v1/message/{id}/headers",
        run=headers,
        summary="All header fields, decoded; each name has a list",
        group=GROUP,
        path_help=ID,
        answer=dict[str, list[str]],
        errors=(NO_SUCH_MESSAGE,),
    ),
    Route(
        method="GET",
        path="/api/v1/message/{id}/raw",
        run=raw,
        summary="The message as it came, octet for octet",
        group=GROUP,
        path_help=ID,
        media=TEXT,
        errors=(NO_SUCH_MESSAGE,),
    ),
    Route(
        method="GET",
        path="/api/v1/message/{id}/html",
        run=html,
        summary="The HTML of a message, for a frame: nothing in it can run or fetch anything",
        group=GROUP,
        path_help=ID,
        media="text/html",
        errors=(NO_SUCH_MESSAGE,),
    ),
    Route(
        method="GET",
        path="/api/v1/message/{id}/part/{part}",
        run=part,
        summary="The content of one part, decoded",
        group=GROUP,
        path_help=ID | {"part": "A PartID of the message."},
        media="*/*",
        errors=(NO_SUCH_MESSAGE, NO_SUCH_PART),
    ),
)
