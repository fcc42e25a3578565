"""``20/15min``: read, written, and bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.dialects.rate import LONGEST, MOST, NotARate, Rate
from fakemail.dialects.rules import RULES, RuleError, by_hand


@pytest.mark.parametrize(
    ("typed", "count", "seconds", "shown"),
    [
        ("20/15min", 20, 900, "20/15min"),
        ("100/day", 100, 86400, "100/day"),
        ("100 / d", 100, 86400, "100/day"),
        ("5/hour", 5, 3600, "5/h"),
        ("5/60 Minutes", 5, 3600, "5/h"),
        ("3/90sec", 3, 90, "3/90s"),
        ("1/s", 1, 1, "1/s"),
    ],
)
def test_what_people_type(typed: str, count: int, seconds: int, shown: str) -> None:
    rate = Rate.of(typed)
    assert (rate.count, rate.seconds, str(rate)) == (count, seconds, shown)


@given(st.integers(1, MOST), st.integers(1, LONGEST))
def test_what_is_written_can_be_read(count: int, seconds: int) -> None:
    assert Rate.of(str(Rate(count, seconds))) == Rate(count, seconds)


@pytest.mark.parametrize(
    "typed",
    ["", "5", "5/", "/min", "0/min", "-1/min", "5/0s", "5/8days", "5/m", "100001/day", "٥/h"],
)
def test_what_is_none(typed: str) -> None:
    with pytest.raises(NotARate):
        Rate.of(typed)


def test_within() -> None:
    assert [Rate.of(f"1/{time}").within for time in ("15min", "day", "2days", "10s")] == [
        "15 min", "24 h", "48 h", "10 s",
    ]  # fmt: skip


def test_rules_that_are_rates() -> None:
    assert by_hand("messages_limit=20/15min") == ("messages_limit", Rate(20, 900))
    for off in ("messages_limit=off", "no-messages_limit", "messages_limit="):
        assert by_hand(off) == ("messages_limit", "")
    for wrong in ("messages_limit", "messages_limit=20", "messages_per_day=100001"):
        with pytest.raises(RuleError, match=r"20/h|100000"):
            by_hand(wrong)
    assert {rule.kind for rule in RULES.values() if rule.room == "rates"} == {"rate", "count"}
