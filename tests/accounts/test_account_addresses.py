"""One spelling for every address, and a clean refusal for what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.accounts.address import NotAnAddress, canonical, shown, without_tag


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Alice@Fakemail.TEST", "alice@fakemail.test"),
        ("alice", "alice@d.test"),
        ("Postmaster", "postmaster@d.test"),
        ("alice@x.test.", "alice@x.test"),
        ('"alice"@x.test', "alice@x.test"),
        ('"a\\l\\ice"@x.test', "alice@x.test"),
        ('"a b"@x.test', '"a b"@x.test'),
        ('"a\\"b"@x.test', '"a\\"b"@x.test'),
        ("a..b@docomo.test", "a..b@docomo.test"),
        ("a/b@x.test", "a/b@x.test"),
        ("alice@[127.0.0.1]", "alice@[127.0.0.1]"),
        ("Ünal@Exämple.test", "ünal@exämple.test"),
        ("u\u0308nal@x.test", "ünal@x.test"),
        ("王@例え.jp", "王@例え.jp"),
        ("王@XN--R8JZ45G.jp", "王@例え.jp"),
        ("bob@mail.xn--mnchen-3ya.test", "bob@mail.münchen.test"),
        ("bob@xn--.test", "bob@xn--.test"),
        ("bob@xn--a-ecp.ru.test", "bob@xn--a-ecp.ru.test"),
        ("bob@xn--99999999999.test", "bob@xn--99999999999.test"),
        ("xn--bob@x.test", "xn--bob@x.test"),
        (f"{'v' * 200}@x.test", f"{'v' * 200}@x.test"),
    ],
)
def test_one_spelling(text: str, address: str) -> None:
    assert canonical(text, "d.test") == address
    assert canonical(address, "d.test") == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "@x",
        "alice@",
        "alice@x/../y",
        "alice@..",
        "alice@.x",
        "a b@x",
        "a@b@x",
        '"a@x',
        "a\0b@x",
        "a\r\nb@x",
        "\ud800@x",
        "a\u2028b@x",
        "a@[not an address]",
        "a" * 10_000,
        "ä" * 200 + "@x",
        "a@" + "ä" * 200,
    ],
)
def test_not_an_address(text: str) -> None:
    with pytest.raises(NotAnAddress):
        canonical(text, "d.test")


@given(st.text(max_size=40))
def test_any_text_has_a_canonical_form_that_stays_or_is_refused(text: str) -> None:
    try:
        address = canonical(text, "d.test")
    except NotAnAddress:
        return
    assert canonical(address, "d.test") == address
    assert "\0" not in address and "/" not in address.rpartition("@")[2]


def test_tags() -> None:
    assert without_tag("alice+tag+more@x") == "alice@x"
    assert without_tag("+tag@x") == "+tag@x"


def test_shown_is_printable_and_bounded() -> None:
    assert shown("a\0\r\n\u2028é\x1b") == "a\\x00\\x0d\\x0a\\u2028é\\x1b"
    assert shown("x" * 10_000) == "x" * 100 + "... (10000 characters)"
    assert shown("\ud800").isprintable()
