"""Waiting: nothing is missed, nothing is told twice, nobody else pays for it."""

from __future__ import annotations

import heapq
import itertools
import mailbox as stdlib

import pytest

from fakemail.accounts.directory import Directory
from fakemail.clock import ManualClock
from fakemail.reasons.reason import Refusal
from fakemail.store.store import Store
from fakemail.web.waits import Waits
from fakemail.web.wanted import wanted


class Timer:
    def __init__(self):
        self.on = True

    def cancel(self):
        self.on = False


class Loop:
    """A loop that a test turns by hand."""

    def __init__(self, clock):
        self.clock = clock
        self.due = []
        self.number = itertools.count()

    def call_soon(self, callback):
        return self.call_later(0, callback)

    def call_later(self, delay, callback):
        timer = Timer()
        heapq.heappush(self.due, (self.clock.now + delay, next(self.number), timer, callback))
        return timer

    def run(self, seconds=0.0):
        until = self.clock.now + seconds
        while self.due and self.due[0][0] <= until:
            at, _, timer, callback = heapq.heappop(self.due)
            self.clock.now = max(at, self.clock.now)
            if timer.on:
                callback()
        self.clock.now = until


class Office:
    def __init__(self, folder, accounts=None):
        self.clock = ManualClock()
        self.loop = Loop(self.clock)
        self.store = Store(folder / "mail", self.clock)
        self.directory = Directory(accounts, self.clock)
        self.waits = Waits(self.store, self.clock, self.loop)
        self.answers = []

    def deliver(
        self, to, subject="hello", sender="tom@fakemail.test", mailbox="INBOX", head="", also=()
    ):
        delivery = self.store.delivery()
        text = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n{head}\r\nhello\r\n"
        delivery.write(text.encode())
        delivery.commit([self.store.home(each) for each in (to, *also)], mailbox=mailbox)

    def wait(self, *, count=1, since=None, timeout=5.0, **what):
        meant = wanted(self.directory, **what)
        answers = self.answers
        return self.waits.begin(meant, answers.append, count=count, since=since, timeout=timeout)

    def subjects(self, wait):
        return [
            self.store.home(p.address).mailbox(p.mailbox).read_head(p.uid).split(b"\r\n")[2][9:]
            for p in wait.found
        ]


@pytest.fixture
def make(tmp_path):
    """Offices over one folder."""
    made = []

    def one(accounts=None):
        made.append(Office(tmp_path, accounts))
        return made[-1]

    yield one
    for office in made:
        office.store.close()


@pytest.fixture
def office(make):
    return make()


def test_what_is_there_already_is_found_at_once(office):
    office.deliver("bob@fakemail.test")
    wait = office.wait(to="bob@fakemail.test")
    office.loop.run()
    assert office.answers == [wait]
    assert [p.address for p in wait.found] == ["bob@fakemail.test"]


def test_a_wait_is_answered_when_the_message_arrives_and_not_before(office):
    wait = office.wait(to="bob@fakemail.test", subject="code")
    office.loop.run(1)
    office.deliver("carol@fakemail.test", "your code")
    office.deliver("bob@fakemail.test", "hello")
    office.loop.run(1)
    assert office.answers == []
    office.deliver("bob@fakemail.test", "Your CODE")
    assert office.answers == []  # not in the middle of somebody's delivery
    office.loop.run()
    assert office.answers == [wait]
    assert office.subjects(wait) == [b"Your CODE"]
    assert not office.store.bus, "a wait that is over still listens"


def test_time_is_up_and_what_did_arrive_is_told(office):
    wait = office.wait(to="bob@fakemail.test", count=2, timeout=3)
    office.deliver("bob@fakemail.test")
    office.deliver("carol@fakemail.test")
    office.loop.run(2.9)
    assert office.answers == []
    office.loop.run(0.2)
    assert office.answers == [wait]
    assert not wait.satisfied
    assert [p.address for p in wait.found] == ["bob@fakemail.test"]
    assert [p.address for p in wait.others] == ["carol@fakemail.test"]


def test_no_mail_is_missed_or_told_twice_from_wait_to_wait(office):
    cursor, told = None, []
    for number in range(30):
        office.deliver("bob@fakemail.test", f"m{number}")
        if number % 3 == 0:
            office.deliver("bob@fakemail.test", f"m{number}'")
        office.wait(to="bob@fakemail.test", since=cursor)
        office.loop.run()
        answer = office.answers[-1]
        assert answer.satisfied
        cursor = answer.cursor
        told += office.subjects(answer)
    expected = [[f"m{n}"] + ([f"m{n}'"] if n % 3 == 0 else []) for n in range(30)]
    assert told == [s.encode() for group in expected for s in group]


def test_a_cursor_outlives_the_server(office, make):
    office.deliver("bob@fakemail.test", "before")
    first = office.wait(to="bob@fakemail.test")
    office.loop.run()
    office.store.close()
    office.clock.now += 1
    again = make()
    again.clock.now = office.clock.now
    again.deliver("bob@fakemail.test", "after")
    second = again.wait(to="bob@fakemail.test", since=first.cursor)
    again.loop.run()
    assert again.subjects(second) == [b"after"]


def test_a_message_that_is_gone_again_does_not_count(office):
    wait = office.wait(to="bob@fakemail.test", count=2)
    office.loop.run()
    inbox = office.store.home("bob@fakemail.test").mailbox("INBOX")
    for _ in range(2):
        office.deliver("bob@fakemail.test")
        office.loop.run()
        inbox.expunge([m.uid for m in inbox.messages()])
    assert office.answers == []
    office.deliver("bob@fakemail.test")
    office.deliver("bob@fakemail.test")
    office.loop.run()
    assert office.answers == [wait]
    assert len(wait.found) == 2


def test_what_another_program_delivers_counts(office):
    office.deliver("bob@fakemail.test", "first")
    wait = office.wait(to="bob@fakemail.test", subject="second")
    office.loop.run()
    folder = stdlib.Maildir(office.store.path("bob@fakemail.test"))
    folder.add(b"Subject: second\n\nhello\n")
    office.store.drain_watcher()
    office.store.poll()
    office.loop.run()
    assert office.answers == [wait]


def test_waiting_makes_no_folder(office):
    office.wait(to="typo@fakemail.test", timeout=1)
    office.loop.run(2)
    assert len(office.answers) == 1
    assert not office.store.path("typo@fakemail.test").exists()


def test_what_went_to_two_is_one_message(office):
    wait = office.wait(count=2)
    office.loop.run()
    office.deliver("bob@fakemail.test", also=["carol@fakemail.test"])
    office.loop.run()
    assert office.answers == []
    office.deliver("bob@fakemail.test")
    office.loop.run()
    assert office.answers == [wait]
    assert len(wait.found) == 3


def test_a_cancelled_wait_is_forgotten(office):
    wait = office.wait(to="bob@fakemail.test")
    office.waits.cancel(wait)
    office.deliver("bob@fakemail.test")
    office.loop.run(10)
    assert office.answers == []
    assert len(office.waits) == 0
    assert not office.store.bus


def test_without_an_account_everybodys_mail_is_meant(office):
    office.deliver("bob@fakemail.test")
    office.deliver("carol@example.com")
    everybody, domain = office.wait(count=2), office.wait(to="@Example.com")
    office.loop.run()
    assert set(office.answers) == {everybody, domain}
    assert [p.address for p in domain.found] == ["carol@example.com"]


def test_folders_are_looked_into_where_they_are_asked_for(office):
    office.deliver("bob@fakemail.test", mailbox="Sent")
    inbox = office.wait(to="bob@fakemail.test")
    anywhere = office.wait(to="bob@fakemail.test", mailbox="*")
    sent = office.wait(to="bob@fakemail.test", mailbox="Sent")
    office.loop.run()
    assert set(office.answers) == {anywhere, sent}
    office.loop.run(5)
    assert not inbox.found


@pytest.mark.parametrize(
    ("sender", "subject"),
    [("tom@", ""), ("TOM@FAKEMAIL.TEST", "hel"), ("", "HELLO"), ("Thöm", "größe")],
)
def test_words_are_compared_as_people_read_them(office, sender, subject):
    if sender == "Thöm":
        office.deliver(
            "bob@fakemail.test", "=?utf-8?q?Gr=C3=B6=C3=9Fe?=", "=?utf-8?q?Th=C3=B6m?= <t@x>"
        )
    else:
        office.deliver("bob@fakemail.test")
    wait = office.wait(sender=sender, subject=subject)
    office.loop.run()
    assert office.answers == [wait]


def test_a_further_address_is_told_from_the_main_one(make, tmp_path):
    accounts = tmp_path / "accounts.toml"
    accounts.write_text('[accounts."bob@fakemail.test"]\naddresses = ["sales@fakemail.test"]\n')
    office = make(accounts)
    office.deliver("bob@fakemail.test")
    main, sales = office.wait(to="bob@fakemail.test"), office.wait(to="sales@fakemail.test")
    tagged = office.wait(to="bob+news@fakemail.test")
    office.loop.run()
    assert office.answers == [main]
    office.deliver("bob@fakemail.test", head="Cc: Sales@fakemail.test\r\n")
    office.loop.run()
    assert office.answers == [main, sales]
    office.waits.cancel(tagged)


def test_what_can_be_nobodys_address_is_refused(office):
    with pytest.raises(Refusal):
        office.wait(to="a b@c@d")


def test_a_look_through_much_mail_lets_others_have_their_turn(office):
    for number in range(200):
        office.deliver("bob@fakemail.test", str(number))
    wait = office.wait(to="bob@fakemail.test", subject="199")
    clock, office.waits._clock = office.clock, Ticking(0.002)
    turns = 0
    while not office.answers and turns < 500:
        _, _, timer, callback = heapq.heappop(office.loop.due)
        if timer.on:
            callback()
        turns += 1
    assert office.answers == [wait]
    assert turns > 30
    assert clock.now == office.clock.now


def test_what_arrives_behind_the_look_is_not_missed(office):
    """Into a mailbox that the look has left, while it is busy with another one."""
    for address in ("alice@fakemail.test", "bob@fakemail.test"):
        for number in range(20):
            office.deliver(address, str(number))
    wait = office.wait(subject="late")
    clock, office.waits._clock = office.clock, Ticking(0.002)
    while len({place.address for place in wait.others}) < 2:
        heapq.heappop(office.loop.due)[3]()
    assert wait.looking is not None, "nothing can arrive during a look that is over"
    left = next(iter(wait.others)).address
    office.deliver(left, "late")
    office.waits._clock = clock
    office.loop.run()
    assert office.answers == [wait]
    assert office.subjects(wait) == [b"late"]


class Ticking(ManualClock):
    """Each look at it takes a while."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def monotonic(self):
        self.now += self.step
        return self.now
