"""ENABLE (RFC 5161)."""

from __future__ import annotations

from fakemail.imap.capabilities import ENABLEABLE
from fakemail.imap.command import Command, Running
from fakemail.imap.grammar.strings import atom
from fakemail.imap.session import Session, State
from fakemail.wire.cursor import Cursor

CLAIMED = ("UTF8=ACCEPT",)
"""Said to be enabled where a provider lists it: clients then send what it does not understand."""


def parse_enable(cursor: Cursor) -> list[str]:
    """enable = "ENABLE" 1*(SP capability)"""
    names: list[str] = []
    while not cursor.ended or not names:
        cursor.space()
        names.append(atom(cursor, "a capability name").decode("ascii").upper())
    return names


def enable(session: Session, names: list[str]) -> Running:
    """ENABLE switches extensions on; what is unknown or needs no switch is ignored (§3.1)."""
    now = [name for name in ENABLEABLE if name in names and name not in session.enabled]
    session.enabled.update(now)
    dialect = session.desk.dialect
    if not dialect.has("enable_untold"):
        now += [name for name in names if name in CLAIMED and name in _listed(session)]
        yield " ".join(["* ENABLED", *now]).encode("ascii") + b"\r\n"
    return b"OK ENABLE completed."


def _listed(session: Session) -> tuple[str, ...]:
    return session.desk.dialect.capability(True, session.desk.tls is not None) or ()


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
