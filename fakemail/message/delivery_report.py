"""A delivery status notification: what became of a message, told to its sender (RFC 3464).

    multipart/report; report-type=delivery-status      (RFC 6522 §3)
        text/plain                       for people
        message/delivery-status          for programs: fields on the message, then a group of fields
                                         for each recipient
        text/rfc822-headers              the header of the message, or
        message/rfc822                   all of it

Where an address or the header has characters beyond ASCII, the second and the third part are of
the types that RFC 6533 §4 made for them (message/global-delivery-status, message/global-headers,
message/global), in 8bit: every mailbox here takes that.

A report is from nobody, so that nobody reports on it: whoever delivers it must use the null
reverse-path (RFC 3464 §2), and the Return-Path field says so from the start.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fakemail.message.binary import NO_TEXT
from fakemail.message.header import body_offset
from fakemail.message.trace import date_time

Action: TypeAlias = Literal["delivered", "failed"]

_SUBJECT = {"delivered": "Success", "failed": "Failure"}
_SENTENCE = {
    "delivered": "Your message was delivered to:",
    "failed": "Your message could not be delivered to:",
}
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Recipient:
    """What became of the message for one recipient (RFC 3464 §2.3)."""

    address: str
    """As it stood in RCPT."""

    original: tuple[str, str] | None = None
    """Type and address of ORCPT, as they belong into the field; None where it was not given, for
    then the field must not be there (RFC 3461 §6.3)."""

    action: Action = "delivered"
    status: str = "2.0.0"
    """RFC 3463."""

    diagnostic: str = ""
    """The SMTP reply that says why not, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What there is to say; `octets` says it."""

    reporting_mta: str
    """The server's name."""

    postmaster: str
    """Whom people may ask."""

    reverse_path: str
    """The sender of the message, who gets the report."""

    recipients: Sequence[Recipient]
    """At least one."""

    message: bytes
    """What comes back: the header, or the whole message."""

    whole: bool = False
    """Whether all of the message is to come back (RET=FULL). What no 8bit part can hold does not:
    then it is the header (RFC 6522 §3)."""

    envelope_id: str | None = None
    """ENVID, decoded; None where it was not given."""

    def octets(self, identifier: str, at: float) -> bytes:
        """The report as a message. `identifier` makes Message-ID and boundary; `at` in seconds
        since 1970-01-01 UTC."""
        date = date_time(int(at))
        parts = [self._for_people(), self._for_programs(date), self._returned()]
        boundary = f"=_{identifier}"
        while any(boundary.encode() in part for part in parts):
            boundary += "_"
        subject = ", ".join(dict.fromkeys(_SUBJECT[each.action] for each in self.recipients))
        head = (
            "Return-Path: <>\r\n"
            f"From: Mail Delivery System <{self.postmaster}>\r\n"
            f"To: <{self.reverse_path}>\r\n"
            f"Subject: Delivery Status Notification ({subject})\r\n"
            f"Date: {date}\r\n"
            f"Message-ID: <{identifier}.report@{self.reporting_mta}>\r\n"
            "Auto-Submitted: auto-replied\r\n"  # RFC 3834 §5: nobody's vacation answers it
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status;\r\n"
            f'\tboundary="{boundary}"\r\n'
        ).encode()
        if not all(map(bytes.isascii, parts)):
            head += b"Content-Transfer-Encoding: 8bit\r\n"
        between = f"\r\n--{boundary}".encode()
        return b"".join([head, *(between + b"\r\n" + part for part in parts), between, b"--\r\n"])

    def _for_people(self) -> bytes:
        lines = []
        for action, sentence in _SENTENCE.items():
            theirs = [each for each in self.recipients if each.action == action]
            if theirs:
                lines += [sentence, ""]
                for each in theirs:
                    lines += [f"    <{each.address}>"]
                    lines += [f"        {each.diagnostic}"] if each.diagnostic else []
                lines += [""]
        if self.envelope_id is not None:
            lines += [f"You called it {self.envelope_id}.", ""]
        lines += ["The message is attached." if self.whole else "Its header is attached."]
        text = "\r\n".join(lines)
        charset = "us-ascii" if text.isascii() else "utf-8"
        return _part(f"text/plain; charset={charset}", text.encode() + b"\r\n")

    def _for_programs(self, date: str) -> bytes:
        """``message/delivery-status`` (RFC 3464 §2.1), or its form in UTF-8 (RFC 6533 §4.1)."""
        name = self.reporting_mta
        groups = [
            [
                *([f"Original-Envelope-Id: {self.envelope_id}"] if self.envelope_id else []),
                f"Reporting-MTA: {'dns' if '.' in name else 'x-local-hostname'}; {name}",
                f"Arrival-Date: {date}",
            ],
            *(_recipient(each) for each in self.recipients),
        ]
        text = "\r\n".join("".join(f"{line}\r\n" for line in group) for group in groups)
        kind = "delivery-status" if text.isascii() else "global-delivery-status"
        return _part(f"message/{kind}", text.encode())

    def _returned(self) -> bytes:
        """The message, or its header (RFC 6522 §3, §4; RFC 6533 §4.2, §4.3)."""
        header = self.message[: body_offset(self.message)]
        international = not header.isascii() and _is_utf8(header)
        if self.whole and NO_TEXT.search(self.message) is None:
            return _part("message/global" if international else "message/rfc822", self.message)
        kind = "message/global-headers" if international else "text/rfc822-headers"
        lines = _LINE_END.sub(b"\r\n", header).rstrip(b"\r\n")
        return _part(kind, lines + b"\r\n")


def _recipient(each: Recipient) -> list[str]:
    """The fields of one recipient, in the order of the ABNF (RFC 3464 §2.3)."""
    fields = []
    if each.original is not None:
        kind, address = each.original
        fields.append(f"Original-Recipient: {kind};{address}")
    kind = "rfc822" if each.address.isascii() else "utf-8"
    fields += [
        f"Final-Recipient: {kind};{each.address}",
        f"Action: {each.action}",
        f"Status: {each.status}",
    ]
    if each.diagnostic:
        fields.append(f"Diagnostic-Code: smtp; {each.diagnostic}")
    return fields


def _part(content_type: str, octets: bytes) -> bytes:
    """A part of the report, with its header."""
    encoding = b"" if octets.isascii() else b"Content-Transfer-Encoding: 8bit\r\n"
    return b"Content-Type: %b\r\n%b\r\n%b" % (content_type.encode(), encoding, octets)


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True
