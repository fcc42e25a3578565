from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.message.encoded_word import decode_words, undo_base64

CASES = {
    # RFC 2047 §8
    b"=?ISO-8859-1?Q?a?=": "a",
    b"=?ISO-8859-1?Q?a?= b": "a b",
    b"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=": "ab",
    b"=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=": "ab",
    b"=?ISO-8859-1?Q?a?=\r\n =?ISO-8859-1?Q?b?=": "ab",
    b"=?ISO-8859-1?Q?a_b?=": "a b",
    b"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=": "a b",
    b"=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>": "Keith Moore <moore@cs.utk.edu>",
    b"=?ISO-8859-1?Q?Andr=E9?= Pirard": "André Pirard",
    b"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n"
    b" =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=": (
        "If you can read this you understand the example."
    ),
    b"(=?ISO-8859-1?Q?a?= b)": "(a b)",
    # what people send
    b"plain": "plain",
    b"": "",
    "Grüße".encode(): "Grüße",
    b"\xc3=?utf-8?q?x?=\xff": "Ãxÿ",
    b"=?utf-8?q?a?==?utf-8?q?b?=": "ab",
    b"x=?utf-8?q?a?=y": "xay",
    b'"=?utf-8?q?=C3=A9?=" <a@b>': '"é" <a@b>',
    b"=?utf-8?Q?How are you??=": "How are you?",
    b"=?utf-8?Q?a=3F?=": "a?",
    b"=?utf-8?B?5L2g5aW9?=": "你好",
    b"=?utf-8?B?w6k?=": "é",
    b"=?utf-8?B?w6k=====?=": "é",
    b"=?utf-8?B?w?=": "",
    b"=?utf-8?Q?=E4=BD?= =?utf-8?Q?=A0?=": "你",
    b"=?GB2312?B?xOO6ww==?=": "你好",
    b"=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=": "日本",
    b"=?utf-8*en?Q?a?=": "a",
    b"=?no-such?Q?=C3=A9?=": "é",
    b"=?utf-8?X?a?=": "=?utf-8?X?a?=",
    b"=?utf-8?Q?never": "=?utf-8?Q?never",
    b"=?": "=?",
    b"=?utf-8?Q??=x": "x",
    b"=?utf-8?q?bad=ZZ?=": "bad=ZZ",
    b"a =?utf-8?q?b?= =?utf-8?q?c?= d": "a bc d",
}


@pytest.mark.parametrize("value", CASES, ids=repr)
def test_encoded_words(value):
    assert decode_words(value) == CASES[value]


@given(st.text(max_size=60), st.integers(1, 40))
def test_words_split_anywhere_come_together_again(text, step):
    octets = text.encode()
    pieces = [octets[at : at + step] for at in range(0, len(octets), step)]
    words = [b"=?utf-8?B?" + base64.b64encode(piece) + b"?=" for piece in pieces]
    assert decode_words(b"\r\n ".join(words)) == text


@given(st.binary(max_size=200))
def test_base64_is_undone(octets):
    assert undo_base64(base64.encodebytes(octets)) == octets


@given(
    st.lists(st.sampled_from([b"=?", b"?=", b"?", b"=", b"utf-8", b"Q", b"B", b" ", b"\xff", b"a"]))
)
def test_nothing_raises(pieces):
    assert isinstance(decode_words(b"".join(pieces)), str)


@pytest.mark.parametrize("piece", [b"=?a?q?", b"=?", b"=?a?q?=", b"=?a?b?x?", b"?=", b"=?a?q?x?= "])
def test_hostile_words_are_cheap(piece):
    started = time.process_time()
    decode_words(piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 3
