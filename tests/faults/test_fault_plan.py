"""Counting: which of many a fault strikes, for whom, and that one never depends on another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.faults.fault import FaultError
from fakemail.faults.moment import Occasion
from fakemail.faults.plan import MOST, Plan
from fakemail.faults.trigger import MOST_KEYS, Counts, Trigger


def rcpt(session=1, argument="TO:<bob@x.test>", account="", client="127.0.0.1"):
    return Occasion("smtp", ("rcpt", "command"), session, client, "smtp", account, argument)


def struck(plan, occasions):
    """The numbers, from 1, of the occasions at which something struck."""
    return [n for n, occasion in enumerate(occasions, 1) if plan.at(occasion) is not None]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        ("nth=3", [3]),
        ("first=2", [1, 2]),
        ("after=4", [5, 6]),
        ("every=2", [2, 4, 6]),
        ("every=2 after=2", [4, 6]),
        ("first=4 every=3", [3]),
        ("nth=9", []),
    ],
)
def test_which_of_many(when, expected):
    assert struck(Plan([f"smtp rcpt {when} close"]), [rcpt() for _ in range(6)]) == expected


@pytest.mark.parametrize(
    ("per", "expected"),
    [("server", [1]), ("session", [1, 2]), ("account", [1, 3]), ("client", [1, 4])],
)
def test_what_is_counted_apart(per, expected):
    occasions = [
        rcpt(1, account="a@x", client="127.0.0.1"),
        rcpt(2, account="a@x", client="127.0.0.1"),
        rcpt(1, account="b@x", client="127.0.0.1"),
        rcpt(1, account="a@x", client="127.0.0.2"),
    ]
    assert struck(Plan([f"smtp rcpt first=1 per={per} close"]), occasions) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("argument=*bob@*", [1, 3]),
        ("argument=*BOB@*", [1, 3]),
        ("account=a@*", [2]),
        ("client=127.0.0.9", [3]),
        ("listener=smtp", [1, 2, 3]),
        ("listener=submission", []),
        ("account=a@* argument=*bob*", []),
    ],
)
def test_for_whom(words, expected):
    occasions = [
        rcpt(),
        rcpt(argument="TO:<eve@x.test>", account="a@x"),
        rcpt(client="127.0.0.9"),
    ]
    assert struck(Plan([f"smtp rcpt {words} close"]), occasions) == expected


def test_other_moments_and_protocols_do_not_count():
    plan = Plan(["smtp rcpt nth=2 close"])
    other = Occasion("smtp", ("mail", "command"), 1, "127.0.0.1", "smtp")
    imap = Occasion("imap", ("rcpt",), 1, "127.0.0.1", "imap")
    assert struck(plan, [rcpt(), other, imap, rcpt()]) == [4]
    assert plan.planned[0].met == 2


def test_any_protocol_and_any_command():
    plan = Plan(["any command every=2 close"])
    fetch = Occasion("imap", ("fetch", "command"), 1, "127.0.0.1", "imap")
    assert struck(plan, [rcpt(), fetch, rcpt(), fetch]) == [2, 4]


def test_the_first_that_was_planned_strikes_and_the_others_count_all_the_same():
    plan = Plan(["smtp rcpt nth=1 close", "smtp rcpt first=2 reset"])
    assert [plan.at(rcpt()).number for _ in range(2)] == [1, 2]
    assert plan.at(rcpt()) is None
    assert [(p.met, p.struck) for p in plan.planned] == [(3, 1), (3, 1)]


def test_only_those_of_whoever_planned_it():
    plan = Plan()
    plan.add("smtp rcpt close", only=lambda occasion: "x.test" in occasion.argument)
    assert struck(plan, [rcpt(), rcpt(argument="TO:<a@y.test>")]) == [1]


def test_removing():
    plan = Plan(["smtp rcpt close", "smtp mail close"])
    assert plan.moments == {"rcpt", "mail"}
    assert plan.remove(1)
    assert not plan.remove(1)
    assert plan.moments == {"mail"}
    assert plan.add("pop3 retr close").number == 3
    plan.clear()
    assert len(plan) == 0
    assert not plan.moments


def test_there_is_an_end_to_them():
    plan = Plan(["smtp rcpt close"] * MOST)
    with pytest.raises(FaultError, match=f"{MOST} faults already"):
        plan.add("smtp rcpt close")


def test_counting_is_bounded():
    counts = Counts()
    assert [counts.next(key) for key in range(MOST_KEYS + 1)][-1] == 1
    assert counts.next(MOST_KEYS) == 2
    assert counts.next(0) == 1, "the oldest was forgotten"


@given(
    st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(1, 40)
)
def test_a_trigger_is_a_function_of_the_count(nth, first, after, every, count):
    trigger = Trigger(nth=nth, first=first, after=after, every=every)
    expected = (
        (nth in (0, count))
        and (first == 0 or count <= first)
        and count > after
        and (every == 0 or count % every == 0)
    )
    assert trigger.strikes(count) is expected
