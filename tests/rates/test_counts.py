"""Sliding windows, by a clock that a test turns."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.clock import ManualClock
from fakemail.dialects.rate import Rate
from fakemail.rates import counts as module
from fakemail.rates.counts import Counts

A, B = ("qq", "messages_limit", "a@x.test"), ("qq", "messages_limit", "b@x.test")
RATE = Rate(3, 10)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1000.0)


@pytest.fixture
def counts(clock: ManualClock) -> Counts:
    return Counts(clock)


def test_so_many_pass_and_the_next_does_not(counts: Counts) -> None:
    for _ in range(3):
        assert counts.left(A, RATE) == 0
        counts.add(A, RATE)
    assert counts.left(A, RATE) == 10
    assert counts.within(A, RATE) == 3


def test_nothing_is_counted_of_others(counts: Counts) -> None:
    for _ in range(3):
        counts.add(A, RATE)
    assert counts.left(B, RATE) == 0
    assert counts.left(("163", *A[1:]), RATE) == 0


def test_the_window_slides(counts: Counts, clock: ManualClock) -> None:
    for at in (0, 4, 8):
        clock.now = 1000.0 + at
        counts.add(A, RATE)
    assert counts.left(A, RATE) == 2
    clock.now = 1009.999
    assert counts.left(A, RATE) > 0
    clock.now = 1010.0  # exactly ten seconds after the first
    assert counts.left(A, RATE) == 0
    assert counts.within(A, RATE) == 2
    counts.add(A, RATE)
    assert counts.left(A, RATE) == 4  # until the second is as old
    clock.now = 2000.0
    assert counts.within(A, RATE) == 0


@given(st.lists(st.floats(0, 8), max_size=60))
def test_there_are_never_more_in_any_time(steps: list[float]) -> None:
    clock = ManualClock(0.0)
    counts, passed = Counts(clock), []
    for step in steps:
        clock.advance(step)
        left = counts.left(A, RATE)
        if left == 0:
            counts.add(A, RATE)
            passed.append(clock.now)
        else:
            assert passed[-3] + 10 - clock.now == pytest.approx(left)
    for first, fourth in zip(passed, passed[3:], strict=False):
        assert fourth - first >= 10 - 1e-6
    assert all(a <= b for a, b in pairwise(passed))


def test_memory_is_bounded_by_windows(counts: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WINDOWS", 5)
    for number in range(20):
        counts.add(("qq", "messages_limit", f"{number}@x.test"), RATE)
    assert len(counts._windows) == 5
    assert counts.within(("qq", "messages_limit", "19@x.test"), RATE) == 1
    assert counts.within(("qq", "messages_limit", "14@x.test"), RATE) == 0


def test_memory_is_bounded_by_moments(counts: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_MOMENTS", 100)
    rate = Rate(60, 3600)
    for _ in range(500):
        counts.add(A, rate)
    assert counts._moments == 60  # one window keeps as many as its rate
    for _ in range(60):
        counts.add(B, rate)
    assert counts._moments == sum(map(len, counts._windows.values())) <= 100
    assert counts.within(B, rate) == 60, "who was busy last is known best"


def test_another_rate_than_before(counts: Counts) -> None:
    for _ in range(5):
        counts.add(A, Rate(5, 10))
    counts.add(A, Rate(2, 10))
    assert counts.within(A, Rate(2, 10)) == 2
    assert counts._moments == 2


def test_what_is_open(counts: Counts) -> None:
    counts.open(A)
    counts.open(A)
    counts.shut(A)
    assert (counts.opened(A), counts.opened(B)) == (1, 0)
    counts.forget()
    assert counts.opened(A) == 1, "forgetting closes nothing"
    counts.shut(A)
    assert counts._open == {}


def test_forgetting(counts: Counts) -> None:
    for key in (A, B):
        for _ in range(3):
            counts.add(key, RATE)
    counts.forget(lambda who: who == "a@x.test")
    assert (counts.left(A, RATE), counts.left(B, RATE)) == (0, 10)
    counts.forget()
    assert counts.left(B, RATE) == 0
    assert counts._moments == 0
