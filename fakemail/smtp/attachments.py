"""Attachments that a provider does not take, by the ends of their names.

A message is stored as it streams in, and is not read back for this. What is gathered beside it is
its skeleton: the header, and of the body the lines that begin with two hyphens, each with the
header that may follow it. A skeleton has the same parts with the same names as its message, and
none of what they hold, so it is read by `message/` like any other.

Only a dialect with the rule `attachments_refused` has its messages pass here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fakemail.reasons.provider import ATTACHMENT_REFUSED
from fakemail.reasons.reason import Refusal
from fakemail.smtp.content import Content
from fakemail.smtp.header_rules import HeaderRules
from fakemail.store.store import Store

LONGEST = 1024 * 1024
"""Octets of a skeleton; what comes after is not looked at."""


class Skeleton:
    """The headers of a message and of its parts, gathered from its octets as they come."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._rest = b"\n"
        """What was not looked at to its end. Begins with the octet before it: a message begins a
        line."""

        self._in_header = True
        self._header_at = 0
        """Where the header that comes in began in `_kept`."""

    def feed(self, octets: bytes) -> None:
        """The next octets of the message."""
        if len(self._kept) >= LONGEST:
            return
        text, at = self._rest + octets, 0
        while True:
            if not self._in_header:
                found = text.find(b"\n--", at)
                if found < 0:
                    self._rest = text[max(at, len(text) - 2) :]
                    return
                at, self._in_header, self._header_at = found, True, len(self._kept)
            end = _blank_line(text, at)
            if end < 0:
                cut = max(at + 1, len(text) - 2)
                self._kept += text[at + 1 : cut]
                self._rest = text[cut - 1 :]
                return
            self._kept += text[at + 1 : end + 1]
            at = end
            # where the part is a message, its header follows
            self._in_header = b"message/" in self._kept[self._header_at :].lower()
            self._header_at = len(self._kept)

    def octets(self) -> bytes:
        """What was gathered."""
        return bytes(self._kept + self._rest[1:] if self._in_header else self._kept)


def names(octets: bytes) -> Iterator[str]:
    """The file names in a message, or in its skeleton, those of messages in it too."""
    from fakemail.message.content import file_name  # only where the rule is on
    from fakemail.message.part import parse

    parts = [parse(octets)]
    while parts:
        part = parts.pop()
        if name := file_name(part):
            yield name
        parts += part.children
        if part.message is not None:
            parts.append(part.message)


class CheckedContent(Content):
    """A message whose attachments may not have these ends."""

    __slots__ = ("_ends", "_skeleton")

    def __init__(
        self,
        store: Store,
        limit: int,
        identifier: str,
        trace: bytes,
        header: HeaderRules | None,
        ends: Iterable[str],
    ) -> None:
        super().__init__(store, limit, identifier, trace, header)
        self._ends = tuple(end.lower() for end in ends)
        self._skeleton = Skeleton()

    def write(self, octets: bytes) -> None:
        """Take the next octets; never raises."""
        super().write(octets)
        if self.failure is None:
            self._skeleton.feed(octets)

    def complete(self) -> None:
        """Look at the names."""
        if self.failure is not None:
            return
        for name in names(self._skeleton.octets()):
            if name.strip().lower().endswith(self._ends):
                self._fail(Refusal(ATTACHMENT_REFUSED, file=name, detail=f"It is {name!r}."))
                return


def _blank_line(text: bytes, at: int) -> int:
    """Where the line end is that makes a blank line; -1 where there is none yet."""
    crlf = text.find(b"\n\r\n", at)
    lf = text.find(b"\n\n", at, len(text) if crlf < 0 else crlf + 1)
    return lf + 1 if lf >= 0 else crlf + 2 if crlf >= 0 else -1
