from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.message import charset
from fakemail.message.charset import codec_name, decode, decode_strictly


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("UTF-8", "utf_8"),
        ("utf8", "utf_8"),
        ('"utf-8"', "utf_8"),
        ("utf-8*en", "utf_8"),
        ("us-ascii", "ascii"),
        ("ISO-8859-1", "latin_1"),
        ("iso_8859-15", "iso8859_15"),
        ("iso-8859-8-i", "iso8859_8"),
        ("Windows-1252", "cp1252"),
        ("GB2312", "gb2312"),
        ("x-gbk", "gb18030"),
        ("ks_c_5601-1987", "euc_kr"),
        ("koi8-u", "koi8_u"),
        ("Big5", "big5"),
        ("unicode-1-1-utf-7", "utf_7"),
    ],
)
def test_names(name, codec):
    assert codec_name(name) == codec
    assert decode_strictly(b"plain", name) == "plain"


@pytest.mark.parametrize(
    "name",
    ["", "x-unknown", "rot13", "base64", "hex", "idna", "punycode", "unicode_escape", "undefined",
     "zlib", "mbcs", "../../etc", "a" * 65, "\0", "utf\n8x", "кои8", "os", "aliases"],
)  # fmt: skip
def test_what_is_no_charset(name):
    assert codec_name(name) is None
    assert decode_strictly(b"plain", name) is None
    assert decode(b"plain", name) == "plain"


@pytest.mark.parametrize(
    ("octets", "name", "text"),
    [
        ("你好".encode("gb18030"), "gb2312", "你好"),
        ("€uro".encode("cp1252"), "iso-8859-1", "€uro"),
        ("日本語".encode("iso-2022-jp"), "ISO-2022-JP", "日本語"),
        ("안녕".encode("cp949"), "euc-kr", "안녕"),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        ("Grüße".encode("cp1252"), "us-ascii", "Grüße"),
        ("Grüße".encode("cp1252"), "no-such", "Grüße"),
        (b"a\xffb", "utf-8", "a�b"),
        (b"\x81", "us-ascii", "�"),
        (b"\xc4", "gbk", "�"),
    ],
)
def test_decode(octets, name, text):
    assert decode(octets, name) == text


def test_strictly_means_that_every_octet_fits():
    assert decode_strictly("你".encode("gbk"), "GBK") == "你"
    assert decode_strictly(b"\xff", "utf-8") is None
    assert decode_strictly(b"\xff", "us-ascii") is None


@given(st.binary(max_size=60), st.sampled_from(sorted(charset._CODECS)))
def test_no_octets_in_no_charset_raise(octets, name):
    assert isinstance(decode(octets, name), str)
    assert isinstance(decode_strictly(octets, name), str | None)


@given(st.binary(max_size=30), st.text(max_size=20))
def test_no_name_raises(octets, name):
    assert isinstance(decode(octets, name), str)


def test_every_codec_named_exists():
    for name in [*charset._CODECS, *charset._WIDER.values(), *charset._NAMES.values()]:
        assert b"".decode(name) == ""
