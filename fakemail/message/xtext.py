r"""Text in the parameters of MAIL and RCPT: xtext (RFC 3461 §4) and its younger sibling for
addresses in UTF-8 (RFC 6533 §3).

    xtext            = *( xchar / hexchar )       ; "!" to "~" but "+" and "=";  "+" 2 HEXDIG
    utf-8-enc-addr   = 1*( QUCHAR / EmbeddedUnicodeChar )
                                                  ; xchar but "\", or above ASCII;  "\x{" HEX "}"

Both are decoded by the letter: what may not stand there is named with its position.
"""

from __future__ import annotations

import re

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*+")
_HEXCHAR = re.compile(r"\+([0-9A-F]{2})")
_UNITEXT = re.compile(r"(?:[!-*,-<>-\[\]-~]|[^\x00-\x7f]|\\x\{[0-9A-Fa-f]{2,6}\})*+")
_EMBEDDED = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")

_ESCAPED_ASCII = frozenset([*range(0x21), 0x7F, *b"+=\\"])
"""What of ASCII is written as ``\\x{..}``: controls, space, and the three with a meaning."""


class XtextError(ValueError):
    """Not what the grammar allows; the text says what is wrong and where."""


def decode(text: str) -> str:
    """What xtext stands for, one character an octet. Raises XtextError."""
    _check(_XTEXT, text, "+ and two upper-case hexadecimal digits")
    return _HEXCHAR.sub(lambda match: chr(int(match[1], 16)), text)


def decode_address(text: str) -> str:
    """The address that utf-8-addr-xtext or utf-8-addr-unitext stands for. Raises XtextError."""
    _check(_UNITEXT, text, r"\x and its number in hexadecimal, in braces")
    return _EMBEDDED.sub(_embedded, text)


def _embedded(match: re.Match[str]) -> str:
    """``HEXPOINT``: no surrogate, no leading zeros, and of ASCII only what needs it."""
    digits = match[1]
    point = int(digits, 16)
    if (
        point > 0x10FFFF
        or 0xD800 <= point < 0xE000
        or (point < 0x80 and point not in _ESCAPED_ASCII)
        or digits.upper() != f"{point:02X}"
    ):
        raise XtextError(f"no character is escaped as '{digits}'")
    return chr(point)


def _check(grammar: re.Pattern[str], text: str, escape: str) -> None:
    """Raise where `text` is not of this grammar."""
    match = grammar.match(text)
    at = match.end() if match else 0
    if at < len(text):
        raise XtextError(f"'{text[at]}' at position {at + 1}; the like is written as {escape}")
