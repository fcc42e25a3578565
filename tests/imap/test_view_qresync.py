"""Clients that keep what they knew and come back: QRESYNC must make them right (RFC 7162 §6).

Two sessions do what they like. One of them caches, exactly as the RFC tells a client to: flags by
UID, and the highest mod-sequence, from the HIGHESTMODSEQ code if one came with the command, else
from the MODSEQ items. At any moment its connection may break, and the server may end, properly or
not; meanwhile mail comes in and other programs change the Maildir. After SELECT (QRESYNC ...) and
a FETCH of what is new, it must know what is on the disk.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store

FLAGS = ["\\Seen", "\\Deleted", "\\Flagged", "Work"]
LETTERS = ["S", "T", "F", "ST", ""]
LINE = re.compile(
    rb"(?m)^\* (?:(\d+) (EXISTS|FETCH)(.*)|VANISHED (\(EARLIER\) )?([\d:,]+)"
    rb"|OK \[HIGHESTMODSEQ (\d+)\].*)\r$"
)
_who = st.sampled_from(["1", "2"])


def numbers(text: bytes) -> list[int]:
    """The numbers of a set."""
    found: list[int] = []
    for piece in text.split(b","):
        low, _, high = piece.partition(b":")
        found.extend(range(int(low), int(high or low) + 1))
    return found


class Caching:
    """A client that remembers."""

    def __init__(self) -> None:
        self.client: Any = None
        self.flags: dict[int, frozenset[str]] = {}
        self.modseqs: dict[int, int] = {}
        self.highest = 0
        self.validity = 0
        self.uids: list[int | None] = []
        """By sequence number; None: not known yet."""
        self.next = 1
        """Every UID below was learnt: a client must ask for those above, whatever it was told of
        some of them meanwhile."""
        self.change = ("", "")
        """What the STORE that runs does: + or -, and a flag. .SILENT tells no flags."""

    def ask(self, line: str) -> bytes:
        """Send a command and believe the answer; then learn what is new."""
        store = re.search(r"([+-])FLAGS\S* \((.*)\)", line)
        self.change = (store[1], store[2]) if store else ("", "")
        self.client.send(b"t " + line.encode() + b"\r\n")
        return self.hear()

    def hear(self) -> bytes:
        """Believe what was said. The mod-sequence counts from the tagged response on (§6)."""
        answer: bytes = self.client.hear()
        code, most = 0, 0
        for number, what, rest, earlier, gone, highest in LINE.findall(answer):
            if highest:
                code = int(highest)
            elif gone:
                self._vanished(numbers(gone), bool(earlier))
            elif what == b"EXISTS":
                assert int(number) >= len(self.uids)
                self.uids += [None] * (int(number) - len(self.uids))
            else:
                most = max(most, self._fetched(int(number), rest))
        if tagged := re.search(rb"(?m)^\w+ (OK|NO|BAD) (?:\[HIGHESTMODSEQ (\d+)\])?", answer):
            assert tagged[1] != b"BAD", answer
            code = int(tagged[2] or code)
            self.highest = code or max(self.highest, most)
        assert b" EXPUNGE\r\n" not in answer
        return answer

    def _fetched(self, number: int, rest: bytes) -> int:
        assert 1 <= number <= len(self.uids)
        uid_, modseq_ = re.search(rb"UID (\d+)", rest), re.search(rb"MODSEQ \((\d+)\)", rest)
        assert uid_, "an untagged FETCH without UID (§3.2.4)"
        uid = int(uid_[1])
        assert self.uids[number - 1] in (None, uid)
        self.uids[number - 1] = uid
        if flags := re.search(rb"FLAGS \(([^)]*)\)", rest):
            self.flags[uid] = frozenset(flags[1].decode().split()) - {"\\Recent"}
        elif uid in self.flags:
            sign, flag = self.change
            before = self.flags[uid]
            self.flags[uid] = before | {flag} if sign == "+" else before - {flag}
        if modseq_ is None:
            return 0
        modseq = int(modseq_[1])
        assert modseq >= self.modseqs.get(uid, 0), "a mod-sequence went back"
        self.modseqs[uid] = modseq
        return modseq

    def _vanished(self, uids: list[int], earlier: bool) -> None:
        for uid in uids:
            if not earlier:
                del self.uids[self._place(uid)]
            self.flags.pop(uid, None)

    def _place(self, uid: int) -> int:
        """Where the message is in the order; one that was announced, and is gone before anybody
        asked for its UID, lies between those with a lower and a higher one."""
        if uid in self.uids:
            return self.uids.index(uid)
        lower = [at for at, known in enumerate(self.uids) if known is not None and known < uid]
        place = max(lower, default=-1) + 1
        assert self.uids[place : place + 1] == [None], "VANISHED of what was never announced"
        return place

    def learn(self) -> None:
        """Fetch what is new."""
        if None in self.uids:
            self.ask(f"UID FETCH {self.next}:* (FLAGS)")
        if None not in self.uids:
            self.next = max([self.next - 1, *self.flags]) + 1

    def come_back(self, client: Any, known: bool, pairs: bool) -> None:
        """Connect anew and synchronize (§3.2.5)."""
        self.client = client
        client.login()
        client.ask("e ENABLE QRESYNC")
        self.uids = []
        resync = ""
        if self.highest:
            resync = f"{self.validity} {self.highest}"
            if known and self.flags:
                resync += " " + ",".join(map(str, self.flags))
            if pairs and self.flags:
                uids = sorted(self.flags)
                some = uids[:: max(1, len(uids) // 2)]
                sequences = ",".join(str(uids.index(uid) + 1) for uid in some)
                resync += f" ({sequences} {','.join(map(str, some))})"
            resync = f" (QRESYNC ({resync}))"
        answer = self.ask(f"SELECT INBOX{resync}")
        found = re.search(rb"UIDVALIDITY (\d+)", answer)
        assert found is not None
        assert int(found[1]) == (self.validity or int(found[1]))
        self.validity = int(found[1])
        self.ask(f"UID FETCH {self.next}:* (FLAGS)")  # announced before, perhaps, and not learnt
        assert len(self.uids) == len(self.flags)
        self.uids = [*sorted(self.flags)]
        self.learn()


class Resyncs(RuleBasedStateMachine):
    """The cache is never wrong for long."""

    make_office: Any
    small_message: Any

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.office = self.make_office(Path(self.folder.name))
        self.delivered = 0
        self.cache = Caching()
        self.idles = False
        self.cache.come_back(self.office.client("1"), known=False, pairs=False)
        self.office.client("2").select()

    def teardown(self) -> None:
        for client in self.office.clients.values():
            client.engine.closed()
        self.office.store.close()
        self.folder.cleanup()

    @property
    def box(self) -> Mailbox:
        """What is on the disk."""
        mailbox: Mailbox = self.office.store.home("tom@fakemail.test").mailbox("INBOX")
        return mailbox

    def do(self, who: str, line: str) -> None:
        """A command of either client."""
        if who == "2":
            assert re.search(rb"(?m)^t (OK|NO)", self.office.client("2").ask(f"t {line}"))
            return
        if self.idles:
            self.idles = False
            self.cache.client.send(b"DONE\r\n")
            self.cache.hear()
        self.cache.learn()
        self.cache.ask(line)

    @rule(count=st.integers(1, 3))
    def deliver(self, count: int) -> None:
        for _ in range(count):
            self.delivered += 1
            self.office.deliver(self.small_message(self.delivered))

    @rule(who=_who, first=st.integers(1, 6), more=st.integers(0, 2), sign=st.sampled_from("+-"),
          silent=st.sampled_from(["", ".SILENT"]), flag=st.sampled_from(FLAGS))  # fmt: skip
    def store(
        self, who: str, first: int, more: int, sign: str, silent: str, flag: str
    ) -> None:  # fmt: skip
        self.do(who, f"UID STORE {first}:{first + more} {sign}FLAGS{silent} ({flag})")

    @rule(first=st.integers(1, 3), flag=st.sampled_from(FLAGS), other=st.integers(0, 5))
    def store_by_number(self, first: int, flag: str, other: int) -> None:
        """Numbers may not change, so expunges wait, and HIGHESTMODSEQ with them (§3.2)."""
        if self.idles or None in self.cache.uids:
            self.do("1", "NOOP")
        if other < len(self.cache.uids):
            self.do("2", "NOOP")
            self.do("2", f"UID STORE {self.cache.uids[other]} +FLAGS (\\Deleted)")
            self.do("2", f"UID EXPUNGE {self.cache.uids[other]}")
        if first <= len(self.cache.uids):
            since = self.cache.highest
            self.do("1", f"STORE {first} (UNCHANGEDSINCE {since}) +FLAGS.SILENT ({flag})")

    @rule(who=_who)
    def expunge(self, who: str) -> None:
        self.do(who, "EXPUNGE")

    @rule(who=_who, uid=st.integers(1, 8))
    def expunge_one(self, who: str, uid: int) -> None:
        self.do(who, f"UID STORE {uid} +FLAGS (\\Deleted)")
        self.do(who, f"UID EXPUNGE {uid}")

    @rule(who=_who)
    def copy(self, who: str) -> None:
        self.do(who, "UID COPY 1:2 INBOX")

    @rule(who=_who)
    def move(self, who: str) -> None:
        self.do(who, "UID MOVE 1:2 INBOX")

    @rule(at=st.integers(0, 5), letters=st.sampled_from(LETTERS))
    def another_program_flags(self, at: int, letters: str) -> None:
        messages = self.box.messages()
        if at < len(messages) and not messages[at].recent:
            path = Path(self.box.path_of(messages[at]))
            path.rename(f"{str(path).rpartition(':')[0]}:2,{letters}")
            self.box.refresh()
            self.office.wake()

    @rule(at=st.integers(0, 5))
    def another_program_removes(self, at: int) -> None:
        messages = self.box.messages()
        if at < len(messages):
            Path(self.box.path_of(messages[at])).unlink()
            self.box.refresh()
            self.office.wake()

    @precondition(lambda self: not self.idles)
    @rule()
    def idle(self) -> None:
        self.cache.client.send(b"i IDLE\r\n")
        self.cache.hear()
        self.idles = True

    @rule()
    def learn(self) -> None:
        self.do("1", "NOOP")
        self.cache.learn()

    @rule(known=st.booleans(), pairs=st.booleans())
    def the_connection_breaks(self, known: bool, pairs: bool) -> None:
        self.office.clients.pop("1").engine.closed()
        self.idles = False
        self.cache.come_back(self.office.client("1"), known, pairs)
        self._is_right()

    @rule(properly=st.booleans(), removed=st.integers(0, 4), flagged=st.integers(0, 4))
    def the_server_restarts(self, properly: bool, removed: int, flagged: int) -> None:
        """Without `close` it is killed. Meanwhile another program is at work."""
        for client in self.office.clients.values():
            client.engine.closed()
        paths = [Path(self.box.path_of(message)) for message in self.box.messages()]
        if properly:
            self.office.store.close()
        self.office.clients.clear()
        if flagged < len(paths) and ":2," in paths[flagged].name:
            paths[flagged].rename(f"{str(paths[flagged]).rpartition(':')[0]}:2,F")
        if removed < len(paths) and removed != flagged:
            paths[removed].unlink()
        self.office.store = Store(
            Path(self.folder.name) / "mail", self.office.clock, watch=False
        )  # fmt: skip
        self.idles = False
        self.office.client("2").select()
        self.cache.come_back(self.office.client("1"), known=False, pairs=True)
        self._is_right()

    @invariant()
    def an_idling_client_is_right(self) -> None:
        if self.idles:
            self.cache.hear()
            assert len(self.cache.uids) == len(self.box.messages())

    def _is_right(self) -> None:
        truth = {message.uid: message.flags for message in self.box.messages()}
        assert self.cache.flags == truth
        assert self.cache.uids == list(truth)


@pytest.mark.timeout(100)
def test_who_comes_back_is_right(make_office: Any, small_message: Any) -> None:
    Resyncs.make_office = staticmethod(make_office)
    Resyncs.small_message = staticmethod(small_message)
    machine: Any = Resyncs.TestCase
    machine.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
    machine("runTest").runTest()
