"""Paths (RFC 5321 §4.1.2)."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.smtp import path

GOOD = [
    ("<>", "", ""),
    ("<> SIZE=1", "", "SIZE=1"),
    ("<a@b>", "a@b", ""),
    ("<a@b.test> X=y Z", "a@b.test", "X=y Z"),
    ("<a.b+c@x-y.test>", "a.b+c@x-y.test", ""),
    ("<!#$%&'*+-/=?^_`{|}~@b.test>", "!#$%&'*+-/=?^_`{|}~@b.test", ""),
    ('<"a b"@c.test>', '"a b"@c.test', ""),
    ('<"a@b"@c.test>', '"a@b"@c.test', ""),
    ('<"a>b"@c.test> X', '"a>b"@c.test', "X"),
    ('<"ab"@c.test>', "ab@c.test", ""),
    ('<"a\\b"@c.test>', "ab@c.test", ""),
    ('<"a\\"b"@c.test>', '"a\\"b"@c.test', ""),
    ('<""@c.test>', '""@c.test', ""),
    ("<a@[127.0.0.1]>", "a@[127.0.0.1]", ""),
    ("<a@[IPv6:::1]>", "a@[IPv6:::1]", ""),
    ("<a@[ipv6:0:0::1]>", "a@[IPv6:::1]", ""),
    ("<@x.test:a@b.test>", "a@b.test", ""),
    ("<@x.test,@y.test:a@b.test>", "a@b.test", ""),
    ("<用户@例子.测试>", "用户@例子.测试", ""),
    (" <a@b.test>", "a@b.test", ""),
    ("a@b.test", "a@b.test", ""),
    ("a@b.test SIZE=1", "a@b.test", "SIZE=1"),
    ("<postmaster>", "postmaster", ""),
    ("<a@my_host>", "a@my_host", ""),
]
BAD = """<a@b.test|<a b@c.test>|<a@>|<@b.test>|<a@b..test>|<.a@b.test>|<a.@b.test>|<a..b@c.test>
<a@-b.test>|<a@b-.test>|<a@b.test.>|<a@.b>|<a@b@c>|<"a@b.test>|<a"b@c.test>|<"a"b@c.test>|<a@[]>
<a@[1.2.3]>|<a@[IPv6:x]>|<a@[x:y]>|<a@[127.0.0.1>|<a(b)@c.test>|<a,b@c.test>|<a@b.test>x|<<a@b>>
<@x.test a@b.test>|<@:a@b.test>| |<a:b@c.test>|<a;b@c.test>|<a\\b@c.test>|<a@b c>|<a@b/c>
<@x.test:>|@_:"""


@pytest.mark.parametrize(("text", "address", "rest"), GOOD)
def test_good(text, address, rest):
    found, after = path.read(text)
    assert (found.address, after) == (address, rest)


@pytest.mark.parametrize("text", BAD.replace("\n", "|").split("|"))
def test_bad(text):
    with pytest.raises(path.PathError):
        path.read(text)


def test_too_long():
    for text in (f"<{'a' * 257}@b.test>", f"<a@{'b' * 60}{'.c' * 100}>"):
        with pytest.raises(path.PathError, match="longer than"):
            path.read(text)
    assert path.read(f"<{'a' * 200}@{'b' * 60}.test>")[0].address


@pytest.mark.parametrize(("text", "address", "rest"), [case for case in GOOD if "@" in case[1]])
def test_the_fast_way_and_the_slow_way_agree(text, address, rest):
    assert path._slowly(text)[0].address == path.read(text)[0].address


@given(st.text(st.sampled_from('ab.@<>"\\[]: ,-_ü'), max_size=30))
@settings(max_examples=300)
def test_never_anything_but_a_path_error(text):
    for candidate in (text, f"<{text}>"):
        try:
            found, _ = path.read(candidate)
        except path.PathError:
            continue
        # what was read can be read again, and means the same
        assert path.read(f"<{found.address}>")[0].address == found.address


@pytest.mark.parametrize("unit", ["a", "a.", "a-", "@a,", '"', '\\"', "a@", "[", "<", ".a-b", "ü"])
def test_no_input_takes_long(unit):
    began = time.process_time()
    for text in (unit * 2000, f"<{unit * 2000}", f"<{unit * 2000}>", f"<@{unit * 2000}:x@y>"):
        try:
            path.read(text)
        except path.PathError:
            pass
    assert time.process_time() - began < 0.5
