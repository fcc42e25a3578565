"""Octets that have arrived and were not yet consumed.

Looks at every octet once: `line()` remembers how far it has searched, so that a client that
sends one octet at a time costs no more than one that sends whole lines (the reader either
consumes, or says "more please").
"""

from __future__ import annotations


class LineTooLong(Exception):
    """No line end within the limit.

    The buffer now skips to the end of that line by itself.
    """


class Buffer:
    """A growing run of octets, consumed from the front as lines or as counted runs."""

    __slots__ = ("_octets", "_searched", "_skipping", "_start")

    def __init__(self) -> None:
        self._octets = bytearray()
        self._start = 0
        self._searched = 0
        self._skipping = False

    def __len__(self) -> int:
        return len(self._octets) - self._start

    def feed(self, octets: bytes) -> None:
        """Add what arrived."""
        if self._start and (self._start == len(self._octets) or self._start > 65536):
            del self._octets[: self._start]
            self._searched -= self._start
            self._start = 0
        self._octets += octets

    def clear(self) -> None:
        """Forget everything that was not consumed (STARTTLS)."""
        self._octets.clear()
        self._start = self._searched = 0
        self._skipping = False

    def line(self, limit: int) -> bytes | None:
        """The next line *with* its line end (LF, usually CRLF), or None when it is not
        complete.

        Raises LineTooLong, once for each such line, as soon as more than `limit` octets stand
        before the line end; what is left of that line is dropped as it arrives.
        """
        while True:
            at = self._octets.find(b"\n", max(self._searched, self._start))
            if self._skipping:
                if at < 0:
                    self.clear()
                    self._skipping = True
                    return None
                self._start = self._searched = at + 1
                self._skipping = False
                continue
            if at < 0:
                self._searched = len(self._octets)
                if len(self) > limit:
                    self.clear()
                    self._skipping = True
                    raise LineTooLong
                return None
            start, self._start = self._start, at + 1
            self._searched = self._start
            if self._start - start > limit:
                raise LineTooLong
            return bytes(self._octets[start : self._start])

    def take(self, most: int) -> bytes:
        """Up to `most` octets from the front; empty when there are none."""
        end = min(self._start + most, len(self._octets))
        taken = bytes(memoryview(self._octets)[self._start : end])
        self._start = end
        self._searched = max(self._searched, end)
        return taken
