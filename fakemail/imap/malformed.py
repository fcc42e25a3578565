"""Answers to FETCH as some providers malform them (`dialects/rules.py`): for parsers to be tested.

Each is as precise as its report: where that says "some messages", a trait of the message decides
which, so that the same message is always answered in the same way.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fakemail.dialects.dialect import Dialect
from fakemail.imap import structure
from fakemail.imap.grammar.fetch_attributes import Attribute, Item
from fakemail.imap.items import ITEMS, Render, Source
from fakemail.imap.session import Session
from fakemail.imap.write import nstring, parenthesized
from fakemail.message.address import Address
from fakemail.message.encoded_word import decode_words
from fakemail.message.envelope import Addresses, Envelope
from fakemail.message.envelope import envelope as envelope_of
from fakemail.message.header import header_of
from fakemail.message.structure import EMPTY, Multi, Structure
from fakemail.message.structure import structure as structure_of

STRAY = b"* OK [PARSE] Missing parameter\r\n"
_PARSED = frozenset({"ENVELOPE", "BODY", "BODYSTRUCTURE"})


@dataclass(frozen=True, slots=True)
class Conduct:
    """How FETCH answers in one session."""

    items: Mapping[str, Render]
    leaves_out_empty: bool = False
    """BODY[...] of a part without content is not in the answer at all."""

    strays: bool = False
    """A line about parsing stands after what is told of a message whose Content-Type has no
    parameter."""

    def stray(self, source: Source, attributes: tuple[Attribute, ...]) -> bytes:
        """What follows the response about this message."""
        parsed = any(isinstance(each, Item) and each.name in _PARSED for each in attributes)
        if not (self.strays and parsed):
            return b""
        value = header_of(source.head).get(b"content-type") or b""
        return b"" if b";" in value else STRAY


USUAL = Conduct(ITEMS)


def conduct(session: Session) -> Conduct:
    """How this provider answers."""
    dialect = session.desk.dialect
    if not dialect.rules:
        return USUAL
    items = dict(ITEMS)
    if any(map(dialect.has, _ENVELOPE)):
        address = session.login.address if session.login else ""
        items["ENVELOPE"] = lambda source: b"ENVELOPE " + _envelope(source, dialect, address)
    if dialect.has("empty_multipart_structure"):
        items["BODY"] = lambda source: b"BODY " + _body(source, extensible=False)
        items["BODYSTRUCTURE"] = lambda source: b"BODYSTRUCTURE " + _body(source, extensible=True)
    if dialect.has("internaldate_bare_day"):
        items["INTERNALDATE"] = lambda source: ITEMS["INTERNALDATE"](source).replace(b'"0', b'"')
    if dialect.has("modseq_minus_one"):
        items["MODSEQ"] = lambda source: b"MODSEQ (-1)"
    return Conduct(items, dialect.has("fetch_without_body"), dialect.has("stray_parse_lines"))


# -- ENVELOPE --------------------------------------------------------------------------------

_ENVELOPE = (
    "envelope_nine_fields",
    "envelope_gbk",
    "envelope_own_name",
    "envelope_stray_backslash",
)


def _envelope(source: Source, dialect: Dialect, own: str) -> bytes:
    of = envelope_of(header_of(source.head))
    if dialect.has("envelope_own_name"):
        of = of._replace(to=_own_name(of.to, own))
    if dialect.has("envelope_gbk"):
        of = _in_gbk(of)
    from_ = structure.addresses(of.from_)
    backslash = dialect.has("envelope_stray_backslash") and from_.endswith(b'"))')
    fields = [
        nstring(of.date),
        nstring(of.subject),
        from_[:-3] + b'\\"))' if backslash else from_,
        structure.addresses(of.sender),
        structure.addresses(of.reply_to),
        structure.addresses(of.to),
        structure.addresses(of.cc),
        structure.addresses(of.bcc),
        nstring(of.in_reply_to),
        nstring(of.message_id),
    ]
    if dialect.has("envelope_nine_fields"):
        if not of.to:
            del fields[5]
        elif not of.bcc:
            del fields[7]
    return parenthesized(fields)


def _own_name(addresses: Addresses, own: str) -> Addresses:
    """The account's own name (that of its mailbox) in the place of what the sender called it."""
    return addresses and tuple(
        address._replace(name=address.mailbox) if _text(address) == own.lower() else address
        for address in addresses
    )


def _text(address: Address) -> str:
    return (
        (b"%b@%b" % (address.mailbox or b"", address.host or b""))
        .decode("utf-8", "replace")
        .lower()
    )


def _in_gbk(of: Envelope) -> Envelope:
    """Names that are not ASCII, encoded anew."""

    def renamed(addresses: Addresses) -> Addresses:
        return addresses and tuple(each._replace(name=_gbk(each.name)) for each in addresses)

    return of._replace(
        from_=renamed(of.from_),
        sender=renamed(of.sender),
        reply_to=renamed(of.reply_to),
        to=renamed(of.to),
        cc=renamed(of.cc),
        bcc=renamed(of.bcc),
    )


def _gbk(name: bytes | None) -> bytes | None:
    text = decode_words(name) if name else ""
    if not name or text.isascii():
        return name
    try:
        return b"=?GBK?B?%b?=" % b64encode(text.encode("gbk"))
    except UnicodeEncodeError:
        return name


# -- BODYSTRUCTURE ---------------------------------------------------------------------------


def _body(source: Source, extensible: bool) -> bytes:
    return structure.body(_emptied(structure_of(source.part)), extensible)


def _emptied(of: Structure) -> Structure:
    """A multipart in which no parts were found has none here either."""
    if isinstance(of, Multi):
        return replace(of, children=tuple(_emptied(c) for c in of.children if c is not EMPTY))
    return of if of.message is None else replace(of, message=_emptied(of.message))
