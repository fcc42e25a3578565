"""The ring of events, and those who read it at their own pace."""

from __future__ import annotations

import pytest

from fakemail.clock import ManualClock
from fakemail.reasons.auth import EMPTY_SECRET
from fakemail.store.store import Store
from fakemail.transcript.sessions import Sessions
from fakemail.web.events import KEPT, Events
from fakemail.wire.engine import Peer

PEER = Peer("127.0.0.1", 51324, "127.0.0.1", 3587, "submission")


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def store(tmp_path, clock):
    store = Store(tmp_path, clock)
    yield store
    store.close()


@pytest.fixture
def sessions():
    return Sessions()


@pytest.fixture
def events(store, sessions, clock):
    return Events(store.bus, sessions, clock)


def drain(reader):
    found = []
    while (taken := reader.take()) is not None:
        found.append(taken)
    return found


def deliver(store, to="bob@fakemail.test"):
    delivery = store.delivery()
    delivery.write(b"Subject: hello\r\n\r\nhello\r\n")
    delivery.commit([store.home(to)])


def test_what_happens_to_mail_is_told_in_order(store, events):
    woken = []
    reader = events.open(None, lambda: woken.append(True))
    deliver(store)
    inbox = store.home("bob@fakemail.test").mailbox("INBOX")
    inbox.change_flags([1], "add", ["\\Seen"])
    inbox.expunge([1])
    store.home("bob@fakemail.test").delete("Sent")
    told = [(event.kind, dict(event.facts)) for _, event in drain(reader)]
    where = {"address": "bob@fakemail.test", "mailbox": "INBOX"}
    assert told == [
        ("message", {**where, "uid": 1}),
        ("flags", {**where, "uids": [1]}),
        ("expunge", {**where, "uids": [1]}),
    ]
    assert len(woken) == 3


def test_what_happens_in_sessions_is_told(sessions, events, clock):
    before = sessions.open("pop3", PEER, clock)
    reader = events.open(None, lambda: None)
    session = sessions.open("smtp", PEER, clock, "qq")
    session.server(b"220 ready")
    session.refused(EMPTY_SECRET, {"identity": "bob"})
    session.logged_in("bob@fakemail.test", "PLAIN, any code")
    session.close("closed by client")
    before.close("closed by client")
    told = [(event.kind, event.facts["session"]) for _, event in drain(reader)]
    assert told == [("session", 2), ("refusal", 2), ("login", 2), ("session", 2), ("session", 1)]


def test_a_refusal_says_why(sessions, events, clock):
    reader = events.open(None, lambda: None)
    sessions.open("smtp", PEER, clock).refused(EMPTY_SECRET, {"identity": "bob"})
    (_, opened), (_, refusal) = drain(reader)
    assert opened.facts["state"] == "opened"
    assert refusal.facts["slug"] == "auth.empty-secret"
    assert refusal.facts["because"]
    assert refusal.facts["client"] == "127.0.0.1:51324"


def test_who_returns_goes_on_where_it_stopped(store, events):
    reader = events.open(None, lambda: None)
    deliver(store)
    ((last, _),) = drain(reader)
    reader.close()
    deliver(store)
    deliver(store)
    again = events.open(last, lambda: None)
    assert [event.facts["uid"] for _, event in drain(again)] == [2, 3]
    assert drain(events.open(None, lambda: None)) == []


@pytest.mark.parametrize("last", ["", "12", "x-1", "0-1", "{run}-999", "{run}-", "{run}-١", "-"])
def test_an_id_that_means_nothing_here_is_a_gap(store, events, last):
    reader = events.open(None, lambda: None)
    deliver(store)
    run = drain(reader)[0][0].partition("-")[0]
    kinds = [e.kind for _, e in drain(events.open(last.format(run=run), lambda: None))]
    assert kinds == ["gap", "message"]


def test_a_slow_reader_costs_nothing_and_is_told_what_it_missed(sessions, events, clock):
    slow = events.open(None, lambda: None)
    for _ in range(KEPT + 10):
        sessions.open("imap", PEER, clock).close("closed by client")
    told = drain(slow)
    assert told[0][1].kind == "gap"
    assert told[0][1].facts["missed"] == 2 * (KEPT + 10) - KEPT
    assert len(told) == KEPT + 1
    numbers = [event.number for _, event in told]
    assert numbers == sorted(numbers)
    assert drain(events.open(told[0][0], lambda: None))[0][1] == told[1][1]


def test_nothing_is_recorded_before_somebody_reads(store, events):
    deliver(store)
    assert not store.bus
    events.open(None, lambda: None)
    assert store.bus
    events.close()
    assert not store.bus
