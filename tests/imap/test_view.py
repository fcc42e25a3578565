"""A client that only counts, beside the server: after every command both must agree.

Two sessions and a deliverer do what they like. The model of a client is what RFC 3501 lets it be:
a list of UIDs that grows by EXISTS, shrinks by EXPUNGE, and has flags where it was told of them.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

FLAGS = ["\\Seen", "\\Deleted", "\\Flagged", "Work"]
_who = st.sampled_from(["1", "2"])


class Counting:
    """What one client knows."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.flags: list[set[str] | None] = []
        """Of each message by number; None: not told since it arrived."""
        self.uids: list[int | None] = []
        self.may_shrink = True

    def ask(self, line: str, *, renumbers: bool = True) -> bytes:
        """Send a command and believe every untagged response."""
        self.client.send(b"t " + line.encode() + b"\r\n")
        answer = self.hear(renumbers)
        assert re.search(rb"(?m)^t (OK|NO) ", answer), (line, answer)
        return answer

    def hear(self, renumbers: bool = True) -> bytes:
        """Believe what was said."""
        answer: bytes = self.client.hear()
        for number, what, rest in re.findall(
            rb"(?m)^\* (\d+) (EXISTS|EXPUNGE|FETCH)(.*)\r$", answer
        ):
            self._believe(int(number), what, rest, renumbers)
        return answer

    def _believe(self, number: int, what: bytes, rest: bytes, renumbers: bool) -> None:
        if what == b"EXISTS":
            assert number >= len(self.uids), "EXISTS went down"
            more = number - len(self.uids)
            self.uids += [None] * more
            self.flags += [None] * more
            return
        assert 1 <= number <= len(self.uids), "a number that this client was never told of"
        if what == b"EXPUNGE":
            assert renumbers, "EXPUNGE where numbers may not change"
            del self.uids[number - 1], self.flags[number - 1]
            return
        if found := re.search(rb"UID (\d+)", rest):
            uid = self.uids[number - 1]
            assert uid in (None, int(found[1])), "a number means another message now"
            self.uids[number - 1] = int(found[1])
        if found := re.search(rb"FLAGS \(([^)]*)\)", rest):
            self.flags[number - 1] = set(found[1].decode().split()) - {"\\Recent"}


class Sessions(RuleBasedStateMachine):
    """Rules are commands; the invariant is that nobody is wrong."""

    make_office: Any
    small_message: Any

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.office = self.make_office(Path(self.folder.name))
        self.delivered = 0
        self.idling: set[str] = set()
        self.clients = {}
        for who in ("1", "2"):
            self.clients[who] = Counting(self.office.client(who))
            self.clients[who].client.select()

    def teardown(self) -> None:
        for counting in self.clients.values():
            counting.client.engine.closed()
        self.office.store.close()
        self.folder.cleanup()

    def _ready(self, who: str) -> Counting:
        """The client, out of IDLE."""
        counting = self.clients[who]
        if who in self.idling:
            self.idling.discard(who)
            counting.client.send(b"DONE\r\n")
            assert b"OK IDLE" in counting.hear()
        return counting

    @rule(count=st.integers(1, 3))
    def deliver(self, count: int) -> None:
        for _ in range(count):
            self.delivered += 1
            self.office.deliver(self.small_message(self.delivered))

    @rule(who=_who)
    def noop(self, who: str) -> None:
        self._ready(who).ask("NOOP")

    @rule(who=_who)
    def idle(self, who: str) -> None:
        self._ready(who).client.send(b"i IDLE\r\n")
        self.idling.add(who)
        assert b"+ idling" in self.clients[who].hear()

    @rule(
        who=_who,
        at=st.integers(1, 6),
        sign=st.sampled_from(["", "+", "-"]),
        silent=st.booleans(),
        flag=st.sampled_from(FLAGS),
        by_uid=st.booleans(),
    )
    def store(self, who: str, at: int, sign: str, silent: bool, flag: str, by_uid: bool) -> None:
        counting = self._ready(who)
        if by_uid:
            counting.ask(f"UID STORE {at} {sign}FLAGS ({flag})")
        elif at <= len(counting.uids):
            before = counting.flags[at - 1]
            word = "FLAGS.SILENT" if silent else "FLAGS"
            answer = counting.ask(f"STORE {at} {sign}{word} ({flag})", renumbers=False)
            told = counting.flags[at - 1] is not before
            if silent and b"t OK" in answer and before is not None and not told:
                after = {"": {flag}, "+": before | {flag}, "-": before - {flag}}
                counting.flags[at - 1] = after[sign]

    @rule(who=_who, at=st.integers(1, 6))
    def expunge_one(self, who: str, at: int) -> None:
        self._ready(who).ask(f"UID STORE {at} +FLAGS (\\Deleted)")
        self.clients[who].ask(f"UID EXPUNGE {at}")

    @rule(who=_who)
    def expunge(self, who: str) -> None:
        self._ready(who).ask("EXPUNGE")

    @rule(who=_who, by_uid=st.booleans())
    def fetch(self, who: str, by_uid: bool) -> None:
        counting = self._ready(who)
        if by_uid or not counting.uids:
            counting.ask("UID FETCH 1:* (FLAGS)")
        else:
            counting.ask("FETCH 1:* (UID FLAGS)", renumbers=False)

    @rule(who=_who)
    def search(self, who: str) -> None:
        self._ready(who).ask("SEARCH UNSEEN", renumbers=False)

    @rule(who=_who)
    def copy_to_itself(self, who: str) -> None:
        if self._ready(who).uids:
            self.clients[who].ask("COPY 1 INBOX")

    @rule(who=_who)
    def move_to_itself(self, who: str) -> None:
        if self._ready(who).uids:
            self.clients[who].ask("MOVE 1 INBOX")

    @invariant()
    def an_idling_client_knows_everything(self) -> None:
        for who in self.idling:
            self.clients[who].hear()
            self._agree(self.clients[who])

    @rule()
    def everybody_agrees_after_noop(self) -> None:
        for who in ("1", "2"):
            counting = self._ready(who)
            counting.ask("NOOP")
            self._agree(counting)

    def _agree(self, counting: Counting) -> None:
        messages = self.office.store.home("tom@fakemail.test").mailbox("INBOX").messages()
        assert len(counting.uids) == len(messages)
        for uid, flags, message in zip(counting.uids, counting.flags, messages, strict=True):
            assert uid in (None, message.uid)
            assert flags is None or flags == set(message.flags)


@pytest.mark.timeout(100)
def test_everybody_counts_alike(make_office: Any, small_message: Any) -> None:
    Sessions.make_office = staticmethod(make_office)
    Sessions.small_message = staticmethod(small_message)
    machine: Any = Sessions.TestCase
    machine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
    machine("runTest").runTest()
