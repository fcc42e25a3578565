"""How responses are spelled: one line, or lines up to a dot (RFC 1939 §3)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fakemail.wire.effects import Effects, Shown

PIECE = 64 * 1024
"""A message larger than this goes out in pieces of this size."""

END = b".\r\n"

_LINE_WITH_DOT = re.compile(rb"\r\n\.")  # much faster here than bytes.replace


def ok(text: str = "") -> bytes:
    """``+OK`` and the text."""
    return f"+OK {text}\r\n".encode() if text else b"+OK\r\n"


def listing(status: bytes, lines: Iterable[str]) -> bytes:
    """A multi-line response: its status line, then lines that never begin with a dot."""
    return status + "\r\n".join((*lines, ".\r\n")).encode()


def message(status: bytes, octets: bytes) -> Effects:
    """A status line and a message: every octet as it is, dots stuffed.

    A message whose last line has no CRLF gets one, because the terminator is "CRLF.CRLF" (§3);
    nothing else is added, and the message itself stays as it is. The transcript shows how many
    octets went by rather than the octets.
    """
    shown = b"%s(%d octets)\r\n." % (status, len(octets))
    stuffed = stuff(octets)
    end = END if stuffed.endswith(b"\r\n") or not stuffed else b"\r\n" + END
    if len(stuffed) <= PIECE:
        return (Shown(b"".join((status, stuffed, end)), shown),)
    return _pieces(status, shown, stuffed, end)


def _pieces(status: bytes, shown: bytes, stuffed: bytes, end: bytes) -> Effects:
    yield Shown(status, shown)
    for at in range(0, len(stuffed), PIECE):
        yield Shown(stuffed[at : at + PIECE], b"")
    yield Shown(end, b"")


def stuff(octets: bytes) -> bytes:
    """A dot in front of every line that begins with one; only CRLF ends a line."""
    stuffed = _LINE_WITH_DOT.sub(b"\r\n..", octets)
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
