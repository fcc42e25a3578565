from __future__ import annotations

import time

import pytest

from fakemail.message.parameters import MAX_PARAMETERS, parse_disposition, parse_parameters

CASES = {
    b"": [],
    b";": [],
    b"; a=b": [(b"a", b"b")],
    b';A="b c"; d=e;': [(b"A", b"b c"), (b"d", b"e")],
    b'; a="b\\"c\\\\"': [(b"a", b'b"c\\')],
    b"; a = b ; c= d": [(b"a", b"b"), (b"c", b"d")],
    b"; a=b (comment); (x) c=d": [(b"a", b"b"), (b"c", b"d")],
    b"; a=": [(b"a", b"")],
    b"; a": [],
    b'; a=""': [(b"a", b"")],
    b'; a="never closed; b=c': [(b"a", b"never closed; b=c")],
    b"; filename=two words.txt; x=y": [(b"filename", b"two words.txt"), (b"x", b"y")],
    b"; a=b=c": [(b"a", b"b=c")],
    b"; a=b/c;;; d=e": [(b"a", b"b/c"), (b"d", b"e")],
    b"; a=<b@c>": [(b"a", b"<b@c>")],
    "; a=bücher".encode(): [(b"a", "bücher".encode())],
    # RFC 2231 §3, §4, §4.1
    b'; access-type=URL; URL*0="ftp://"; URL*1="cs.utk.edu/pub"': [
        (b"access-type", b"URL"),
        (b"URL", b"ftp://cs.utk.edu/pub"),
    ],
    b"; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A": [
        (b"title*", b"us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A")
    ],
    b"; title*0*=us-ascii'en'This%20is; title*1*=%20%2A; title*2=\"isn't it\"": [
        (b"title*", b"us-ascii'en'This%20is%20%2Aisn't it")
    ],
    b"; t*1=b; t*0=a": [(b"t", b"ab")],
    b"; t*0=a%; t*1*=%20": [(b"t*", b"''a%25%20")],
}


@pytest.mark.parametrize("value", CASES, ids=lambda value: value.decode())
def test_parameters(value):
    assert parse_parameters(value) == tuple(CASES[value])


@pytest.mark.parametrize(
    ("value", "word", "parameters"),
    [
        (b"attachment; filename=a.txt", b"attachment", ((b"filename", b"a.txt"),)),
        (b"INLINE", b"INLINE", ()),
        (b"(c) inline (d)", b"inline", ()),
        (b"; filename=x", b"", ((b"filename", b"x"),)),
        (b"filename=x", b"filename=x", ()),
    ],
)
def test_dispositions(value, word, parameters):
    assert parse_disposition(value) == (word, parameters)


def test_the_number_of_parameters_is_bounded():
    assert len(parse_parameters(b";a=b" * (MAX_PARAMETERS + 50))) == MAX_PARAMETERS


@pytest.mark.parametrize(
    "piece", [b";", b'; a="', b";a*0=b", b";a*0*=b", b"; (", b'\\"', b"=", b' a ="']
)
def test_hostile_parameters_are_cheap(piece):
    started = time.process_time()
    parse_parameters(b"; a=b" + piece * 500_000)
    assert time.process_time() - started < 2
