"""Shapes of codes: what is made fits, and looks as its pattern says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.accounts.shapes import NoShape, Shape

QQ = Shape("^[a-z]{16}$")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("^[a-z]{16}$", "16 lower-case letters"),
        ("^[A-Z]{16}$", "16 capital letters"),
        ("^[0-9a-f]{20}$", "20 characters of 0123456789abcdef"),
        ("^[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{4}$", "abcd-abcd-abcd-abcd"),
        ("[A-Za-z0-9-]", None),
        (r"app_[0-9]{3}\.x", "app_012.x"),
    ],
)
def test_what_is_made_fits(pattern: str, words: str | None) -> None:
    shape = Shape(pattern)
    made = {shape.make() for _ in range(30)}
    assert all(shape.fits(each) and re.fullmatch(pattern, each) for each in made)
    assert len(made) > 10, "codes are not to be guessed"
    if words:
        assert shape.words.replace("hexadecimal digits", "characters of 0123456789abcdef") == words


@pytest.mark.parametrize(
    "pattern", ["", "^$", "a+", "(a|b)", "[", "[^a]{3}", ".*", "[z-a]", "x{2,3}"]
)
def test_more_than_a_shape(pattern: str) -> None:
    with pytest.raises(NoShape):
        Shape(pattern)


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_any_text_is_a_shape_or_is_none(pattern: str) -> None:
    try:
        shape = Shape(pattern)
    except NoShape:
        return
    if len(made := shape.make()) < 2000:
        assert shape.fits(made)


def test_groups_are_for_the_eye() -> None:
    gmail = Shape("^[a-z]{16}$", groups=4)
    code = gmail.make()
    shown = gmail.shown(code)
    assert [len(group) for group in shown.split(" ")] == [4, 4, 4, 4]
    assert shown.replace(" ", "") == code
    assert gmail.fits(shown) and gmail.shown(shown) == shown
    assert QQ.shown(code) == code


def test_what_does_not_fit() -> None:
    for code in (
        "",
        "abc",
        "ABCDEFGHIJKLMNOP",
        "abcdefghijklmnopq",
        "abcdefghijklmno1",
        "a" * 15 + "\n",
    ):
        assert not QQ.fits(code)
    long_enough = Shape("[A-Z]{16}", only_length=True)
    assert long_enough.fits("0123456789abcdef") and not long_enough.fits("ABC")
    assert long_enough.words == "16 characters"
