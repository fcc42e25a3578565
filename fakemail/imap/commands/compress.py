"""COMPRESS (RFC 4978)."""

from __future__ import annotations

from fakemail.imap.command import Command, Running
from fakemail.imap.session import Session, State
from fakemail.reasons.compress import COMPRESSION_ACTIVE
from fakemail.reasons.reason import Refusal
from fakemail.wire.cursor import Cursor
from fakemail.wire.effects import Compress


def parse_compress(cursor: Cursor) -> None:
    """compress = "COMPRESS" SP algorithm ; algorithm = "DEFLATE" """
    cursor.space()
    cursor.expect_word(b"DEFLATE", "DEFLATE")


def compress(session: Session, _: None) -> Running:
    """COMPRESS: after its tagged OK both sides send DEFLATE and nothing else (RFC 4978 §3)."""
    if session.compressed:
        raise Refusal(COMPRESSION_ACTIVE)
    session.compressed = True
    session.afterwards = Compress()
    yield from ()
    return b"OK DEFLATE active."


ROWS = (
    Command(
        name="COMPRESS",
        parse=parse_compress,
        run=compress,
        states=State.LOGGED_IN,
        cites="RFC 4978 §3",
        capability="COMPRESS=DEFLATE",
    ),
)
