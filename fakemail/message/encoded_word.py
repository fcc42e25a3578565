"""Encoded words in header fields, decoded the way people write them (RFC 2047).

Beyond the RFC: words that touch each other or other text, words inside quoted strings, spaces
and question marks inside Q text, base64 with wrong padding, a language after the charset (RFC
2231 §5), a character split between two words of one charset, and raw 8-bit octets outside.
"""

from __future__ import annotations

import binascii
import re
from itertools import islice

from fakemail.message.charset import decode

_WORD = re.compile(rb"=\?([^?\s]{1,80}+)\?([BbQq])\?((?:[^?=]++|=(?!\?(?!=))|\?(?!=))*+)\?=")
"""Text ends at ``?=``, and is given up where another word seems to begin (``=?``): so every
octet is looked at a bounded number of times, whatever the input."""

MAX_WORDS = 5_000
"""Encoded words of one value past this number are left as they are."""

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)


def decode_words(octets: bytes) -> str:
    """The text of a field value, unfolded or not, with its encoded words decoded."""
    if b"=?" not in octets:
        return decode(octets)
    pieces: list[str] = []
    charset: str = ""
    pending: list[bytes] = []
    last = 0
    for word in islice(_WORD.finditer(octets), MAX_WORDS):
        between = octets[last : word.start()]
        name = word[1].decode("ascii", "replace").partition("*")[0].lower()
        apart = bool(between.strip()) or not last
        if pending and (apart or name != charset):
            pieces.append(decode(b"".join(pending), charset))
            pending.clear()
        if apart:
            pieces.append(decode(between))
        charset = name
        pending.append(undo_base64(word[3]) if word[2] in b"Bb" else undo_q(word[3]))
        last = word.end()
    if pending:
        pieces.append(decode(b"".join(pending), charset))
    pieces.append(decode(octets[last:]))
    return "".join(pieces)


def undo_base64(text: bytes) -> bytes:
    """The octets that base64 text stands for; what is no base64 is skipped (RFC 2045 §6.8)."""
    text = text.translate(None, _NOT_BASE64)
    left = len(text) % 4
    if left == 1:
        text = text[:-1]
    elif left:
        text += b"=" * (4 - left)
    return binascii.a2b_base64(text)


def undo_q(text: bytes) -> bytes:
    """The octets that the Q encoding stands for (RFC 2047 §4.2)."""
    return binascii.a2b_qp(text, header=True)
