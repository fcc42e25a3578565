"""FETCH and UID FETCH (RFC 3501 §6.4.5, §6.4.8).

Speed: responses without content are gathered into pieces of `PIECE` octets. Content goes out with
a text for the transcript that has its size instead; a large body is cut into slices, so that a
client that reads slowly holds up one message and not all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fakemail.imap.command import Command, Running
from fakemail.imap.command import Numbers as Uses
from fakemail.imap.commands.numbers import Found, Numbers, parser
from fakemail.imap.grammar.fetch_attributes import (
    Attribute,
    Body,
    Item,
    fetch_attributes,
)
from fakemail.imap.items import Source, compile_items, content
from fakemail.imap.session import Session, State
from fakemail.imap.view import View
from fakemail.store.errors import MessageGone
from fakemail.store.index import Message
from fakemail.wire.cursor import Cursor
from fakemail.wire.effects import Effect, Shown

PIECE = 32768
SLICE = 65536
SEEN = "\\Seen"


@dataclass(frozen=True, slots=True)
class FetchArguments:
    """Which messages, and which data items of them."""

    numbers: Numbers
    attributes: tuple[Attribute, ...]


def fetch_parser(by_uid: bool) -> Callable[[Cursor], FetchArguments]:
    """FETCH's parser, for sequence numbers or UIDs."""
    numbers = parser(by_uid)

    def parse(cursor: Cursor) -> FetchArguments:
        """fetch = "FETCH" SP sequence-set SP ("ALL" / ... / "(" fetch-att *(SP fetch-att) ")")

        UID FETCH always answers with the UID too.
        """
        messages = numbers(cursor)
        cursor.space()
        attributes = fetch_attributes(cursor)
        if by_uid and Item("UID") not in attributes:
            attributes = (Item("UID"), *attributes)
        return FetchArguments(messages, attributes)

    return parse


def fetch(session: Session, arguments: FetchArguments) -> Running:
    """FETCH; content sets \\Seen, unless it is peeked at or the mailbox is read-only."""
    view = session.view
    found = arguments.numbers.messages(view)
    bodies = [each for each in arguments.attributes if isinstance(each, Body)]
    if bodies:
        sees = not view.read_only and not all(body.peek for body in bodies)
        yield from _with_content(view, found, arguments.attributes, sees)
    else:
        yield from _without_content(view, found, arguments.attributes)
    found.all_there()
    return b"OK FETCH completed."


def _without_content(
    view: View, found: Found, attributes: tuple[Attribute, ...]
) -> Iterator[bytes]:
    renders = compile_items(attributes)
    lines: list[bytes] = []
    size = 0
    for sequence, message in found.messages:
        source = Source(view, message)
        try:
            items = b" ".join([render(source) for render in renders])
        except MessageGone:
            found.missing = True
            continue
        line = b"* %d FETCH (%b)\r\n" % (sequence, items)
        lines.append(line)
        size += len(line)
        if size > PIECE:
            yield b"".join(lines)
            lines.clear()
            size = 0
    yield b"".join(lines)


def _with_content(
    view: View, found: Found, attributes: tuple[Attribute, ...], sees: bool
) -> Iterator[Effect]:
    for sequence, message in found.messages:
        wanted = attributes
        try:
            source = Source(view, message)
            marked = sees and SEEN not in message.flags and _see(view, message)
            if marked and Item("FLAGS") not in wanted:
                wanted = (Item("FLAGS"), *wanted)
            yield from _response(sequence, source, wanted)
        except MessageGone:
            found.missing = True


def _see(view: View, message: Message) -> bool:
    """Set \\Seen; the FETCH response itself tells the client (§6.4.5)."""
    changed = view.mailbox.change_flags([message.uid], "add", [SEEN])
    view.told(changed)
    return bool(changed)


def _response(sequence: int, source: Source, wanted: tuple[Attribute, ...]) -> Iterator[Effect]:
    """One FETCH response with content, in one piece or, when it is large, in several."""
    octets = [b"* %d FETCH (" % sequence]
    text = [octets[0]]
    space = b""
    for attribute in wanted:
        if isinstance(attribute, Item):
            item = space + compile_items([attribute])[0](source)
            octets.append(item)
            text.append(item)
        else:
            found = content(source, attribute)
            if found is None:
                head = b"%b%b NIL" % (space, attribute.name)
                octets.append(head)
            else:
                head = b"%b%b {%d}" % (space, attribute.name, len(found))
                octets += [head, b"\r\n", found]
            text.append(head)
        space = b" "
    octets.append(b")\r\n")
    text.append(b")")
    whole = b"".join(octets)
    yield Shown(whole[:SLICE], b"".join(text))
    for start in range(SLICE, len(whole), SLICE):
        yield Shown(whole[start : start + SLICE], b"")


ROWS = (
    Command(
        name="FETCH",
        parse=fetch_parser(by_uid=False),
        run=fetch,
        states=State.SELECTED,
        numbers=Uses.USES,
        looks_first=True,
        cites="RFC 3501 §6.4.5",
    ),
    Command(
        name="UID FETCH",
        parse=fetch_parser(by_uid=True),
        run=fetch,
        states=State.SELECTED,
        looks_first=True,
        cites="RFC 3501 §6.4.8",
    ),
)
