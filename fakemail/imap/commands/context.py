"""CANCELUPDATE (RFC 5267 §4.3.5).

RETURN (CONTEXT) is a hint, which we take and do nothing with (§4.2). RETURN (UPDATE) is refused in
the way that §4.3.1 has for it: an untagged NO [NOUPDATE] beside the results. So there never is an
update to cancel; where a client does it all the same, nothing is left of it, as it wished.
"""

from __future__ import annotations

from fakemail.imap.command import Command, Running
from fakemail.imap.grammar.strings import quoted
from fakemail.imap.session import Session, State
from fakemail.wire.cursor import Cursor


def parse_cancel(cursor: Cursor) -> None:
    """command-select =/ "CANCELUPDATE" 1*(SP quoted)"""
    cursor.space()
    quoted(cursor)
    while not cursor.ended:
        cursor.space()
        quoted(cursor)


def cancel(_session: Session, _: None) -> Running:
    """CANCELUPDATE ends updates."""
    yield from ()
    return b"OK No further updates."


ROWS = (
    Command(
        name="CANCELUPDATE",
        parse=parse_cancel,
        run=cancel,
        states=State.SELECTED,
        cites="RFC 5267 §4.3.5",
        capability="CONTEXT",
    ),
)
