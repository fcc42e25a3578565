"""Parts in the transfer encoding ``binary``, made fit for mailboxes that are read by POP3 and IMAP.

A message that came by BINARYMIME (RFC 3030 §3) may have any octets in parts that are labelled
``binary``. Neither protocol hands them out: an IMAP literal has no NUL, and binary strings "must be
encoded into a textual form" (RFC 3501 §4.3.1); POP3 knows lines, and no binary, UTF-8 or not
(RFC 6856 §2.1). So a part that 8bit could not hold is encoded in base64, which keeps all its bits,
and the multiparts and messages around it are labelled 8bit. Every other octet stays what it was.
"""

from __future__ import annotations

import re
from base64 import encodebytes

from fakemail.message.part import Part, parse

NO_TEXT = re.compile(rb"\0|\r(?!\n)|(?<!\r)\n|[^\n]{999}")
"""What makes octets unfit for 7bit and 8bit (RFC 2045 §2.7, §2.8)."""

_NAME = b"content-transfer-encoding"


def in_text(octets: bytes) -> tuple[bytes, int]:
    """The message with its binary parts in base64, and how many there were."""
    if NO_TEXT.search(octets) is None:
        return octets, 0
    edits: list[tuple[int, int, bytes]] = []
    encoded = 0
    waiting = [parse(octets)]
    while waiting:
        part = waiting.pop()
        inner = [*part.children, *([] if part.message is None else [part.message])]
        waiting += inner
        if part.encoding.lower() != b"binary":
            continue
        if inner:
            edits.append((part.start, part.body_start, _labelled(part, b"8bit")))
        elif NO_TEXT.search(part.body) is not None:
            encoded += 1
            edits.append((part.start, part.body_start, _labelled(part, b"base64")))
            text = encodebytes(part.body).rstrip(b"\n").replace(b"\n", b"\r\n")
            last = part.end == len(octets)
            edits.append((part.body_start, part.end, text + b"\r\n" if last else text))
    if not encoded:
        return octets, 0
    pieces, at = [], 0
    for start, end, text in sorted(edits):
        pieces += [octets[at:start], text]
        at = end
    pieces.append(octets[at:])
    return b"".join(pieces), encoded


def _labelled(part: Part, encoding: bytes) -> bytes:
    """The header of a part, with another transfer encoding."""
    header, at = part.header, 0
    for field in header.fields:
        if field.name.lower() == _NAME:
            line = b"%b: %b\r\n" % (field.name, encoding)
            return header.octets[:at] + line + header.octets[at + len(field.octets) :]
        at += len(field.octets)
    raise AssertionError("a part without the field is not binary")
