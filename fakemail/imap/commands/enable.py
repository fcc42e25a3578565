"""ENABLE (RFC 5161)."""

from __future__ import annotations

from fakemail.imap import condstore
from fakemail.imap.capabilities import ENABLEABLE, announced
from fakemail.imap.command import Command, Running
from fakemail.imap.grammar.strings import atom
from fakemail.imap.session import Session, State
from fakemail.wire.cursor import Cursor


def parse_enable(cursor: Cursor) -> list[str]:
    """enable = "ENABLE" 1*(SP capability)"""
    names: list[str] = []
    while not cursor.ended or not names:
        cursor.space()
        names.append(atom(cursor, "a capability name").decode("ascii").upper())
    return names


def enable(session: Session, names: list[str]) -> Running:
    """ENABLE switches extensions on; what is unknown or needs no switch is ignored (§3.1)."""
    can = [name for name in ENABLEABLE if announced(session, name)]
    now = [name for name in can if name in names and name not in session.enabled]
    session.enabled.update(now)
    if not session.desk.dialect.has("enable_untold"):
        yield " ".join(["* ENABLED", *now]).encode("ascii") + b"\r\n"
    if session.selected and not set(condstore.NAMES).isdisjoint(now):
        yield condstore.opened(session)
    return b"OK ENABLE completed."


ROWS = (
    Command(
        name="ENABLE",
        parse=parse_enable,
        run=enable,
        states=State.LOGGED_IN,
        cites="RFC 5161 §3.1",
        capability="ENABLE",
    ),
)
