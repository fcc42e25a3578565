"""The queue behind a fault, without a connection: what is written in which turn of the loop."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from fakemail.faults.action import Action
from fakemail.services.outgoing import Outgoing


@dataclass
class Way:
    """A connection, its loop and its one timer: what was written when, and in how many turns."""

    full: bool = False
    now: float = 0.0
    said: list[tuple[float, bytes]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    calls: list[tuple[float, object]] = field(default_factory=list)
    turn: int = 0

    @property
    def loop(self):
        return self

    def time(self):
        return self.now

    def call_later(self, seconds, call):
        self.calls.append((self.now + seconds, call))
        return self

    def cancel(self):
        self.calls.clear()

    def call_soon(self, call):
        return self.call_later(0, call)

    def run(self):
        while self.calls:
            self.turn += 1
            when, call = self.calls.pop(0)
            self.now = max(self.now, when)
            call()

    def write(self, octets):
        self.said.append((round(self.now, 3), octets))

    def is_full(self):
        return self.full

    def waits(self):
        self.events.append("waits")

    def relieved(self):
        self.events.append("relieved")

    def hang(self):
        self.events.append("hang")

    def end(self, how):
        self.events.append(how)

    reset = end


@pytest.fixture
def way():
    return Way()


def heard(way):
    return b"".join(octets for _, octets in way.said)


def test_what_drips_is_written_octet_by_octet_in_turns_of_its_own(way):
    out = Outgoing(way)
    out.arm(Action("drip"))
    out.send(b"abcd")
    assert heard(way) == b"a"
    way.run()
    assert [octets for _, octets in way.said] == [b"a", b"b", b"c", b"d"]
    assert way.turn == 3
    assert way.events == ["waits", "relieved"]


def test_a_slow_pace_counts_over_many_small_words(way):
    out = Outgoing(way)
    out.arm(Action("slow", number=100))
    for _ in range(5):
        out.send(b"12345")
    way.run()
    assert [time for time, _ in way.said] == [0.0, 0.05, 0.1, 0.15, 0.2]


def test_a_slow_pace_is_kept_within_a_long_word(way):
    out = Outgoing(way)
    out.arm(Action("slow", number=10))
    out.send(bytes(30))
    way.run()
    assert way.said[-1][0] == pytest.approx(2.9)


def test_nothing_is_written_while_the_client_does_not_read(way):
    out = Outgoing(way)
    out.arm(Action("drip"))
    way.full = True
    out.send(b"abc")
    way.run()
    assert way.said == []
    assert way.events == ["waits"]
    way.full = False
    out.drained()
    way.run()
    assert heard(way) == b"abc"


def test_a_client_that_reads_again_hastens_nothing(way):
    out = Outgoing(way)
    out.arm(Action("run", delay=5))
    out.send(b"abc")
    out.drained()
    assert way.said == []
    way.run()
    assert way.said == [(5, b"abc")]
    assert out.spent


def test_further_faults_and_steps_wait_for_their_turn(way):
    out = Outgoing(way)
    out.arm(Action("slow", number=10))
    out.send(b"one")
    out.arm(Action("lose"))
    out.then(lambda: way.events.append("step"))
    out.send(b"two")
    way.run()
    assert heard(way) == b"one"
    assert way.events == ["waits", "step", "closed by a fault"]


def test_delays_add_up(way):
    out = Outgoing(way)
    out.arm(Action("run", delay=1))
    out.arm(Action("reset", delay=2))
    out.send(b"x")
    way.run()
    assert (way.now, way.events) == (3, ["waits", "reset by a fault"])


def test_the_nearer_cut_counts(way):
    out = Outgoing(way)
    out.arm(Action("cut", number=5))
    out.send(b"ab")
    out.arm(Action("cut", number=50))
    out.send(b"cdefgh")
    assert heard(way) == b"abcde"
    assert way.events == ["cut off by a fault"]


def test_what_hangs_neither_speaks_nor_ends(way):
    out = Outgoing(way)
    out.arm(Action("hang"))
    out.send(b"x")
    out.then(lambda: way.events.append("step"))
    out.drained()
    way.run()
    assert (way.said, way.events, out.hung) == ([], ["waits", "hang"], True)


def test_what_is_stopped_does_nothing_more(way):
    out = Outgoing(way)
    out.arm(Action("slow", number=1))
    out.send(b"abc")
    out.stop()
    out.send(b"d")
    out.then(lambda: way.events.append("step"))
    way.run()
    assert heard(way) == b"a"
    assert "step" not in way.events
