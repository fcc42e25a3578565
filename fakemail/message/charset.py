"""Octets to text in any charset that mail names, without ever failing.

Names are looked up among the codecs that Python ships *before* the codec machinery is asked: it
would import modules by that name and remember every failure for ever, and the names come from
strangers. Codecs that are no charsets (rot13, punycode, escapes) are not among them.
"""

from __future__ import annotations

from encodings.aliases import aliases
from functools import lru_cache

_MORE = {
    "cp720", "cp737", "cp856", "cp874", "cp875", "cp1006", "koi8_t", "koi8_u",
    "mac_arabic", "mac_croatian", "mac_farsi", "mac_romanian", "utf_8_sig",
}  # fmt: skip
"""Codecs that no alias leads to."""

_NO_CHARSET = {
    "base64_codec", "bz2_codec", "hex_codec", "idna", "mbcs", "oem", "palmos", "punycode",
    "quopri_codec", "raw_unicode_escape", "rot_13", "undefined", "unicode_escape", "uu_codec",
    "zlib_codec",
}  # fmt: skip
_CODECS = (set(aliases.values()) | _MORE) - _NO_CHARSET
_NAMES = {
    "iso8859_6_e": "iso8859_6",
    "iso8859_6_i": "iso8859_6",
    "iso8859_8_e": "iso8859_8",
    "iso8859_8_i": "iso8859_8",
    "ks_c_5601": "cp949",
    "unicode_1_1_utf_7": "utf_7",
    "unicode_1_1_utf_8": "utf_8",
    "utf8mb4": "utf_8",
    "x_big5": "cp950",
    "x_euc_jp": "euc_jp",
    "x_gbk": "gb18030",
    "x_mac_roman": "mac_roman",
    "x_sjis": "cp932",
}
"""Names found in mail that Python does not know."""

_WIDER = {
    "big5": "cp950",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso2022_jp": "iso2022_jp_ext",
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "latin_1": "cp1252",
    "shift_jis": "cp932",
    "tis_620": "cp874",
}
"""What senders use when they name the smaller one."""


@lru_cache(maxsize=512)
def codec_name(name: str) -> str | None:
    """The name of Python's codec for a charset's name; None when there is none.

    Takes what stands in mail: any case, ``_`` for ``-``, quotes, a language after ``*``
    (RFC 2231 §5), ``iso-8859-8-i``.
    """
    if len(name) > 64 or not name.isascii():
        return None
    key = name.strip(" \t\"'").partition("*")[0].lower()
    for mark in "-. :":
        key = key.replace(mark, "_")
    if key.startswith("iso_8859_"):
        key = "iso8859_" + key[9:]
    if key in _CODECS:
        return key
    found = _NAMES.get(key) or aliases.get(key)
    return found if found in _CODECS else None


def decode(octets: bytes, charset: str = "us-ascii") -> str:
    """Text of `octets` that claim to be in `charset`; what does not fit becomes U+FFFD.

    US-ASCII and unknown charsets are read as UTF-8 if the octets are UTF-8, and as Windows-1252
    otherwise.
    """
    codec = codec_name(charset)
    if codec is None or codec == "ascii":
        try:
            return octets.decode("utf-8")
        except UnicodeDecodeError:
            codec = "cp1252"
    try:
        return octets.decode(_WIDER.get(codec, codec), "replace")
    except (UnicodeError, ValueError):
        return octets.decode("utf-8", "replace")


def decode_strictly(octets: bytes, charset: str) -> str | None:
    """Text of `octets` in a charset; None when the charset is unknown or they are not in it."""
    codec = codec_name(charset)
    if codec is None:
        return None
    try:
        return octets.decode(_WIDER.get(codec, codec))
    except (UnicodeError, ValueError):
        return None
