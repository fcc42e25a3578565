"""The end of DATA, and dot-stuffing undone, on a stream cut anywhere (RFC 5321 §4.5.2).

Only CR LF "." CR LF ends the content, where the CR LF before the dot may be that of the DATA
command itself. Every other dot after CR LF is removed; a dot after a bare CR or a bare LF is
content (this is what SMTP smuggling plays with, so there is no leniency here).

One regular expression splits a chunk at every CR LF "." and says where CR LF follows: end and
stuffed dots are found in one pass, twice as fast as by searching and replacing. A chunk without
any dot, such as base64, is not even split. What could be the beginning of the end at the end of a
chunk is held back until the next one.
"""

from __future__ import annotations

import re

_DOT = re.compile(rb"\r\n\.(\r\n)?")
_CRLF = b"\r\n"
_BEGINNINGS = (b"\r\n.\r", b"\r\n.", b"\r\n", b"\r")


class DotReader:
    """Takes chunks of the stream, gives the content in them."""

    __slots__ = ("_drop", "_held", "ended", "rest")

    def __init__(self) -> None:
        self._held = _CRLF  # the line end of the DATA command, which is not content
        self._drop = 2
        self.ended = False
        self.rest = b""
        """What followed the end; belongs to the next command."""

    def feed(self, chunk: bytes) -> bytes:
        """The content that is certain now; maybe none."""
        octets = self._held + chunk if self._held else chunk
        # text, what followed its CR LF ".", text, what followed ..., text
        pieces = _DOT.split(octets) if b"." in octets else [octets]
        followed = pieces[1::2]
        if _CRLF in followed:
            dots = followed.index(_CRLF)
            content = _CRLF.join(pieces[: 2 * dots + 1 : 2]) + _CRLF
            self.ended = True
            self.rest = octets[len(content) + dots + 3 :]  # the dots, and the end's own three
        else:
            content = _CRLF.join(pieces[::2]) if followed else octets
            self._held = held = _beginning_of_end(octets)
            if held:
                without_dot = len(held) - (b"." in held)
                content = content[: len(content) - without_dot]
        if self._drop and content:
            content = content[self._drop :]
            self._drop = 0
        return content


def _beginning_of_end(octets: bytes) -> bytes:
    """The octets at the end that could begin CR LF "." CR LF."""
    for beginning in _BEGINNINGS:
        if octets.endswith(beginning):
            return beginning
    return b""
