"""Numbers as ranges, and back."""

from __future__ import annotations

from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.wire.ranges import ranges, written


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([], ""),
        ([5], "5"),
        ([1, 2, 3, 7], "1:3,7"),
        ([7, 8, 1, 2], "7:8,1:2"),
        ([3, 2, 1], "3,2,1"),
        ([2, 2, 3], "2,2:3"),
    ],
)
def test_written(numbers: list[int], text: str) -> None:
    assert written(ranges(numbers)) == text


@given(st.lists(st.integers(0, 20)))
def test_all_come_back_in_their_order(numbers: list[int]) -> None:
    runs = list(ranges(numbers))
    assert list(chain.from_iterable(range(first, last + 1) for first, last in runs)) == numbers
    assert all(one[1] + 1 != other[0] for one, other in pairwise(runs))
