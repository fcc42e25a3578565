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
from functools import cache
from hashlib import blake2b

from fakemail.message.address import Address, parse_addresses
from fakemail.message.header import unfold
from fakemail.reasons.provider import CONTENT_REFUSED, FROM_HEADER_INVALID
from fakemail.reasons.reason import Refusal
from fakemail.smtp.conduct import Conduct

LONGEST = 1024 * 1024
"""Octets that are gathered of a header; one that is longer is looked at as far as this."""

_BLANK_LINE = re.compile(rb"\A\r?\n|\n\r?\n")
_HEX = re.compile(r"\{(\d{1,3}) hex\}")
_IN_ANGLES = re.compile(rb"<[^<>]*>(?=[^<>]*\Z)")
_SPACES = re.compile(rb"(?<=\S)[ \t\r\n]+(?=\S)")


class HeaderRules:
    """One message's header on its way to the store."""

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
        self._gathered = bytearray()
        self._done = False
        self.notes: list[str] = []
        """What was changed, in words for the transcript."""

    def pass_on(self, octets: bytes) -> bytes:
        """What may be stored by now; raises Refusal when the header is complete and wrong."""
        if self._done:
            return octets
        gathered = self._gathered
        start = max(0, len(gathered) - 2)
        gathered += octets
        blank = _BLANK_LINE.search(gathered, start)
        if blank is None and len(gathered) < LONGEST:
            return b""
        return self._finish(blank.end() if blank else len(gathered))

    def end(self) -> bytes:
        """The message is over: what is left of one that has no body."""
        return b"" if self._done else self._finish(len(self._gathered))

    def _finish(self, end: int) -> bytes:
        self._done = True
        octets = bytes(self._gathered)
        self._gathered.clear()
        return self._changed(octets[:end]) + octets[end:]

    def _changed(self, octets: bytes) -> bytes:
        """The header as it is stored; raises Refusal."""
        conduct = self._conduct
        if conduct.from_header_checked:
            _check_from(_value(octets, "from"))
        if missing := [name for name in conduct.header_fields_required if not _value(octets, name)]:
            raise Refusal(CONTENT_REFUSED, detail=f"It has no {', '.join(missing)}.")
        if conduct.sender_must_match in {"data", "rewrite"}:
            octets = self._own_sender(octets)
        if conduct.underscores_in_from_name:
            octets = self._underscored(octets)
        if conduct.rewrites_message_id:
            octets = self._own_message_id(octets)
        return octets

    def _own_sender(self, octets: bytes) -> bytes:
        """From is the account's, or becomes it."""
        author = _author(_value(octets, "from"))
        refusal = self._sender_refused(author)
        if refusal is None:
            return octets
        if self._conduct.sender_must_match == "data":
            raise refusal
        account = self._account.encode()
        self.notes.append(
            f"From was <{author}>; it is <{self._account}> now, as this provider does"
        )

        def own(value: bytes) -> bytes:
            if _IN_ANGLES.search(value):
                return _IN_ANGLES.sub(b"<" + account + b">", value)
            return b" " + account

        return _replace(octets, "from", own)

    def _underscored(self, octets: bytes) -> bytes:
        """A literal display name keeps its words together; encoded words are left alone."""

        def own(value: bytes) -> bytes:
            angles = _IN_ANGLES.search(value)
            if angles is None:
                return value
            name = value[: angles.start()]
            if b"=?" in name or not _SPACES.search(name.strip()):
                return value
            self.notes.append("the spaces in the From name became underscores")
            kept = name[: len(name) - len(name.lstrip())]
            end = name[len(name.rstrip()) :]
            return kept + _SPACES.sub(b"_", name.strip()) + end + value[angles.start() :]

        return _replace(octets, "from", own)

    def _own_message_id(self, octets: bytes) -> bytes:
        """The provider's Message-ID takes the place of the client's."""
        form = self._conduct.message_id_form or "<{32 hex}@" + self._host + ">"
        own = _HEX.sub(lambda found: _digits(self._identifier, int(found[1])), form)
        was = _value(octets, "message-id")
        before = was.decode("ascii", "backslashreplace")[:200] if was else "missing"
        self.notes.append(f"Message-ID is {own}, as this provider does; it was {before}")
        if was is None:
            return f"Message-ID: {own}\r\n".encode() + octets
        return _replace(octets, "message-id", lambda _: b" " + own.encode())


def _check_from(value: bytes | None) -> None:
    """Refuse a From field that names nobody, or not in ASCII (RFC 5322 §3.6.2, RFC 2047 §5)."""
    if value is None:
        raise Refusal(FROM_HEADER_INVALID, detail="There is none.")
    if not value.isascii():
        raise Refusal(FROM_HEADER_INVALID, detail="It has octets above 127.")
    if not _author(value):
        raise Refusal(FROM_HEADER_INVALID, detail="It has no address.")


def _author(value: bytes | None) -> str:
    """The first address of a From field; empty where there is none."""
    found: Address | None = None
    if value:
        found = next((a for a in parse_addresses(value) if a.mailbox and a.host), None)
    if found is None or found.mailbox is None or found.host is None:
        return ""
    return (found.mailbox + b"@" + found.host).decode("utf-8", "backslashreplace")


def _replace(octets: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The header with the value of the first field of this name changed; all else as it stands."""
    field = _field(name).search(octets)
    if field is None:
        return octets
    return octets[: field.start(1)] + change(field[1]) + octets[field.end(1) :]


def _value(octets: bytes, name: str) -> bytes | None:
    """The first field of this name, unfolded and trimmed; None where there is none."""
    field = _field(name).search(octets)
    return None if field is None else unfold(field[1])


@cache
def _field(name: str) -> re.Pattern[bytes]:
    """Finds one field; group 1 is its value, folded, without the last line end."""
    value = rb"[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+|\r(?!\n)[^\r\n]*+)*+"
    start = rb"(?:\A|(?<=\n))" + re.escape(name.encode()) + rb"[ \t]*:"
    return re.compile(start + rb"(" + value + rb")", re.IGNORECASE)


def _digits(about: str, count: int) -> str:
    """So many hexadecimal digits, others for every message."""
    digits = ""
    while len(digits) < count:
        digits += blake2b(f"{about} {len(digits)}".encode()).hexdigest()
    return digits[:count].upper()
