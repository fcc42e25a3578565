"""What was probably meant."""

from __future__ import annotations

import pytest

from fakemail.wire.nearest import nearest

KNOWN = ("gmail", "hotmail", "qq", "163")


@pytest.mark.parametrize(
    ("word", "found"), [("gmial", "gmail"), ("hotmial", "hotmail"), ("gmail", "gmail"), ("x", None)]
)
def test_the_one_that_is_most_like_it(word: str, found: str | None) -> None:
    assert nearest(word, KNOWN, likeness=0.75) == found


def test_how_like_it_has_to_be() -> None:
    assert nearest("gmial", KNOWN, likeness=0.9) is None
    assert nearest("gmial", (), likeness=0.1) is None
