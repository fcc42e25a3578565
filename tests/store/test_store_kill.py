"""kill -9 while mail is being delivered: what was accepted is there, once, under its UID.

A child process delivers numbered messages to two recipients, with nobody watching, with a
listener, and large ones by way of the spool; after each commit it writes a line to a pipe, which
is the acceptance. It is killed after some number of lines, and the store is opened again. A
message that was not accepted may be in one mailbox, both or none; so each number is tried once.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from fakemail.clock import SystemClock
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store

CHILD = """
import sys
from pathlib import Path
from fakemail.clock import SystemClock
from fakemail.store.store import Store

store = Store(Path(sys.argv[1]), SystemClock())
homes = [store.home("alice@x.test"), store.home("bob@x.test")]
size, how = int(sys.argv[2]), sys.argv[3]
inbox = homes[0].mailbox("INBOX")
if how != "unwatched":
    inbox.watch(lambda change: None)
if how == "modseq":
    inbox.highest_modseq
number = int(sys.argv[4])
while True:
    delivery = store.delivery()
    delivery.write(b"number %d;" % number + b"x" * size)
    ((_, uid), _) = delivery.commit(homes, b"trace ")
    if how == "modseq" and uid and uid > 1:
        inbox.change_flags([uid], "add", ["\\\\Seen"])
        inbox.expunge([uid - 1])
    print(number, uid, inbox.uid_validity if how != "unwatched" else 0, flush=True)
    number += 1
"""


def run_and_kill(root: Path, size: int, how: str, first: int, lines: int) -> list[list[str]]:
    """Start the child, read so many lines, kill it; what it had said until then."""
    words = [sys.executable, "-c", CHILD, str(root), str(size), how, str(first)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        said += child.stdout.read().splitlines(keepends=True)
    return [line.split() for line in said if line.endswith("\n")]


def numbers(box: Mailbox) -> dict[int, int]:
    """UID to number; also asserts that each message is whole."""
    found = {}
    for message in box.messages():
        octets = box.read(message.uid)
        assert len(octets) == message.size
        match = re.match(rb"trace number (\d+);x*\Z", octets)
        assert match is not None
        found[message.uid] = int(match[1])
    return found


@pytest.mark.parametrize(
    ("size", "how"), [(100, "unwatched"), (100, "watched"), (400_000, "watched")]
)
def test_killed_while_delivering(tmp_path: Path, size: int, how: str) -> None:
    root = tmp_path / "mail"
    accepted: list[int] = []
    meaning: dict[int, int] = {}
    first = 0
    for lines in (1, 7, 40):
        said = run_and_kill(root, size, how, first, lines)
        accepted += [int(number) for number, _, _ in said]
        store = Store(root, SystemClock())
        boxes = [store.home(f"{name}@x.test").mailbox("INBOX") for name in ("alice", "bob")]
        for box in boxes:
            counts = Counter(numbers(box).values())
            assert set(counts.values()) == {1}, "none is doubled"
            assert set(accepted) <= set(counts), "none is lost"
        shown = numbers(boxes[0])
        assert list(shown.values()) == sorted(shown.values()), "in the order of delivery"
        for number, uid, validity in said:
            if uid != "None":
                assert shown[int(uid)] == int(number), "the UID means what it meant"
                assert int(validity) == boxes[0].uid_validity
        assert all(shown[uid] == number for uid, number in meaning.items())
        meaning = shown
        first = max(number for box in boxes for number in numbers(box).values()) + 1
        assert list((root / ".spool").glob("*")) == [], "what was left over has been removed"
        store.close()
    assert len(accepted) >= 48


def test_killed_while_changing(tmp_path: Path) -> None:
    """Flags, expunges and MODSEQs: what was said before the kill holds after it."""
    root = tmp_path / "mail"
    said = run_and_kill(root, 10, "modseq", 0, 30)
    last = int(said[-1][1])
    box = Store(root, SystemClock(), watch=False).home("alice@x.test").mailbox("INBOX")
    shown = numbers(box)
    assert set(range(1, last)) & set(shown) == set(), "expunged is expunged"
    assert box.uid_next > last
    assert set(box.vanished_since(1) or ()) >= set(range(1, last))
    assert box.highest_modseq > 2 * last
    if last in shown:
        assert box.get(last).flags == {"\\Seen"}  # type: ignore[union-attr]
