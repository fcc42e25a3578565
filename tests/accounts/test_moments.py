"""Moments as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.accounts.moments import moment, told

NOW = 1_700_000_000.5


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2027-03-01", 1803859200),
        ("2027-03-01T09:00Z", 1803891600),
        ("2027-03-01T09:00+01:00", 1803888000),
        ("0s", 1_700_000_000),
        ("12h", 1_700_043_200),
        ("30d", 1_702_592_000),
    ],
)
def test_what_people_write(text, seconds):
    assert moment(text, NOW) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "soon", "30", "30D", "-1d", "٣d", "999999w", "2027-02-30", "0001-01-01T00:00+14:00"],
)
def test_what_is_no_moment(text):
    with pytest.raises(ValueError, match="is none of"):
        moment(text, NOW)


@given(st.integers(0, 253402300799))
def test_what_is_told_is_read_back(seconds):
    assert moment(told(seconds), NOW) == seconds


@given(st.text(max_size=30))
def test_any_text_is_a_moment_that_can_be_told_or_refused(text):
    try:
        found = moment(text, NOW)
    except ValueError:
        return
    assert told(found)
