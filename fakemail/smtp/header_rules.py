"""What some providers check, or change, in the header of a message that is sent.

fakemail stores what it was given, octet for octet. A dialect whose rules say otherwise has its
messages pass here: the header is gathered, checked and changed in one go when its blank line has
come, and the body streams on as ever. What was changed stands in the transcript.

Rules: `from_header_checked`, `header_fields_required`, `sender_must_match` (``data`` and
``rewrite``), `rewrites_message_id` with `message_id_form`, `underscores_in_from_name`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b

from fakemail.message.address import Address, parse_addresses
from fakemail.message.header import unfold
from fakemail.reasons.provider import CONTENT_REFUSED, FROM_HEADER_INVALID
from fakemail.reasons.reason import Refusal
from fakemail.smtp.conduct import Conduct

LONGEST = 1024 * 1024
"""Octets that are gathered of a header; one that is longer is looked at as far as this."""

_SHORT = 500
"""A From field that is longer is looked at anew each time."""

_MOST_DIGITS = 128
_HEX = re.compile(r"\{(\d{1,3}) hex\}")
_IN_ANGLES = re.compile(rb"<[^<>]*>(?=[^<>]*\Z)")
_SPACES = re.compile(rb"(?<=\S)[ \t\r\n]+(?=\S)")


class HeaderRules:
    """One message's header on its way to the store.

    Nearly every header comes whole, in the first chunk, and is not gathered at all.
    """

    __slots__ = (
        "_account",
        "_conduct",
        "_gathered",
        "_host",
        "_identifier",
        "_sender_refused",
        "done",
        "notes",
    )

    def __init__(
        self,
        conduct: Conduct,
        identifier: str,
        host: str,
        sender_refused: Callable[[str], Refusal | None],
        account: str,
    ) -> None:
        """`sender_refused` says why an address may not stand in From; `account` may, for certain;
        `identifier` and `host` go into a Message-ID of ours."""
        self._conduct = conduct
        self._identifier = identifier
        self._host = host
        self._sender_refused = sender_refused
        self._account = account
        self._gathered: bytearray | None = None
        self.done = False
        """Whether the header is complete, and what follows passes as it is."""

        self.notes: list[str] = []
        """What was changed, in words for the transcript."""

    def pass_on(self, octets: bytes) -> bytes:
        """What may be stored by now; raises Refusal when the header is complete and wrong."""
        if self.done:
            return octets
        gathered = self._gathered
        if gathered is None:
            end = _blank_line(octets, 0)
            if end >= 0:
                self.done = True
                return self._changed(octets[:end]) + octets[end:]
            gathered = self._gathered = bytearray()
        start = max(0, len(gathered) - 2)
        gathered += octets
        end = _blank_line(gathered, start)
        if end < 0 and len(gathered) < LONGEST:
            return b""
        return self._finish(end if end >= 0 else len(gathered))

    def end(self) -> bytes:
        """The message is over: what is left of one that has no body."""
        return b"" if self.done else self._finish(len(self._gathered or b""))

    def _finish(self, end: int) -> bytes:
        self.done = True
        octets = bytes(self._gathered or b"")
        self._gathered = None
        return self._changed(octets[:end]) + octets[end:]

    def _changed(self, octets: bytes) -> bytes:
        """The header as it is stored; raises Refusal."""
        conduct = self._conduct
        head = _Head(octets)
        if conduct.from_header_checked:
            _check_from(head.folded(b"from"))
        wanted = conduct.header_fields_required
        if wanted and (missing := [n for n in wanted if not head.value(n.lower().encode())]):
            raise Refusal(CONTENT_REFUSED, detail=f"It has no {', '.join(missing)}.")
        if conduct.sender_must_match in {"data", "rewrite"}:
            head = self._own_sender(head)
        if conduct.underscores_in_from_name:
            head = self._underscored(head)
        if conduct.rewrites_message_id:
            return self._own_message_id(head)
        return head.octets

    def _own_sender(self, head: _Head) -> _Head:
        """From is the account's, or becomes it."""
        value = head.value(b"from")
        author = _author(value)
        refusal = self._sender_refused(author)
        if refusal is None:
            return head
        if self._conduct.sender_must_match == "data":
            raise refusal
        if value is None:
            return head
        self.notes.append(
            f"From was <{author}>; it is <{self._account}> now, as this provider does"
        )
        account = self._account.encode()
        folded = head.folded(b"from") or b""
        if _IN_ANGLES.search(folded):
            return head.with_value(b"from", _IN_ANGLES.sub(b"<" + account + b">", folded))
        return head.with_value(b"from", b" " + account)

    def _underscored(self, head: _Head) -> _Head:
        """A literal display name keeps its words together; encoded words are left alone."""
        folded = head.folded(b"from") or b""
        angles = _IN_ANGLES.search(folded)
        name = folded[: angles.start()] if angles else b""
        if angles is None or b"=?" in name or not _SPACES.search(name.strip()):
            return head
        self.notes.append("the spaces in the From name became underscores, as this provider does")
        before = name[: len(name) - len(name.lstrip())]
        after = name[len(name.rstrip()) :]
        name = before + _SPACES.sub(b"_", name.strip()) + after
        return head.with_value(b"from", name + folded[angles.start() :])

    def _own_message_id(self, head: _Head) -> bytes:
        """The provider's Message-ID takes the place of the client's."""
        left, count, right = _form(self._conduct.message_id_form, self._host)
        own = f"{left}{_digits(self._identifier, count)}{right}"
        start, end = head.find(b"message-id")
        octets = head.octets
        was = unfold(octets[start:end]) if start >= 0 else b""
        before = was.decode("ascii", "backslashreplace")[:200] if was else "missing"
        self.notes.append(f"Message-ID is {own}, as this provider does; it was {before}")
        if start < 0:
            return f"Message-ID: {own}\r\n".encode() + octets
        return b"%b %b%b" % (octets[:start], own.encode(), octets[end:])


class _Head:
    """A header in which fields are found by name (in lower case), the first of each.

    Not a `Header`, which reads all fields to find some: this is done for every message.
    """

    __slots__ = ("_lower", "octets")

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self._lower = b"\n" + octets.lower()

    def value(self, name: bytes) -> bytes | None:
        """Unfolded and trimmed; None where there is no such field."""
        folded = self.folded(name)
        return None if folded is None else unfold(folded)

    def folded(self, name: bytes) -> bytes | None:
        """As it stands, without the last line end; None where there is no such field."""
        start, end = self.find(name)
        return self.octets[start:end] if start >= 0 else None

    def with_value(self, name: bytes, value: bytes) -> _Head:
        """Another, with this for a value, and all else as it stands."""
        start, end = self.find(name)
        return _Head(self.octets[:start] + value + self.octets[end:])

    def find(self, name: bytes) -> tuple[int, int]:
        """Where a value begins and ends, with its folds and without its line end; or -1."""
        label = b"\n" + name + b":"
        start = self._lower.find(label)
        if start < 0:
            return -1, -1
        octets = self.octets
        start += len(label) - 1
        end = octets.find(b"\n", start)
        while end >= 0 and octets[end + 1 : end + 2] in (b" ", b"\t"):
            end = octets.find(b"\n", end + 1)
        if end < 0:
            return start, len(octets)
        return start, end - 1 if octets[end - 1 : end] == b"\r" else end


def _blank_line(octets: bytes | bytearray, start: int) -> int:
    """Where the blank line ends that ends a header (CR LF, or LF, as in the rest of the house); -1
    where there is none yet."""
    if octets.startswith((b"\n", b"\r\n")):
        return octets.index(b"\n") + 1
    crlf = octets.find(b"\n\r\n", start)
    lf = octets.find(b"\n\n", start, len(octets) if crlf < 0 else crlf)
    return lf + 2 if lf >= 0 else crlf + 3 if crlf >= 0 else -1


def _check_from(folded: bytes | None) -> None:
    """Refuse a From field that names nobody, or not in ASCII (RFC 5322 §3.6.2, RFC 2047 §5)."""
    if folded is None:
        raise Refusal(FROM_HEADER_INVALID, detail="There is none.")
    if wrong := _wrong_again(folded) if len(folded) <= _SHORT else _wrong(folded):
        raise Refusal(FROM_HEADER_INVALID, detail=wrong)


def _wrong(folded: bytes) -> str:
    """What a From field lacks; empty where all is well."""
    value = unfold(folded)
    if not value.isascii():
        return "It has octets above 127."
    return "" if _author(value) else "It has no address."


_wrong_again = lru_cache(maxsize=512)(_wrong)
"""The same people write again and again."""


def _author(value: bytes | None) -> str:
    """The first address of a From field; empty where there is none."""
    found: Address | None = None
    if value:
        found = next((a for a in parse_addresses(value) if a.mailbox and a.host), None)
    if found is None or found.mailbox is None or found.host is None:
        return ""
    return (found.mailbox + b"@" + found.host).decode("utf-8", "backslashreplace")


@lru_cache(maxsize=64)
def _form(form: str, host: str) -> tuple[str, int, str]:
    """``<prefix_{40 hex}@host.test>`` as what stands before the digits, how many, and after."""
    form = form or f"<{{32 hex}}@{host}>"
    found = _HEX.search(form)
    if found is None:
        return form, 0, ""
    return form[: found.start()], int(found[1]), form[found.end() :]


def _digits(about: str, count: int) -> str:
    """So many hexadecimal digits, others for every message."""
    if count <= _MOST_DIGITS:
        return blake2b(about.encode()).hexdigest()[:count].upper()
    digits = ""
    while len(digits) < count:
        digits += blake2b(f"{about} {len(digits)}".encode()).hexdigest()
    return digits[:count].upper()
