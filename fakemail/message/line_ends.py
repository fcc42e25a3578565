"""Bare CR and bare LF found in a stream that is cut anywhere (RFC 5321 §2.3.8, RFC 5322 §2.3)."""

from __future__ import annotations

import re
from io import IncrementalNewlineDecoder

_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")


class LineEnds:
    """Watches octets go by; `bare_at` tells whether CR and LF stood in pairs only.

    Python's newline decoder collects the kinds of line end that it has seen, at a third of what
    counting them costs, and waits for the LF itself where a piece ends in CR. The regular
    expression, which is slow, only tells where, once.
    """

    __slots__ = ("_decoder", "_ends_in_cr", "_size", "bare_at")

    def __init__(self) -> None:
        self.bare_at: int | None = None
        """Offset of the first bare CR or LF."""

        self._decoder = IncrementalNewlineDecoder(None, translate=False)
        self._ends_in_cr = False
        self._size = 0

    def feed(self, octets: bytes) -> None:
        """The next octets; a CR at their end is not judged yet."""
        if self.bare_at is None:
            self._decoder.decode(octets.decode("latin-1"))
            if self._decoder.newlines not in {None, "\r\n"}:
                before = b"\r" if self._ends_in_cr else b""
                match = _BARE.search(before + octets)
                assert match is not None
                self.bare_at = self._size - len(before) + match.start()
            self._ends_in_cr = octets.endswith(b"\r") or (self._ends_in_cr and not octets)
        self._size += len(octets)

    def end(self) -> None:
        """Nothing follows: a CR at the very end is bare."""
        if self.bare_at is None and self._ends_in_cr:
            self.bare_at = self._size - 1
