"""The end of DATA, and dot-stuffing undone, on a stream cut anywhere (RFC 5321 §4.5.2).

Only CR LF "." CR LF ends the content, where the CR LF before the dot may be that of the DATA
command itself. Every other dot after CR LF is removed; a dot after a bare CR or a bare LF is
content (this is what SMTP smuggling plays with, so there is no leniency here).

Both the end and a stuffed dot have a dot, which base64 has not, and begin with CR LF ".", which is
rare in any text: so one search, for one octet or for three, is all that nearly every chunk costs.
What could be the beginning of such a run at the end of a chunk is held back until the next one.
"""

from __future__ import annotations

_END = b"\r\n.\r\n"


class DotReader:
    """Takes chunks of the stream, gives the content in them."""

    __slots__ = ("_drop", "_held", "ended", "rest")

    def __init__(self) -> None:
        self._held = b"\r\n"  # the line end of the DATA command, which is not content
        self._drop = 2
        self.ended = False
        self.rest = b""
        """What followed the end; belongs to the next command."""

    def feed(self, chunk: bytes) -> bytes:
        """The content that is certain now; maybe none."""
        octets = self._held + chunk if self._held else chunk
        dot = octets.find(b"\r\n.") if b"." in octets else -1
        end = octets.find(_END, dot) if dot >= 0 else -1
        if end >= 0:
            self.ended = True
            self.rest = octets[end + 5 :]
            octets = octets[: end + 2]
        else:
            keep = _beginning_of_end(octets)
            self._held = octets[len(octets) - keep :]
            octets = octets[: len(octets) - keep]
        if dot != end:  # there are stuffed dots before the end
            octets = octets.replace(b"\r\n.", b"\r\n")
        if self._drop and octets:
            octets = octets[self._drop :]
            self._drop = 0
        return octets


def _beginning_of_end(octets: bytes) -> int:
    """How many octets at the end could begin CR LF "." CR LF."""
    for count in (4, 3, 2, 1):
        if octets.endswith(_END[:count]):
            return count
    return 0
