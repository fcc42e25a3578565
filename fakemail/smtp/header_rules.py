"""What some providers check, or change, in the header of a message that is sent.

fakemail stores what it was given, octet for octet. A dialect whose rules say otherwise has its
messages pass here: the header is checked and changed in one go when its blank line has come
(`content.py` waits for it), and the body streams on as ever. What was changed stands in the
transcript.

Rules: `from_header_checked`, `header_fields_required`, `sender_must_match` (``data`` and
``rewrite``), `rewrites_message_id` with `message_id_form`, `underscores_in_from_name`.

A dialect ought to cost nothing, so what QQ does to every message (a look at From, a Message-ID of
its own) reads the header where it lies, makes no object, and is told apart from the rules that
few have.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b, shake_256

from fakemail.message.address import Address, parse_addresses
from fakemail.message.header import unfold
from fakemail.reasons.provider import CONTENT_REFUSED, FROM_HEADER_INVALID
from fakemail.reasons.reason import Refusal
from fakemail.smtp.conduct import Conduct
from fakemail.smtp.head import Head, find

_FROM = b"\nfrom:"
_MESSAGE_ID = b"\nmessage-id:"
_ENDED = re.compile(rb"\r\n[^ \t]")
_HEX = re.compile(r"\{(\d{1,3}) hex\}")
_IN_ANGLES = re.compile(rb"<[^<>]*>(?=[^<>]*\Z)")
_SPACES = re.compile(rb"(?<=\S)[ \t\r\n]+(?=\S)")


class HeaderRules:
    """What becomes of the headers of one session's messages."""

    __slots__ = (
        "_count",
        "_fine",
        "_left",
        "_right",
        "_sender_refused",
        "_unusual",
        "account",
        "conduct",
        "host",
    )

    def __init__(
        self,
        conduct: Conduct,
        host: str,
        sender_refused: Callable[[str], Refusal | None],
        account: str,
    ) -> None:
        """`sender_refused` says why an address may not stand in From; `account` may, for certain;
        `host` goes into a Message-ID of ours."""
        self.conduct = conduct
        self.host = host
        self.account = account
        self._sender_refused = sender_refused
        self._fine = b"\0"
        """The last From field that passed, to the octet after its line end: people write the same
        again and again. No field begins with a NUL."""
        self._left, self._count, self._right = _form(conduct.message_id_form, host)
        self._unusual = bool(
            conduct.header_fields_required
            or conduct.sender_must_match in {"data", "rewrite"}
            or conduct.underscores_in_from_name
        )

    def apply(self, octets: bytes, lower: bytes, identifier: str) -> tuple[bytes, str]:
        """The message with its header as it is stored, and what was changed, in words for the
        transcript; raises Refusal.

        `octets` may have part of the body behind the header, `lower` (`head.lowered`) has not;
        `identifier` is the message's, unlike any other.
        """
        conduct = self.conduct
        if conduct.from_header_checked:
            at = lower.find(_FROM)
            if at < 0 or not octets.startswith(self._fine, at):
                self._check_from(octets, lower, at)
        changes = ""
        if self._unusual:
            octets, lower, changes = self._apply_unusual(octets, len(lower) - 1)
        if not conduct.rewrites_message_id:
            return octets, changes
        # the provider's Message-ID takes the place of the client's
        count = self._count
        digits = blake2b(identifier.encode()).hexdigest()  # 128 of them
        if count > len(digits):
            digits = shake_256(identifier.encode()).hexdigest(count)
        own = f"{self._left}{digits[:count].upper()}{self._right}"
        start, end = find(octets, lower, _MESSAGE_ID)
        if start < 0:
            note = f"{changes}; Message-ID is {own}, as this provider does; it was missing"
            return f"Message-ID: {own}\r\n".encode() + octets, note
        value = octets[start:end]
        value = unfold(value) if b"\n" in value else value.strip(b" \t\r")
        was = value.decode("ascii", "backslashreplace")[:200] or "missing"
        note = f"{changes}; Message-ID is {own}, as this provider does; it was {was}"
        return b"%b %b%b" % (octets[:start], own.encode(), octets[end:]), note

    def _check_from(self, octets: bytes, lower: bytes, at: int) -> None:
        """Refuse a From field that names nobody, or not in ASCII (RFC 5322 §3.6.2, RFC 2047 §5)."""
        start, end = find(octets, lower, _FROM)
        if start < 0:
            raise Refusal(FROM_HEADER_INVALID, detail="There is none.")
        value = unfold(octets[start:end])
        if not value.isascii():
            raise Refusal(FROM_HEADER_INVALID, detail="It has octets above 127.")
        if not _author(value):
            raise Refusal(FROM_HEADER_INVALID, detail="It has no address.")
        after = octets[end : end + 3]
        self._fine = octets[at:end] + after if _ENDED.match(after) else b"\0"

    def _apply_unusual(self, octets: bytes, end: int) -> tuple[bytes, bytes, str]:
        """The rules that few providers have: message, lowered header, and what was changed."""
        conduct = self.conduct
        head = Head(octets[:end])
        wanted = conduct.header_fields_required
        if missing := [n for n in wanted if not head.value(f"\n{n.lower()}:".encode())]:
            raise Refusal(CONTENT_REFUSED, detail=f"It has no {', '.join(missing)}.")
        notes: list[str] = []
        if conduct.sender_must_match in {"data", "rewrite"}:
            head = self._own_sender(head, notes)
        if conduct.underscores_in_from_name:
            head = _underscored(head, notes)
        return head.octets + octets[end:], head.lower, "".join([f"; {note}" for note in notes])

    def _own_sender(self, head: Head, notes: list[str]) -> Head:
        """From is the account's, or becomes it."""
        value = head.value(_FROM)
        author = _author(value)
        refusal = self._sender_refused(author)
        if refusal is None:
            return head
        if self.conduct.sender_must_match == "data":
            raise refusal
        if value is None:
            return head
        notes.append(f"From was <{author}>; it is <{self.account}> now, as this provider does")
        account = self.account.encode()
        folded = head.folded(_FROM)
        if _IN_ANGLES.search(folded):
            return head.with_value(_FROM, _IN_ANGLES.sub(b"<" + account + b">", folded))
        return head.with_value(_FROM, b" " + account)


def _underscored(head: Head, notes: list[str]) -> Head:
    """A literal display name keeps its words together; encoded words are left alone."""
    folded = head.folded(_FROM)
    angles = _IN_ANGLES.search(folded)
    name = folded[: angles.start()] if angles else b""
    if angles is None or b"=?" in name or not _SPACES.search(name.strip()):
        return head
    notes.append("the spaces in the From name became underscores, as this provider does")
    before = name[: len(name) - len(name.lstrip())]
    after = name[len(name.rstrip()) :]
    name = before + _SPACES.sub(b"_", name.strip()) + after
    return head.with_value(_FROM, name + folded[angles.start() :])


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
