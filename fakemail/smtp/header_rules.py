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
        end = _blank_line(gathered, start)
        if end < 0 and len(gathered) < LONGEST:
            return b""
        return self._finish(end if end >= 0 else len(gathered))

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
            _check_from(_value(octets, b"from"))
        wanted = conduct.header_fields_required
        if missing := [name for name in wanted if not _value(octets, name.lower().encode())]:
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
        author = _author(_value(octets, b"from"))
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

        return _replace(octets, b"from", own)

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

        return _replace(octets, b"from", own)

    def _own_message_id(self, octets: bytes) -> bytes:
        """The provider's Message-ID takes the place of the client's."""
        left, count, right = _form(self._conduct.message_id_form, self._host)
        own = f"{left}{_digits(self._identifier, count)}{right}"
        was = _value(octets, b"message-id")
        before = was.decode("ascii", "backslashreplace")[:200] if was else "missing"
        self.notes.append(f"Message-ID is {own}, as this provider does; it was {before}")
        if was is None:
            return f"Message-ID: {own}\r\n".encode() + octets
        return _replace(octets, b"message-id", lambda _: b" " + own.encode())


def _blank_line(octets: bytearray, start: int) -> int:
    """Where the blank line ends that ends a header (CR LF, or LF, as in the rest of the house); -1
    where there is none yet."""
    if octets[:1] == b"\n" or octets[:2] == b"\r\n":
        return octets.index(b"\n") + 1
    crlf = octets.find(b"\n\r\n", start)
    lf = octets.find(b"\n\n", start, len(octets) if crlf < 0 else crlf)
    return lf + 2 if lf >= 0 else crlf + 3 if crlf >= 0 else -1


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


def _replace(octets: bytes, name: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The header with the value of the first field of this name changed; all else as it stands."""
    start, end = _find(octets, name)
    if start < 0:
        return octets
    return octets[:start] + change(octets[start:end]) + octets[end:]


def _value(octets: bytes, name: bytes) -> bytes | None:
    """The first field of this name, unfolded and trimmed; None where there is none."""
    start, end = _find(octets, name)
    return None if start < 0 else unfold(octets[start:end])


def _find(octets: bytes, name: bytes) -> tuple[int, int]:
    """Where the value of the first field of this name (in lower case) begins and ends, its folds
    in it and its line end not; -1 where there is none.

    Not by `Header`, which reads all fields to find some: this is done for every message.
    """
    label = b"\n" + name + b":"
    start = (b"\n" + octets.lower()).find(label)
    if start < 0:
        return -1, -1
    start += len(label) - 1
    end = octets.find(b"\n", start)
    while end >= 0 and octets[end + 1 : end + 2] in (b" ", b"\t"):
        end = octets.find(b"\n", end + 1)
    if end < 0:
        return start, len(octets)
    return start, end - 1 if octets[end - 1 : end] == b"\r" else end


@lru_cache(maxsize=64)
def _form(form: str, host: str) -> tuple[str, int, str]:
    """``<tencent_{40 hex}@qq.com>`` as what stands before the digits, how many, and after."""
    form = form or f"<{{32 hex}}@{host}>"
    found = _HEX.search(form)
    if found is None:
        return form, 0, ""
    return form[: found.start()], int(found[1]), form[found.end() :]


def _digits(about: str, count: int) -> str:
    """So many hexadecimal digits, others for every message."""
    digits = ""
    while len(digits) < count:
        digits += blake2b(f"{about} {len(digits)}".encode()).hexdigest()
    return digits[:count].upper()
