"""FETCH and UID FETCH (RFC 3501 §6.4.5, §6.4.8).

Speed: responses without content are gathered into pieces of `PIECE` octets. Content goes out with
a text for the transcript that has its size instead; a large body is cut into slices, so that a
client that reads slowly holds up one message and not all of them. After each message that had to
be read from the disk, other sessions may have their turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from fakemail.imap import condstore, labels
from fakemail.imap.capabilities import require
from fakemail.imap.command import Command, Running
from fakemail.imap.command import Numbers as Uses
from fakemail.imap.commands.numbers import Found, Numbers, parser
from fakemail.imap.grammar.fetch_attributes import (
    EXTENSIONS,
    Attribute,
    Body,
    Item,
    fetch_attributes,
)
from fakemail.imap.grammar.modifiers import FetchModifiers, fetch_modifiers
from fakemail.imap.items import Source, content
from fakemail.imap.malformed import Conduct, conduct
from fakemail.imap.session import Session, State
from fakemail.imap.view import View
from fakemail.store.errors import MessageGone
from fakemail.store.index import Message
from fakemail.wire.cursor import Cursor
from fakemail.wire.effects import Shown

log = logging.getLogger("fakemail")

PIECE = 32768
SLICE = 65536
SEEN = "\\Seen"
FLAGS, UID, MODSEQ = Item("FLAGS"), Item("UID"), Item("MODSEQ")


@dataclass(frozen=True, slots=True)
class FetchArguments:
    """Which messages, and which data items of them."""

    numbers: Numbers
    attributes: tuple[Attribute, ...]
    modifiers: FetchModifiers


def fetch_parser(by_uid: bool) -> Callable[[Cursor], FetchArguments]:
    """FETCH's parser, for sequence numbers or UIDs."""
    numbers = parser(by_uid)

    def parse(cursor: Cursor) -> FetchArguments:
        """fetch = "FETCH" SP sequence-set SP ("ALL" / ... / "(" fetch-att *(SP fetch-att) ")")
        [fetch-modifiers]

        UID FETCH always answers with the UID too, and CHANGEDSINCE with MODSEQ.
        """
        messages = numbers(cursor)
        cursor.space()
        attributes = fetch_attributes(cursor)
        modifiers = fetch_modifiers(cursor, by_uid=by_uid)
        if by_uid and UID not in attributes:
            attributes = (UID, *attributes)
        if modifiers.changed_since is not None and MODSEQ not in attributes:
            attributes = (*attributes, MODSEQ)
        return FetchArguments(messages, attributes, modifiers)

    return parse


def fetch(session: Session, arguments: FetchArguments) -> Running:
    """FETCH; content sets \\Seen, unless it is peeked at or the mailbox is read-only."""
    view, modifiers = session.view, arguments.modifiers
    for each in arguments.attributes:
        if isinstance(each, Item) and each.name in EXTENSIONS:
            require(session, EXTENSIONS[each.name], each.name)
    if modifiers.vanished:
        condstore.need_qresync(session, "VANISHED")
    if MODSEQ in arguments.attributes:
        yield from condstore.needed(session, "MODSEQ")
    if modifiers.vanished:
        yield from _vanished(view, arguments)
    found = arguments.numbers.messages(view)
    if modifiers.partial is not None:  # counted before CHANGEDSINCE chooses (RFC 9394 §3.4)
        require(session, "PARTIAL", "PARTIAL")
        found.messages = list(modifiers.partial.of(found.messages))
    if modifiers.changed_since is not None:
        found.keep(changed_since(view, modifiers.changed_since))
    yield from answers(session, found, arguments.attributes)
    found.all_there()
    return b"OK FETCH completed."


def answers(
    session: Session, found: Found, attributes: tuple[Attribute, ...]
) -> Iterator[Shown | bytes]:
    """The FETCH responses about these messages."""
    view, how = session.view, conduct(session)
    if any(isinstance(each, Item) and each.name in labels.ITEMS for each in attributes):
        how = replace(how, items={**how.items, **labels.items(session)})
    bodies = [each for each in attributes if isinstance(each, Body)]
    if bodies:
        sees = not view.read_only and not all(body.peek for body in bodies)
        yield from _with_content(view, found, attributes, sees, how)
    else:
        yield from _without_content(view, found, attributes, how)


def changed_since(view: View, modseq: int) -> Callable[[Message], bool]:
    """Whether a message has a higher mod-sequence than that (RFC 7162 §3.1.4.1)."""
    of = view.mailbox.modseq
    return lambda message: of(message.uid) > modseq


def _vanished(view: View, arguments: FetchArguments) -> Iterator[bytes]:
    """VANISHED (EARLIER), which comes before every FETCH response; before it what vanished in this
    session, so that nothing is told in both ways (RFC 7162 §3.2.6, §3.2.10). ``*`` is here the
    last UID that ever was, since that may be the one that is gone."""
    yield view.flush(may_renumber=True)
    numbers, since = arguments.numbers.set, arguments.modifiers.changed_since
    if numbers.last_result:
        numbers = view.last_result
    bounds = numbers.bounds(view.mailbox.uid_next - 1)
    yield condstore.earlier(view.mailbox, since or 0, bounds)


def _without_content(
    view: View, found: Found, attributes: tuple[Attribute, ...], how: Conduct
) -> Iterator[bytes]:
    renders = [how.items[each.name] for each in attributes if isinstance(each, Item)]
    source = Source(view)
    turn = source.turn
    lines: list[bytes] = []
    size = 0
    for sequence, message in found.messages:
        turn(message)
        try:
            items = b" ".join([render(source) for render in renders])
        except MessageGone:
            found.missing = True
            continue
        line = b"* %d FETCH (%b)\r\n" % (sequence, items)
        if how.strays:
            line += how.stray(source, attributes)
        lines.append(line)
        size += len(line)
        if size > PIECE:
            yield b"".join(lines)
            lines.clear()
            size = 0
        elif source.was_read:
            yield b""
    if lines:
        yield b"".join(lines)


def _with_content(
    view: View, found: Found, attributes: tuple[Attribute, ...], sees: bool, how: Conduct
) -> Iterator[Shown | bytes]:
    source = Source(view)
    piece = _Piece()
    for sequence, message in found.messages:
        source.turn(message)
        wanted = attributes
        try:
            marked = sees and SEEN not in message.flags and _see(view, message)
            if marked:
                told = (UID, FLAGS, MODSEQ) if view.aware else (FLAGS,)
                wanted = (*(each for each in told if each not in wanted), *wanted)
            pieces, text = _response(sequence, source, wanted, how)
        except MessageGone:
            found.missing = True
            continue
        size = sum(map(len, pieces))
        if piece.size and piece.size + size > PIECE:
            yield piece.taken()
        if size > SLICE:
            yield Shown(b"", text)
            yield from _sliced(pieces)
        else:
            piece.add(b"".join(pieces), text)
            yield b""
    if piece.size:
        yield piece.taken()


def _sliced(pieces: list[bytes]) -> Iterator[Shown]:
    """A large response, cut; there is no second copy of the message in memory."""
    for piece in pieces:
        for start in range(0, len(piece), SLICE):
            yield Shown(piece[start : start + SLICE], b"")


class _Piece:
    """Responses that go out together."""

    __slots__ = ("_octets", "_texts", "size")

    def __init__(self) -> None:
        self._octets: list[bytes] = []
        self._texts: list[bytes] = []
        self.size = 0

    def add(self, octets: bytes, text: bytes) -> None:
        """One more response."""
        self._octets.append(octets)
        self._texts.append(text)
        self.size += len(octets)

    def taken(self) -> Shown:
        """All of them; then it is empty."""
        shown = Shown(b"".join(self._octets), b"\r\n".join(self._texts))
        self._octets, self._texts, self.size = [], [], 0
        return shown


def _see(view: View, message: Message) -> bool:
    """Set \\Seen; the FETCH response itself tells the client (§6.4.5).

    Where the folder cannot be written, the message is read all the same, and stays unseen.
    """
    try:
        changed = view.mailbox.change_flags([message.uid], "add", [SEEN])
    except OSError as error:
        log.warning("IMAP FETCH: the message stays unseen: %s", error)
        return False
    view.told(changed)
    return bool(changed)


def _response(
    sequence: int, source: Source, wanted: tuple[Attribute, ...], how: Conduct
) -> tuple[list[bytes], bytes]:
    """One FETCH response with content, in pieces, and what the transcript has of it."""
    pieces: list[bytes] = []
    texts: list[bytes] = []
    before = b"* %d FETCH (" % sequence
    for attribute in wanted:
        if isinstance(attribute, Item):
            text = how.items[attribute.name](source)
            pieces.append(before + text)
        elif (found := content(source, attribute)) is None:
            text = attribute.name + b" NIL"
            pieces.append(before + text)
        elif how.leaves_out_empty and not found:
            continue
        else:
            text = b"%b {%d}" % (attribute.name, len(found))
            pieces += (b"%b%b\r\n" % (before, text), found)
        texts.append(text)
        before = b" "
    pieces.append(b")\r\n" if pieces else before + b")\r\n")
    return pieces, b"* %d FETCH (%b)" % (sequence, b" ".join(texts))


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
