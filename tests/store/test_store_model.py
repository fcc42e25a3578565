"""A mailbox against a dictionary: any order of our doings, other programs' doings and restarts.

The model knows what each UID means. The rules that may never break: a UID means one message for
ever; UIDs grow; listeners are told of exactly what changed; what is on disk is what is shown.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fakemail.clock import SystemClock
from fakemail.store.changes import Arrived, Change, Expunged, Flagged
from fakemail.store.store import Store

FLAGS = ["\\Seen", "\\Deleted", "\\Flagged", "work", "$Later"]
Pick = st.integers(0, 1000)


class MailboxModel(RuleBasedStateMachine):
    """`self.known`: UID to octets and flags. `self.told`: the same, as a listener heard it."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="fakemail-model-"))
        self.known: dict[int, tuple[bytes, frozenset[str]]] = {}
        self.meaning: dict[int, bytes] = {}
        self.numbers = itertools.count()
        self.modseq = 0
        self.watching = False

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.root)

    @initialize(watch=st.booleans())
    def open(self, watch: bool) -> None:
        self.store = Store(self.root, SystemClock(), watch=watch)
        self.home = self.store.home("a@x.test")
        self.box = self.home.mailbox("INBOX")
        self.told: set[int] = {m.uid for m in self.box.messages()}

    def heard(self, change: Change) -> None:
        if isinstance(change, Arrived):
            assert not self.told & set(change.uids)
            assert min(change.uids) > max(self.told, default=0)
            self.told |= set(change.uids)
        elif isinstance(change, Expunged):
            assert set(change.uids) <= self.told
            self.told -= set(change.uids)
        elif isinstance(change, Flagged):
            assert set(change.uids) <= self.told

    def pick(self, number: int) -> int | None:
        uids = sorted(self.known)
        return uids[number % len(uids)] if uids else None

    def learn(self) -> None:
        """Take in messages that came from outside: each must be new and above all others."""
        self.box.refresh()
        last = max(self.meaning, default=0)
        for message in self.box.messages():
            if message.uid not in self.known:
                assert message.uid > last, "UIDs only grow"
                octets = self.box.read(message.uid)
                self.known[message.uid] = octets, message.flags
                self.meaning[message.uid] = octets

    @rule(count=st.integers(1, 3), flags=st.sets(st.sampled_from(FLAGS)), wanted=st.booleans())
    def deliver(self, count: int, flags: set[str], wanted: bool) -> None:
        for _ in range(count):
            octets = b"%d" % next(self.numbers)
            delivery = self.store.delivery()
            delivery.write(octets)
            ((_, uid),) = delivery.commit([self.home], flags=flags, uid_wanted=wanted)
            assert (uid is not None) or not (wanted or self.watching)
            if uid is not None:
                self.box.refresh()
                assert self.box.read(uid) == octets
        self.learn()

    @rule(sub=st.sampled_from(["new", "cur:2,", "cur:2,S", "cur:2,FT"]))
    def drop(self, sub: str) -> None:
        octets = b"%d\n" % next(self.numbers)
        folder, _, info = sub.partition(":")
        name = f"foreign{next(self.numbers)}" + (f":{info}" if info else "")
        temporary = Path(self.box.folder.tmp) / "growing"
        temporary.write_bytes(octets)
        temporary.rename(Path(self.box.folder.path) / folder / name)
        self.learn()
        assert octets.replace(b"\n", b"\r\n") in [octets for octets, _ in self.known.values()]

    @rule(number=Pick)
    def remove_outside(self, number: int) -> None:
        uid = self.pick(number)
        if uid is not None:
            message = self.box.get(uid)
            assert message is not None
            Path(self.box.path_of(message)).unlink()
            del self.known[uid]

    @rule(number=Pick)
    def take_away_and_put_back(self, number: int) -> None:
        uid = self.pick(number)
        if uid is not None:
            message = self.box.get(uid)
            assert message is not None
            path = Path(self.box.path_of(message))
            away = path.rename(Path(self.box.folder.path) / "away")
            self.box.refresh()
            assert self.box.get(uid) is None
            away.rename(path)
            self.known.pop(uid)
            self.learn()

    @rule(number=Pick, letters=st.sampled_from(["", "S", "FS", "T", "Sa"]))
    def flag_outside(self, number: int, letters: str) -> None:
        uid = self.pick(number)
        if uid is not None:
            message = self.box.get(uid)
            assert message is not None
            target = f"{self.box.folder.cur}/{message.base}:2,{letters}"
            os.rename(self.box.path_of(message), target)
            self.box.refresh()
            self.known[uid] = self.known[uid][0], self.box.flags_of(letters)

    @rule(
        numbers=st.sets(Pick, max_size=3),
        how=st.sampled_from(["add", "remove", "replace"]),
        flags=st.sets(st.sampled_from(FLAGS)),
    )
    def change_flags(self, numbers: set[int], how: str, flags: set[str]) -> None:
        uids = {uid for n in numbers if (uid := self.pick(n)) is not None}
        changed = []
        for uid in sorted(uids):
            octets, before = self.known[uid]
            after = {"add": before | flags, "remove": before - flags, "replace": flags}[how]
            self.known[uid] = octets, frozenset(after)
            if after != before:
                changed.append(uid)
        assert self.box.change_flags(uids, how, flags) == changed  # type: ignore[arg-type]

    @rule(numbers=st.sets(Pick, max_size=3))
    def expunge(self, numbers: set[int]) -> None:
        uids = sorted({uid for n in numbers if (uid := self.pick(n)) is not None})
        assert self.box.expunge([*uids, 999_999]) == uids
        for uid in uids:
            del self.known[uid]

    @rule(numbers=st.sets(Pick, max_size=3))
    def copy_to_itself(self, numbers: set[int]) -> None:
        uids = sorted({uid for n in numbers if (uid := self.pick(n)) is not None})
        for old, new in self.box.copy(uids, self.box):
            assert new > max(self.meaning)
            self.known[new] = self.known[old]
            self.meaning[new] = self.known[old][0]

    @rule()
    def claim_recent(self) -> None:
        self.box.claim_recent()
        assert self.box.recent_count() == 0

    @rule()
    def watch(self) -> None:
        if not self.watching:
            self.box.watch(self.heard)
            self.told = {m.uid for m in self.box.messages()}
            self.watching = True

    @rule()
    def ask_for_modseq(self) -> None:
        assert self.box.highest_modseq >= self.modseq
        self.modseq = self.box.highest_modseq

    @rule(watch=st.booleans(), closed=st.booleans())
    def restart(self, watch: bool, closed: bool) -> None:
        validity = self.box.uid_validity
        if closed:
            self.store.close()
        else:
            watcher, self.store.watcher = self.store.watcher, None
            if watcher is not None:
                watcher.close()
        self.watching = False
        self.open(watch)
        assert self.box.uid_validity == validity

    @precondition(lambda self: hasattr(self, "box"))
    @invariant()
    def shows_what_there_is(self) -> None:
        self.box.refresh()
        shown = {m.uid: (self.box.read(m.uid), m.flags) for m in self.box.messages()}
        assert shown == self.known
        assert list(shown) == sorted(shown)
        assert all(self.meaning[uid] == octets for uid, (octets, _) in shown.items())
        assert self.box.uid_next > max(self.meaning, default=0)
        if self.watching:
            assert self.told == set(shown)


MailboxModel.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestMailboxModel = MailboxModel.TestCase
