"""i;unicode-casemap (RFC 5051)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.imap.sort.collation import casemap


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lunch", "LUNCH"), ("é", "E\u0301"), ("É", "e\u0301"), ("ﬁne", "fine"), ("Ａ", "a"),
        ("ǆ", "ǅ"), ("ǆ", "Ǆ"), ("한", "\u1112\u1161\u11ab"), ("ς", "σ"),
    ],
)  # fmt: skip
def test_equal(one: str, other: str) -> None:
    assert casemap(casemap(one)) == casemap(casemap(other))


@pytest.mark.parametrize("texts", [["", "a", "B", "é", "F", "z", "_"], ["s", "ss", "T", "ß"]])
def test_order(texts: list[str]) -> None:
    """Title case stands before ``_``; an accent comes after its letter; ß has no other case."""
    assert sorted(texts, key=casemap) == texts


@given(st.text(), st.text())
def test_code_points_order_as_utf_8_does(one: str, other: str) -> None:
    one, other = casemap(one), casemap(other)
    octets = [text.encode("utf-8", "surrogatepass") for text in (one, other)]
    assert (one < other) is (octets[0] < octets[1])


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_ascii_is_the_same_the_long_way(text: str) -> None:
    assert casemap(text + "é").removesuffix(casemap("é")) == casemap(text)
