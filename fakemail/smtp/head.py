"""The header of a message that comes in: where it ends, and where in it a field stands.

Not a `Header`, which reads all fields to find some: this is done for every message. A header is
lowered once, with a line end in front of it (`lowered`), and in that a field is found by its
label, ``\\nfrom:``; the first of each counts.
"""

from __future__ import annotations

from fakemail.message.header import unfold

_BLANK = (b"\n", b"\r\n")


def blank_line(octets: bytes | bytearray, start: int = 0) -> int:
    """Where the blank line ends that ends a header (CR LF, or LF, as in the rest of the house); -1
    where there is none yet. Looks from `start` on."""
    if octets.startswith(_BLANK):
        return octets.index(b"\n") + 1
    crlf = octets.find(b"\n\r\n", start)
    lf = octets.find(b"\n\n", start, len(octets) if crlf < 0 else crlf)
    return lf + 2 if lf >= 0 else crlf + 3 if crlf >= 0 else -1


def lowered(header: bytes) -> bytes:
    """What fields are searched in."""
    return b"\n" + header.lower()


def find(octets: bytes, lower: bytes, label: bytes) -> tuple[int, int]:
    """Where in `octets` a value begins and ends, with its folds and without its line end; or -1.

    `octets` may go on behind the header: a field ends before the blank line does.
    """
    start = lower.find(label)
    if start < 0:
        return -1, -1
    start += len(label) - 1
    end = octets.find(b"\n", start)
    while end >= 0 and octets.startswith(_FOLDS, end + 1):
        end = octets.find(b"\n", end + 1)
    if end < 0:
        return start, len(octets)
    return start, end - 1 if octets[end - 1] == _CR else end


_FOLDS = (b" ", b"\t")
_CR = 13


class Kept:
    """A header that is kept while it comes, in whatever pieces, to be returned in a report."""

    __slots__ = ("_ended", "_octets")

    def __init__(self) -> None:
        self._octets = bytearray()
        self._ended = False

    def feed(self, octets: bytes) -> None:
        """The next octets of the message."""
        if self._ended:
            return
        start = max(0, len(self._octets) - 2)
        self._octets += octets
        end = blank_line(self._octets, start)
        if end < 0 and len(self._octets) > LONGEST_KEPT:
            end = self._octets.rfind(b"\n", 0, LONGEST_KEPT) + 1
        if end >= 0:
            del self._octets[end:]
            self._ended = True

    def octets(self) -> bytes:
        """What has come of it."""
        return bytes(self._octets)


LONGEST_KEPT = 256 * 1024
"""Octets of a header that are kept; of a longer one, the lines within these."""


class Head:
    """A header in which fields are found by label."""

    __slots__ = ("lower", "octets")

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.lower = lowered(octets)

    def value(self, label: bytes) -> bytes | None:
        """Unfolded and trimmed; None where there is no such field."""
        start, end = find(self.octets, self.lower, label)
        return None if start < 0 else unfold(self.octets[start:end])

    def folded(self, label: bytes) -> bytes:
        """As it stands, without the last line end."""
        start, end = find(self.octets, self.lower, label)
        return self.octets[start:end] if start >= 0 else b""

    def with_value(self, label: bytes, value: bytes) -> Head:
        """Another, with this for a value, and all else as it stands."""
        start, end = find(self.octets, self.lower, label)
        return Head(self.octets[:start] + value + self.octets[end:])
