"""The MIME tree of a message, as offsets into its octets (RFC 2045, RFC 2046).

A `Part` knows where it starts, where its body starts and where it ends; nothing is copied until
somebody asks for octets. `parse` looks at nothing. The first look at `children` or `message` of
the root scans the message once and builds the whole tree, without recursion.

How the scan finds delimiters
    A delimiter is a line that *begins* with ``--`` and the boundary of an open multipart; what
    follows on the line need not be empty (RFC 2046 §5.1.1). Where one line fits several open
    boundaries, the longest wins, then the innermost: mail exists whose outer boundary is the
    beginning of the inner one. A delimiter of an outer multipart ends the inner ones, closed or
    not. The line end in front of a delimiter belongs to the delimiter, even where that leaves a
    header without its blank line or its last line end.

    For each open boundary the scan remembers the next place where it stands, found by
    `bytes.find`; the nearest of them is the next event. So the work is done in C and is bounded
    by depth times size, and Python runs once per part, not once per line.

Bounds
    `MAX_DEPTH` levels and `MAX_PARTS` parts of one message are taken apart. A multipart or
    message below the last level is a part without children; after the last part no delimiter
    is looked for, so what follows belongs to it.

Defaults
    No Content-Type, or one that cannot be read: text/plain, or message/rfc822 in a
    multipart/digest (RFC 2045 §5.2, RFC 2046 §5.1.5). A multipart without a usable boundary has
    no children.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from fakemail.message.header import Header, body_offset
from fakemail.message.parameters import (
    Parameters,
    parse_disposition,
    parse_parameters,
    undo_percent,
)
from fakemail.message.tokens import tokens

MAX_DEPTH = 64
"""Levels of multipart and message/rfc822 inside one another that are taken apart."""

MAX_PARTS = 10_000
"""Parts of one message that are told apart."""

_TYPE = re.compile(
    rb"([A-Za-z0-9!#$%&'*+^_`{|}~.-]++)/([A-Za-z0-9!#$%&'*+^_`{|}~.-]++)[ \t]*+(?=;|\Z)"
)


class ContentType(NamedTuple):
    """Type and subtype in the spelling of the sender."""

    type: bytes
    subtype: bytes
    parameters: Parameters
    media: bytes
    """``text/plain``: both in lower case, to be compared."""

    given: bool = True
    """Whether the message says so; False for a default."""

    def get(self, attribute: bytes) -> bytes | None:
        """The value of the parameter with this name (in lower case), also where it is written
        in the encoding of RFC 2231 §4."""
        encoded = attribute + b"*"
        for name, value in self.parameters:
            name = name.lower()
            if name == attribute:
                return value
            if name == encoded:
                return undo_percent(value.split(b"'", 2)[-1])
        return None


PLAIN = ContentType(b"text", b"plain", (), b"text/plain", given=False)
DIGESTED = ContentType(b"message", b"rfc822", (), b"message/rfc822", given=False)


class Part:
    """One part of a message, or the message itself."""

    __slots__ = (
        "_children",
        "_content_type",
        "_default",
        "_header",
        "_message",
        "_scanned",
        "body_start",
        "end",
        "source",
        "start",
    )

    def __init__(self, source: bytes, start: int, end: int, default: ContentType = PLAIN) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.body_start = body_offset(source, start, end)
        self._default = default
        self._header: Header | None = None
        self._content_type: ContentType | None = None
        self._children: list[Part] = []
        self._message: Part | None = None
        self._scanned = True

    def __repr__(self) -> str:
        return f"<Part {self.content_type.media.decode('latin-1')} {self.start}:{self.end}>"

    @property
    def octets(self) -> bytes:
        """Header and body."""
        return self.source[self.start : self.end]

    @property
    def body(self) -> bytes:
        """What follows the blank line, in its transfer encoding."""
        return self.source[self.body_start : self.end]

    @property
    def size(self) -> int:
        """Octets of the body."""
        return self.end - self.body_start

    @property
    def lines(self) -> int:
        """Line ends in the body."""
        return self.source.count(b"\n", self.body_start, self.end)

    @property
    def header(self) -> Header:
        """The header with its blank line."""
        if self._header is None:
            self._header = Header(self.source[self.start : self.body_start])
        return self._header

    @property
    def content_type(self) -> ContentType:
        """Content-Type, or the default that holds for this part."""
        if self._content_type is None:
            value = self.header.get(b"content-type")
            self._content_type = self._default if value is None else _content_type(value)
        return self._content_type

    @property
    def media(self) -> bytes:
        """``text/plain``: type and subtype in lower case."""
        return self.content_type.media

    @property
    def encoding(self) -> bytes:
        """Content-Transfer-Encoding as written; ``7bit`` when there is none (RFC 2045 §6.1)."""
        value = self.header.get(b"content-transfer-encoding")
        if not value or value.isalpha():
            return value or b"7bit"
        for token in tokens(value):
            if token.kind in ("atom", "quoted"):
                return token.text
        return b"7bit"

    @property
    def disposition(self) -> tuple[bytes, Parameters] | None:
        """Content-Disposition as written (RFC 2183)."""
        value = self.header.get(b"content-disposition")
        return parse_disposition(value) if value else None

    @property
    def is_multipart(self) -> bool:
        """Whether it says that it is a multipart; it may still have no children."""
        return self.content_type.media.startswith(b"multipart/")

    @property
    def needle(self) -> bytes:
        """What a delimiter of this multipart begins with, the LF in front included; empty when
        it is no multipart or has no boundary."""
        if self.is_multipart and (boundary := self.content_type.get(b"boundary")):
            return b"\n--" + boundary
        return b""

    @property
    def children(self) -> list[Part]:
        """The parts of a multipart; empty for others."""
        if not self._scanned:
            _scan(self)
        return self._children

    @property
    def message(self) -> Part | None:
        """The message inside a message/rfc822."""
        if not self._scanned:
            _scan(self)
        return self._message


def parse(octets: bytes) -> Part:
    """The tree of a message; costs nothing until it is looked at."""
    root = Part(octets, 0, len(octets))
    root._scanned = False
    return root


def _content_type(value: bytes) -> ContentType:
    simple = _TYPE.match(value)
    if simple is not None:
        kind, subtype = simple.groups()
    else:
        kind = subtype = b""
        slash = False
        for token in tokens(value):
            if token.kind == "comment":
                continue
            if token.kind != "atom" or (token.spaced and subtype):
                break
            before, cut, after = token.text.partition(b"/")
            if slash:
                subtype += token.text
            else:
                kind += before
                slash = bool(cut)
                subtype = after
        if not kind or not subtype or b"/" in subtype:
            return PLAIN
    return ContentType(
        kind,
        subtype,
        parse_parameters(value, max(value.find(b";"), 0)) if b";" in value else (),
        kind.lower() + b"/" + subtype.lower(),
    )


class _Open:
    """A multipart whose delimiters are being looked for."""

    __slots__ = ("at", "clear", "default", "level", "needle", "part")

    def __init__(self, part: Part, needle: bytes, level: int) -> None:
        self.part = part
        self.needle = needle
        self.default = DIGESTED if part.content_type.media == b"multipart/digest" else PLAIN
        self.level = level
        """How many parts of the path are this one and its ancestors."""
        self.at = -1
        """Where its next delimiter stands, as far as known."""
        self.clear = 0
        """No delimiter of it begins before this index, but the one at `at`."""


def _scan(root: Part) -> None:
    """Fill in the children of `root` and of all parts below it."""
    root._scanned = True
    source, end = root.source, root.end
    path = [root]
    opened: list[_Open] = []
    count = 1
    at = _enter(path, opened, None)
    while opened and count < MAX_PARTS:
        hit = _next(opened, source, at, end)
        if hit is None:
            break
        stop = max(path[-1].start, _stop(source, hit.at))
        for part in path[hit.level :]:
            part.end = stop
        del path[hit.level :]
        del opened[opened.index(hit) + 1 :]
        after = hit.at + len(hit.needle)
        if source.startswith(b"--", after):
            opened.pop()
            at = after
            continue
        line_end = source.find(b"\n", after, end)
        start = end if line_end < 0 else line_end + 1
        coming = _next(opened, source, start - 1, end)
        part = _part(source, start, end, hit.default, coming)
        hit.part._children.append(part)
        path.append(part)
        count += 1
        at = _enter(path, opened, coming)


def _stop(source: bytes, delimiter: int) -> int:
    """Where the content in front of a delimiter (the index of its LF) ends."""
    return delimiter - 1 if source[delimiter - 1 : delimiter] == b"\r" else delimiter


def _part(source: bytes, start: int, end: int, default: ContentType, coming: _Open | None) -> Part:
    """A part whose end is not known yet, but that its header stops before the `coming`
    delimiter: unless that is the first one of the multipart which the header announces."""
    if coming is None:
        return Part(source, start, end, default)
    part = Part(source, start, max(start, coming.at + 1), default)
    part.end = end
    stop = max(start, _stop(source, coming.at))
    if part.body_start > stop:
        needle = part.needle
        if len(needle) < len(coming.needle) or not source.startswith(needle, coming.at):
            part.body_start = stop
            part._header = part._content_type = None
    return part


def _enter(path: list[Part], opened: list[_Open], coming: _Open | None) -> int:
    """Open the last part of the path if it is a multipart or a message, and so on inwards.
    Returns where to look for the next delimiter."""
    part = path[-1]
    while len(path) <= MAX_DEPTH:
        if needle := part.needle:
            opened.append(_Open(part, needle, len(path)))
            break
        if part.content_type.media != b"message/rfc822":
            break
        part._message = _part(part.source, part.body_start, part.end, PLAIN, coming)
        part = part._message
        path.append(part)
    return max(part.body_start - 1, 0)


def _next(opened: list[_Open], source: bytes, at: int, end: int) -> _Open | None:
    """The open multipart whose delimiter comes next at or after `at`: the nearest, then the
    longest, then the innermost.

    From the outermost inwards, each one is looked for no further than the nearest delimiter
    found so far: nobody scans the message to its end for a boundary that never comes.
    """
    best: _Open | None = None
    nearest = end
    for entry in opened:
        if entry.at < at:
            found = source.find(entry.needle, max(at, entry.clear), nearest + len(entry.needle))
            if found < 0:
                entry.clear = max(entry.clear, nearest)
                continue
            entry.at = found
        if entry.at < nearest or (
            entry.at == nearest and (best is None or len(entry.needle) >= len(best.needle))
        ):
            best, nearest = entry, entry.at
    return best
