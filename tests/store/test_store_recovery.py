"""Damage, locks, and two stores at once: a mailbox opens, whatever was done to its files."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fakemail.store import locking, maildir
from fakemail.store.changes import Arrived, Change
from fakemail.store.errors import NoSuchMailbox
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store

Deliver = Callable[..., int]


def drop(inbox: Mailbox, name: str) -> None:
    """What another program does."""
    temporary = Path(inbox.folder.tmp) / "growing"
    temporary.write_bytes(b"A: b\n\n")
    temporary.rename(Path(inbox.folder.new) / name)


def uids(inbox: Mailbox) -> list[int]:
    return [m.uid for m in inbox.messages()]


@pytest.mark.parametrize("name", ["dovecot-uidlist", "dovecot-keywords", "fakemail-journal"])
@pytest.mark.parametrize("damage", [b"", b"\0" * 50, b"rubbish\nrubbish\n", None])
def test_damaged_sidecars(
    store: Store,
    home: Home,
    inbox: Mailbox,
    deliver: Deliver,
    reopen: Callable[..., Mailbox],
    name: str,
    damage: bytes | None,
) -> None:
    deliver(b"one"), deliver(b"two")
    inbox.change_flags([1], "add", ["\\Seen", "word"])
    before = inbox.uid_validity, inbox.highest_modseq
    path = Path(inbox.folder.path) / name
    path.unlink() if damage is None else path.write_bytes(damage)
    again = reopen()
    assert [again.read(m.uid) for m in again.messages()] == [b"one", b"two"]
    assert "\\Seen" in again.messages()[0].flags
    assert again.highest_modseq > 0
    assert (again.uid_validity > before[0]) is (name == "dovecot-uidlist")
    assert again.change_flags([2], "add", ["word"]) == [2]
    if name != "dovecot-uidlist":
        assert deliver(b"three") in (3, 4), "the first store goes on as well"
    else:
        delivery = store.delivery()
        delivery.write(b"three")
        delivery.commit([home], uid_wanted=True)
        assert inbox.gone, "its UIDs lost their meaning"
        fresh = home.mailbox("INBOX")
        assert [fresh.read(m.uid) for m in fresh.messages()] == [b"one", b"two", b"three"]
        assert fresh.uid_validity == again.uid_validity


def test_a_uidlist_that_is_lost_under_us_is_written_again(
    inbox: Mailbox, deliver: Deliver, reopen: Callable[..., Mailbox]
) -> None:
    deliver(b"one"), deliver(b"two")
    inbox.expunge([1])
    (Path(inbox.folder.path) / "dovecot-uidlist").unlink()
    assert deliver(b"three") == 3
    again = reopen()
    assert again.uid_validity == inbox.uid_validity
    assert {m.uid: again.read(m.uid) for m in again.messages()} == {2: b"two", 3: b"three"}


def test_two_stores_on_one_mailbox(
    store: Store, inbox: Mailbox, deliver: Deliver, reopen: Callable[..., Mailbox]
) -> None:
    """As two processes: each sees what the other does, under the same UIDs."""
    other = reopen()
    changes: list[Change] = []
    other.watch(changes.append)
    for n in range(20):
        deliver(b"%d" % n)
        if n % 3 == 0:
            drop(other, f"{n}")
            other.refresh()
    other.refresh()
    assert uids(inbox) == uids(other)
    assert [m.guid for m in inbox.messages()] == [m.guid for m in other.messages()]
    other.change_flags([3, 4], "add", ["\\Flagged", "shared"])
    inbox.expunge([5])
    other.refresh()
    assert inbox.messages()[2].flags == {"\\Flagged", "shared"}
    assert uids(inbox) == uids(other)
    assert len([uid for c in changes if isinstance(c, Arrived) for uid in c.uids]) == 27


def test_a_lock_that_another_program_keeps(
    inbox: Mailbox, home: Home, store: Store, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail is taken all the same; it has its UID when the lock is free."""
    monkeypatch.setattr(locking, "_TRIES", 3)
    deliver()
    lock = Path(inbox.folder.path) / "dovecot-uidlist.lock"
    lock.write_text("1:another-host")
    delivery = store.delivery()
    delivery.write(b"two")
    assert delivery.commit([home], uid_wanted=True) == [(inbox, None)]
    assert uids(inbox) == [1]
    lock.unlink()
    assert uids(inbox) == [1, 2]


def test_a_watched_mailbox_that_is_locked(
    inbox: Mailbox, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody needs to ask: `poll` looks again, and waits for the lock once, not each time."""
    monkeypatch.setattr(locking, "_TRIES", 30)
    waits: list[float] = []
    monkeypatch.setattr("select.select", lambda *arguments: waits.append(arguments[3]))
    changes: list[Change] = []
    inbox.watch(changes.append)
    lock = Path(inbox.folder.path) / "dovecot-uidlist.lock"
    lock.write_text("1:another-host")
    drop(inbox, "one")
    assert store.watcher is not None
    store.watcher.ready()
    assert waits == [0.001] * 30
    for _ in range(10):
        store.poll()
    assert len(waits) == 40
    assert changes == []
    lock.unlink()
    store.poll()
    assert changes == [Arrived((1,))]


def test_stale_locks_are_broken(inbox: Mailbox, deliver: Deliver, dead_pid: int) -> None:
    lock = Path(inbox.folder.path) / "dovecot-uidlist.lock"
    lock.write_text(f"{dead_pid}:{socket.gethostname()}")
    assert deliver() == 1
    lock.write_text(f"{os.getpid()}:{socket.gethostname()}")
    assert deliver() == 2
    lock.write_text("77:another-host")
    os.utime(lock, (0, 0))
    assert deliver() == 3
    lock.write_text("")
    os.utime(lock, (0, 0))
    assert deliver() == 4, "killed before it could write its name"
    assert not lock.exists()


def test_a_full_disk(
    store: Store,
    home: Home,
    inbox: Mailbox,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The message is in place, so its sender hears so; the UID comes when there is room for it."""
    deliver(b"one")
    changes: list[Change] = []
    inbox.watch(changes.append)
    real = locking.write_all

    def full(descriptor: int, octets: bytes) -> None:
        real(descriptor, octets[:3])
        raise OSError(28, "No space left on device")

    delivery = store.delivery()
    delivery.write(b"two")
    with monkeypatch.context() as patched:
        patched.setattr("fakemail.store.uidlist.write_all", full)
        assert delivery.commit([home]) == [(inbox, None)]
        inbox.refresh()
        assert {m.uid: inbox.read(m.uid) for m in inbox.messages()} == {1: b"one"}
    assert "No space left" in caplog.text
    store.poll()
    (uid,) = set(uids(inbox)) - {1}
    assert inbox.read(uid) == b"two"
    assert changes == [Arrived((uid,))]
    text = (Path(home.path) / "dovecot-uidlist").read_text()
    assert [line.partition(" ")[0] for line in text.splitlines()] == ["3", "1", str(uid)]


def test_a_listener_that_fails_harms_nobody(
    store: Store, inbox: Mailbox, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    changes: list[object] = []

    def broken(_: object) -> None:
        raise RuntimeError("bug")

    inbox.watch(broken)
    inbox.watch(changes.append)
    store.bus.subscribe(broken)
    store.bus.subscribe(changes.append)
    assert deliver() == 1
    assert len(changes) == 2
    assert caplog.text.count("RuntimeError: bug") == 2


def test_a_mailbox_that_was_removed_is_not_made_again_by_a_delivery(
    store: Store, home: Home
) -> None:
    """APPEND must answer TRYCREATE (RFC 3501 §6.3.11)."""
    mailbox = home.mailbox("Sent")
    mailbox.messages()
    shutil.rmtree(mailbox.folder.path)
    delivery = store.delivery()
    delivery.write(b"x")
    with pytest.raises(NoSuchMailbox):
        delivery.commit([home], mailbox="Sent")
    assert not home.exists("Sent")


@pytest.mark.skipif(sys.platform != "linux", reason="leases are Linux's")
def test_a_writer_that_comes_while_we_look_does_not_end_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken lease sends SIGIO, whose default is the end, unless another signal was chosen."""
    path = tmp_path / "message"
    path.write_bytes(b"x")
    real = fcntl.fcntl
    broken = []

    def with_writer(descriptor: int, command: int, argument: int) -> int:
        answer = real(descriptor, command, argument)
        if (command, argument) == (fcntl.F_SETLEASE, fcntl.F_RDLCK):
            with pytest.raises(BlockingIOError):
                os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            broken.append(descriptor)
        return answer

    signals: list[int] = []
    before = signal.signal(signal.SIGIO, lambda number, _: signals.append(number))
    try:
        monkeypatch.setattr(fcntl, "fcntl", with_writer)
        assert maildir.is_message(str(path))
    finally:
        signal.signal(signal.SIGIO, before)
    assert broken
    assert signals == []
