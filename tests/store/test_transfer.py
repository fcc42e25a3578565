"""COPY and MOVE: all or none, flags and dates carried, no octet written twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fakemail.store.changes import Arrived, Change, Expunged
from fakemail.store.errors import TooManyKeywords
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox

Deliver = Callable[..., int]


@pytest.fixture
def target(home: Home) -> Mailbox:
    home.create("target")
    return home.mailbox("target")


def everything(mailbox: Mailbox) -> list[tuple[bytes, frozenset[str], float]]:
    return [(mailbox.read(m.uid), m.flags, m.internal_date) for m in mailbox.messages()]


def test_copy(inbox: Mailbox, target: Mailbox, deliver: Deliver) -> None:
    target.letters_for(["other", "word"])
    deliver(b"one", flags=["\\Seen", "word"], internal_date=1e9)
    deliver(b"two")
    deliver(b"three", internal_date=1.1e9)
    changes: list[Change] = []
    target.watch(changes.append)
    assert inbox.copy([3, 1, 99], target) == [(1, 1), (3, 2)]
    assert everything(target) == [everything(inbox)[0], everything(inbox)[2]]
    assert changes == [Arrived((1, 2))]
    assert target.recent_count() == 2
    same = (
        os.stat(inbox.path_of(inbox.messages()[0])),
        os.stat(target.path_of(target.messages()[0])),
    )
    assert same[0].st_ino == same[1].st_ino, "a link, not a second file"
    assert inbox.messages()[0].guid != target.messages()[0].guid
    assert inbox.copy([1], inbox) == [(1, 4)]
    assert len(inbox.messages()) == 4


def test_move(
    inbox: Mailbox, target: Mailbox, deliver: Deliver, reopen: Callable[..., Mailbox]
) -> None:
    for octets in (b"one", b"two", b"three"):
        deliver(octets, flags=["\\Flagged", "word"], internal_date=1e9)
    before = everything(inbox)
    changes: list[Change] = []
    inbox.watch(changes.append)
    target.watch(changes.append)
    assert inbox.move([1, 3], target) == [(1, 1), (3, 2)]
    assert changes == [Arrived((1, 2)), Expunged((1, 3))]
    assert everything(target) == [before[0], before[2]]
    assert everything(inbox) == [before[1]]
    assert target.move([1], inbox) == [(1, 4)], "back again, and a new UID"
    assert [m.uid for m in reopen().messages()] == [2, 4]


@pytest.mark.parametrize("how", ["copy", "move"])
@pytest.mark.parametrize("failing", ["rename", "link"])
def test_all_or_none(
    inbox: Mailbox,
    target: Mailbox,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    failing: str,
) -> None:
    for n in range(4):
        deliver(b"%d" % n)
    before = everything(inbox)
    real = getattr(os, failing)
    calls = 0

    def fail_once_after_two(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(28, "No space left on device")
        return real(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(os, failing, fail_once_after_two)
        if failing == "link":
            patched.setattr("shutil.copyfile", fail_copy)
        if how == "move" and failing == "link":
            inbox.move([1], target)
            assert calls == 0, "a move needs no link"
            return
        with pytest.raises(OSError, match="No space"):
            getattr(inbox, how)([1, 2, 3, 4], target)
    assert everything(inbox) == before
    assert everything(target) == []
    folder = Path(target.folder.path)
    assert [os.listdir(folder / sub) for sub in ("tmp", "new", "cur")] == [[], [], []]


def fail_copy(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_no_room_for_keywords(inbox: Mailbox, target: Mailbox, deliver: Deliver) -> None:
    deliver(b"plain"), deliver(b"marked", flags=["one-more"])
    deliver(b"full", mailbox="target", flags=[f"k{n}" for n in range(26)])
    with pytest.raises(TooManyKeywords):
        inbox.copy([1, 2], target)
    assert len(target.messages()) == 1


def test_what_is_gone_is_left_out(inbox: Mailbox, target: Mailbox, deliver: Deliver) -> None:
    for n in range(3):
        deliver(b"%d" % n)
    Path(inbox.path_of(inbox.messages()[1])).unlink()
    assert inbox.copy([1, 2, 3], target) == [(1, 1), (3, 2)]
    assert inbox.move([1, 2, 3], target) == [(1, 3), (3, 4)]
