"""What FETCH is asked for (RFC 3501 §6.4.5, §9, fetch-att)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, get_args

from fakemail.imap import write
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.imap.grammar.strings import astring
from fakemail.message.section import Text
from fakemail.wire.abnf import ALPHA, DIGIT, of
from fakemail.wire.cursor import Cursor

_WORD = ALPHA.plus("attribute", DIGIT, of("dot and hyphen", ".-"))
DEEPEST = 100
"""Part numbers in one section."""


@dataclass(frozen=True, slots=True)
class Item:
    """An attribute without arguments: FLAGS, UID, ENVELOPE, ..."""

    name: str


@dataclass(frozen=True, slots=True)
class Body:
    """Octets of the message: BODY[...] and the RFC822 items that mean the same."""

    name: bytes
    """As the response spells it: ``BODY[1.2.HEADER]<0>``."""

    path: tuple[int, ...] = ()
    text: Text = ""
    fields: tuple[bytes, ...] = ()
    partial: tuple[int, int] | None = None
    """First octet and at most so many."""

    peek: bool = False
    """Does not set \\Seen."""


Attribute: TypeAlias = Item | Body

_ITEMS = (
    "FLAGS", "UID", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE", "BODY",
    "MODSEQ", "EMAILID", "THREADID", "X-GM-MSGID", "X-GM-THRID", "X-GM-LABELS",
)  # fmt: skip
EXTENSIONS = {
    "MODSEQ": "CONDSTORE", "EMAILID": "OBJECTID", "THREADID": "OBJECTID",
    "X-GM-MSGID": "X-GM-EXT-1", "X-GM-THRID": "X-GM-EXT-1", "X-GM-LABELS": "X-GM-EXT-1",
}  # fmt: skip
"""Items that came with an extension, and the capability that says it is there."""

_FAST = ("FLAGS", "INTERNALDATE", "RFC822.SIZE")
MACROS = {"FAST": _FAST, "ALL": (*_FAST, "ENVELOPE"), "FULL": (*_FAST, "ENVELOPE", "BODY")}
"""§6.4.5; only alone, never in parentheses."""

_RFC822 = {
    "RFC822": Body(b"RFC822"),
    "RFC822.HEADER": Body(b"RFC822.HEADER", text="HEADER", peek=True),
    "RFC822.TEXT": Body(b"RFC822.TEXT", text="TEXT"),
}
WANTED = "a message data item such as FLAGS, ENVELOPE or BODY[]"


def fetch_attributes(cursor: Cursor) -> tuple[Attribute, ...]:
    """("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")")

    Each attribute once, in the client's order.
    """
    if cursor.accept(b"("):
        found: dict[Attribute, None] = {}
        while True:
            found[fetch_attribute(cursor)] = None
            if cursor.accept(b")"):
                return tuple(found)
            cursor.space()
    start = cursor.at
    macro = MACROS.get(cursor.run(_WORD).decode("ascii").upper())
    if macro is not None:
        return tuple(map(Item, macro))
    cursor.at = start
    return (fetch_attribute(cursor),)


def fetch_attribute(cursor: Cursor) -> Attribute:
    """fetch-att"""
    start = cursor.at
    name = cursor.run(_WORD).decode("ascii").upper()
    if cursor.next == 0x5B and name in ("BODY", "BODY.PEEK"):
        return _body(cursor, peek=name == "BODY.PEEK")
    if name in _RFC822:
        return _RFC822[name]
    if name not in _ITEMS:
        cursor.fail(WANTED, start)
    return Item(name)


def _body(cursor: Cursor, peek: bool) -> Body:
    """section ["<" number "." nz-number ">"]

    section = "[" [section-spec] "]"
    """
    cursor.expect(b"[", "a section")
    path = _section_part(cursor)
    text: Text = ""
    fields: tuple[bytes, ...] = ()
    if cursor.next != 0x5D:
        text, fields = _section_text(cursor, inside_part=bool(path))
    cursor.expect(b"]", "the ] of a section")
    partial = None
    origin = b""
    if cursor.accept(b"<"):
        first = cursor.number("the first octet of a partial")
        cursor.expect(b".", "the . of a partial")
        partial = (first, cursor.number("the octet count of a partial", least=1))
        cursor.expect(b">", "the > of a partial")
        origin = b"<%d>" % first
    numbers = ".".join(map(str, path))
    name = f"{numbers}.{text}" if path and text else numbers or text
    listed = b" " + write.parenthesized(map(write.astring, fields)) if fields else b""
    return Body(
        b"BODY[%b%b]%b" % (name.encode("ascii"), listed, origin), path, text, fields, partial, peek
    )


def _section_part(cursor: Cursor) -> tuple[int, ...]:
    """section-part = nz-number *("." nz-number), and the "." before a section-text"""
    numbers: list[int] = []
    start = cursor.at
    while cursor.next in DIGIT:
        numbers.append(cursor.number("a part number", least=1))
        if len(numbers) > DEEPEST:
            cursor.fail(f"at most {DEEPEST} part numbers", start)
        if not cursor.accept(b"."):
            if cursor.next != 0x5D:
                cursor.fail("the ] of a section, or a .")
            break
        if cursor.next == 0x5D:
            cursor.fail("a part number or a section text such as MIME")
    return tuple(numbers)


def _section_text(cursor: Cursor, inside_part: bool) -> tuple[Text, tuple[bytes, ...]]:
    """section-text = section-msgtext / "MIME"

    section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
    """
    start = cursor.at
    word = cursor.run(ATOM_CHAR).decode("ascii").upper()
    for text in get_args(Text):
        if word == text and word and (text != "MIME" or inside_part):
            break
    else:
        wanted = "HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT or TEXT"
        cursor.fail(wanted + (" or MIME" if inside_part else " or a part number"), start)
    if not text.startswith("HEADER.FIELDS"):
        return text, ()
    cursor.space()
    cursor.expect(b"(", "a list of field names in parentheses")
    fields = [astring(cursor, "the name of a header field")]
    while not cursor.accept(b")"):
        cursor.space()
        fields.append(astring(cursor, "the name of a header field"))
    return text, tuple(fields)
