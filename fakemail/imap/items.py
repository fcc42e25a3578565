"""Message data items: how each is found out (RFC 3501 §7.4.2).

Each is a function from a `Source` to octets, which FETCH runs for every message. A source reads
as little of the message as is asked for, once.

ENVELOPE, BODY, BODYSTRUCTURE and the object IDs of a message never change, so what was rendered is
kept, for all sessions, as long as the mailbox object lives; `KEPT` of them at most, and none that
is large.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from weakref import WeakKeyDictionary

from fakemail.imap import objectid, structure
from fakemail.imap.grammar.dates import write_date_time
from fakemail.imap.grammar.fetch_attributes import Body
from fakemail.imap.view import View
from fakemail.message.envelope import envelope as envelope_of
from fakemail.message.header import body_offset, header_of
from fakemail.message.part import Part, parse
from fakemail.message.section import section
from fakemail.message.structure import structure as structure_of
from fakemail.store.index import Message
from fakemail.store.mailbox import Mailbox

KEPT = 50_000
"""Rendered items that are kept for one mailbox."""

LARGEST_KEPT = 4096
"""Octets of the largest of them; the usual one has 300."""

HELD = 65536
"""Octets from which a message that is fetched in pieces stays in memory meanwhile."""

HOLDERS = 8
"""Sessions that may have such a message at a time; the others read it again for each piece."""

_kept: WeakKeyDictionary[Mailbox, dict[tuple[int, str], bytes]] = WeakKeyDictionary()
_holders: list[View] = []


class Source:
    """The message that is being fetched; `turn` goes on to the next."""

    __slots__ = ("_head", "_octets", "_part", "message", "view", "was_read")

    message: Message

    def __init__(self, view: View) -> None:
        self.view = view
        self.was_read = True
        """Whether anything of this message was read from the disk."""
        self._octets: bytes | None = None
        self._head: bytes | None = None
        self._part: Part | None = None

    def turn(self, message: Message) -> None:
        """Forget the message before."""
        self.message = message
        if self.was_read:
            self.was_read = False
            self._octets = self._head = self._part = None

    @property
    def octets(self) -> bytes:
        """The whole message. Raises MessageGone."""
        if self._octets is None:
            self.was_read = True
            held = self.view.held
            if held is not None and held[0] == self.message.uid:
                self._part = held[1]
                self._octets = self._part.source
            else:
                self._octets = self.view.mailbox.read(self.message.uid)
        return self._octets

    @property
    def head(self) -> bytes:
        """The header with its blank line, and nothing more. Raises MessageGone."""
        if self._head is None:
            self.was_read = True
            octets = self._octets
            if octets is None:
                octets = self.view.mailbox.read_head(self.message.uid)
            self._head = octets[: body_offset(octets)]
        return self._head

    @property
    def part(self) -> Part:
        """The MIME tree. Raises MessageGone."""
        octets = self.octets  # which may know the tree already
        if self._part is None:
            self._part = parse(octets)
        return self._part


Render: TypeAlias = Callable[[Source], bytes]


def _envelope(source: Source) -> bytes:
    return structure.envelope(envelope_of(header_of(source.head)))


def _body(source: Source) -> bytes:
    return structure.body(structure_of(source.part), extensible=False)


def _bodystructure(source: Source) -> bytes:
    return structure.body(structure_of(source.part), extensible=True)


def _email_id(source: Source) -> bytes:
    return b"(%b)" % objectid.email_id(source.octets, source.message.internal_date)


def _thread_id(source: Source) -> bytes:
    return b"(%b)" % objectid.thread_id(header_of(source.head), source.message.internal_date)


def _kept_item(name: str, render: Render) -> Render:
    """The same, once per message."""

    def look(source: Source) -> bytes:
        kept = _kept.get(source.view.mailbox)
        if kept is None:
            kept = _kept[source.view.mailbox] = {}
        key = (source.message.uid, name)
        found = kept.get(key)
        if found is None:
            found = name.encode("ascii") + b" " + render(source)
            if len(found) <= LARGEST_KEPT:
                if len(kept) >= KEPT:
                    kept.clear()
                kept[key] = found
        return found

    return look


ITEMS: dict[str, Render] = {
    "FLAGS": lambda source: b"FLAGS " + source.view.flags(source.message),
    "UID": lambda source: b"UID %d" % source.message.uid,
    "INTERNALDATE": lambda source: b"INTERNALDATE " + write_date_time(source.message.internal_date),
    "RFC822.SIZE": lambda source: b"RFC822.SIZE %d" % source.message.size,
    "ENVELOPE": _kept_item("ENVELOPE", _envelope),
    "BODY": _kept_item("BODY", _body),
    "BODYSTRUCTURE": _kept_item("BODYSTRUCTURE", _bodystructure),
    "MODSEQ": lambda source: source.view.modseq(source.message.uid),
    "EMAILID": _kept_item("EMAILID", _email_id),
    "THREADID": _kept_item("THREADID", _thread_id),
}
"""Everything that is not message content."""


def content(source: Source, wanted: Body) -> bytes | None:
    """The octets of BODY[...]; None (NIL) when there is no such part."""
    if not wanted.path and wanted.text.startswith("HEADER"):
        found: bytes | None = (
            source.head
            if wanted.text == "HEADER"
            else header_of(source.head).select(
                wanted.fields, negate=wanted.text == "HEADER.FIELDS.NOT"
            )
        )
    elif not wanted.path and wanted.text == "":
        found = source.octets
    else:
        found = section(source.part, wanted.path, wanted.text, wanted.fields)
    if found is not None and wanted.partial is not None:
        first, count = wanted.partial
        _hold(source, first + count < len(found))
        found = found[first : first + count]
    return found


def _hold(source: Source, goes_on: bool) -> None:
    """Clients fetch large messages piece by piece: keep the one that is being read, up to its
    last piece, so that each piece does not cost the whole. Who came first gives way."""
    view = source.view
    if not goes_on or source.message.size <= HELD:
        view.held = None
        return
    if view.held is None:
        holders = [each for each in _holders if each.held is not None]
        if len(holders) >= HOLDERS:
            holders.pop(0).held = None
        _holders[:] = [*holders, view]
    view.held = (source.message.uid, source.part)
