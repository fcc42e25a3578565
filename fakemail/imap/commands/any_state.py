"""CAPABILITY, NOOP, LOGOUT and ID: in any state (RFC 3501 §6.1; RFC 2971)."""

from __future__ import annotations

from fakemail import __version__
from fakemail.imap import write
from fakemail.imap.capabilities import capabilities
from fakemail.imap.command import Command, Running, nothing
from fakemail.imap.grammar.strings import nstring, string
from fakemail.imap.session import Session, State
from fakemail.imap.wording import untagged
from fakemail.wire.cursor import Cursor
from fakemail.wire.effects import Close

ID_FIELDS = 30
"""RFC 2971 §3.3: at most 30 field-value pairs, fields up to 30 octets, values up to 1024."""


def capability(session: Session, _: None) -> Running:
    """CAPABILITY lists what the server can do (RFC 3501 §6.1.1)."""
    yield b"* CAPABILITY %b\r\n" % capabilities(session)
    return b"OK CAPABILITY completed."


def noop(session: Session, _: None) -> Running:
    """NOOP does nothing, and so is the moment to hear of changes (RFC 3501 §6.1.2)."""
    yield from ()
    return b"OK NOOP completed."


def logout(session: Session, _: None) -> Running:
    """LOGOUT ends the session; BYE comes before the tagged OK (RFC 3501 §6.1.3)."""
    bye = untagged(session, "imap.logout") or b"* BYE Logging out.\r\n"
    yield bye * 2 if session.desk.dialect.has("bye_twice") else bye
    session.unselect()
    session.ended = True
    session.afterwards = Close()
    return b"OK LOGOUT completed."


def parse_id(cursor: Cursor) -> None:
    """id = "ID" SP id-params-list ; id-params-list = "(" *(string SP nstring) ")" / nil"""
    cursor.space()
    if cursor.accept_word(b"NIL"):
        return
    cursor.expect(b"(", "NIL or a list of fields in parentheses")
    count = 0
    while not cursor.accept(b")"):
        if count:
            cursor.space()
        start = cursor.at
        if len(string(cursor, "the name of a field")) > 30:
            cursor.fail("a field name of at most 30 octets", start)
        cursor.space()
        start = cursor.at
        if len(nstring(cursor, "the value of a field, or NIL") or b"") > 1024:
            cursor.fail("a value of at most 1024 octets", start)
        count += 1
        if count > ID_FIELDS:
            cursor.fail(f"at most {ID_FIELDS} fields", start)


def id_(session: Session, _: None) -> Running:
    """ID tells who is who; what the client says stands in the transcript (RFC 2971 §3.1)."""
    session.said_id = True
    fields = (b"name", b"fakemail", b"version", __version__.encode("ascii"))
    ours = b"* ID %b\r\n" % write.parenthesized(map(write.string, fields))
    yield untagged(session, "imap.id") or ours
    return b"OK ID completed."


ROWS = (
    Command(
        name="CAPABILITY",
        parse=nothing,
        run=capability,
        states=State.ANY,
        cites="RFC 3501 §6.1.1",
    ),
    Command(name="NOOP", parse=nothing, run=noop, states=State.ANY, cites="RFC 3501 §6.1.2"),
    Command(name="LOGOUT", parse=nothing, run=logout, states=State.ANY, cites="RFC 3501 §6.1.3"),
    Command(
        name="ID",
        parse=parse_id,
        run=id_,
        states=State.ANY,
        cites="RFC 2971 §3.1",
        capability="ID",
    ),
)
