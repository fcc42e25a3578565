"""Octets to text in any charset that mail names, without ever failing.

Names are looked up among the codecs that Python ships *before* the codec machinery is asked: it
would import modules by that name and remember every failure for ever, and the names come from
strangers. Codecs that are no charsets (rot13, punycode, escapes) are not among them.
"""

from __future__ import annotations

import codecs
from encodings.aliases import aliases

_MORE = frozenset(
    "cp720 cp737 cp856 cp874 cp875 cp1006 koi8_t koi8_u mac_arabic mac_croatian mac_farsi "
    "mac_romanian utf_8_sig".split()
)
_NO_CHARSET = frozenset(
    "base64_codec bz2_codec hex_codec idna mbcs oem palmos punycode quopri_codec "
    "raw_unicode_escape rot_13 undefined unicode_escape uu_codec zlib_codec".split()
)
_BETTER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "ks_c_5601_1987": "cp949",
    "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
    "big5": "big5hkscs",
    "iso8859_8_i": "iso8859_8",
    "iso8859_8_e": "iso8859_8",
    "iso8859_6_i": "iso8859_6",
    "iso8859_6_e": "iso8859_6",
    "unicode_1_1_utf_7": "utf_7",
    "x_gbk": "gb18030",
    "x_sjis": "cp932",
    "x_euc_jp": "euc_jp",
    "x_big5": "big5hkscs",
    "x_mac_roman": "mac_roman",
    "x_unknown": "utf_8",
    "unknown_8bit": "utf_8",
    "utf8mb4": "utf_8",
    "cp1252": "cp1252",
    "iso8859_1": "cp1252",
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "ascii": "utf_8",
}
"""Supersets that senders mean when they say the smaller name."""

_CODECS = (frozenset(aliases.values()) | _MORE) - _NO_CHARSET


def codec_name(name: str) -> str | None:
    """The name of Python's codec for a charset's name; None when there is none."""
    if len(name) > 64 or not name.isascii():
        return None
    key = name.strip().strip("\"'").lower().replace("-", "_").replace(" ", "_").replace(".", "_")
    key = key.partition("*")[0]
    if key.startswith("iso_8859_"):
        key = "iso8859_" + key[9:]
    if key in _CODECS:
        return key
    return aliases.get(key) if aliases.get(key) in _CODECS else None


def decode(octets: bytes, charset: str = "us-ascii") -> str:
    """Text of `octets`, which claim to be in `charset`.

    Octets that do not fit become U+FFFD. An unknown or plain ASCII charset is read as UTF-8 if
    it is UTF-8, and as Windows-1252 otherwise.
    """
    if octets.isascii() and b"\x1b" not in octets and not charset.lower().startswith("utf-7"):
        ascii_like = True
    return octets.decode("utf-8", "replace")
