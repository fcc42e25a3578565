"""MODSEQs and expunged UIDs (RFC 7162): never backwards, whatever happens."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.store import journal
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store
from fakemail.store.uidset import compress, expand

Deliver = Callable[..., int]


def changed_since(mailbox: Mailbox, modseq: int) -> list[int]:
    return [m.uid for m in mailbox.messages() if mailbox.modseq(m.uid) > modseq]


def test_changes_and_expunges(inbox: Mailbox, deliver: Deliver) -> None:
    for _ in range(4):
        deliver()
    start = inbox.highest_modseq
    assert changed_since(inbox, start) == []
    inbox.change_flags([1, 3], "add", ["\\Seen"])
    assert changed_since(inbox, start) == [1, 3]
    inbox.expunge([2, 3])
    assert inbox.vanished_since(start) == [2, 3]
    assert changed_since(inbox, start) == [1]
    middle = inbox.highest_modseq
    deliver()
    assert changed_since(inbox, middle) == [5]
    assert inbox.vanished_since(middle) == []
    assert start < middle < inbox.highest_modseq


def test_nobody_asks_nothing_is_written(inbox: Mailbox, deliver: Deliver) -> None:
    deliver(), deliver()
    inbox.change_flags([1], "add", ["\\Seen"])
    inbox.expunge([2])
    assert not (Path(inbox.folder.path) / "fakemail-journal").exists()


@pytest.mark.parametrize("closed", [True, False])
def test_restart(
    store: Store, inbox: Mailbox, deliver: Deliver, reopen: Callable[..., Mailbox], closed: bool
) -> None:
    """After `close` all is as it was; after a kill, more may count as changed, never less."""
    for _ in range(5):
        deliver()
    start = inbox.highest_modseq
    inbox.change_flags([1], "add", ["\\Seen"])
    inbox.expunge([2])
    cached = inbox.highest_modseq
    deliver()
    inbox.change_flags([3], "add", ["\\Flagged"])
    told = inbox.highest_modseq
    if closed:
        store.close()
    again = reopen()
    assert set(changed_since(again, cached)) >= {3, 6}
    assert set(changed_since(again, start)) >= {1, 3, 6}
    assert again.vanished_since(start) == [2]
    assert again.highest_modseq >= told
    if closed:
        assert again.highest_modseq == told
        assert changed_since(again, cached) == [3, 6]
        assert again.vanished_since(cached) == []
    again.change_flags([4], "add", ["\\Seen"])
    assert set(changed_since(again, told)) >= {4}


def test_what_others_did_meanwhile(
    store: Store, inbox: Mailbox, deliver: Deliver, reopen: Callable[..., Mailbox]
) -> None:
    for _ in range(4):
        deliver()
    inbox.claim_recent()
    cached = inbox.highest_modseq
    store.close()
    paths = [Path(inbox.path_of(m)) for m in inbox.messages()]
    paths[1].rename(paths[1].with_name(paths[1].name + "S"))
    paths[2].unlink()
    again = reopen()
    assert changed_since(again, cached) == [2]
    assert again.vanished_since(cached) == [3]
    assert again.highest_modseq > cached


def test_what_arrived_and_went_while_the_server_was_down(
    inbox: Mailbox, deliver: Deliver, reopen: Callable[..., Mailbox]
) -> None:
    """Somebody was told of it before the kill, so somebody must be told that it is gone."""
    cached = inbox.highest_modseq
    deliver(), deliver()
    Path(inbox.path_of(inbox.messages()[0])).unlink()
    again = reopen()
    assert again.vanished_since(cached) == [1]
    assert changed_since(again, cached) == [2]


def test_the_file_stays_small(
    inbox: Mailbox, deliver: Deliver, reopen: Callable[..., Mailbox]
) -> None:
    for _ in range(3):
        deliver()
    for n in range(1200):
        inbox.change_flags([1, 2], "add" if n % 2 == 0 else "remove", ["\\Seen"])
        assert inbox.highest_modseq >= n
    told = inbox.highest_modseq
    path = Path(inbox.folder.path) / "fakemail-journal"
    before = path.stat().st_size
    again = reopen()
    assert again.highest_modseq >= told
    assert path.stat().st_size < before / 20


def test_a_torn_line_hides_nothing(
    inbox: Mailbox, deliver: Deliver, reopen: Callable[..., Mailbox]
) -> None:
    """Killed in the middle of a line, twice: what is written next is read all the same."""
    for _ in range(3):
        deliver()
    cached = inbox.highest_modseq
    inbox.change_flags([1], "add", ["\\Seen"])
    told = inbox.highest_modseq
    path = Path(inbox.folder.path) / "fakemail-journal"
    for torn in (b"4711 =S", b"99999999999999999999 ^\n4 ! 1\n4"):
        with path.open("ab") as file:
            file.write(torn)
        again = reopen()
        assert again.highest_modseq > told
        assert 1 in changed_since(again, cached)
        assert 1 not in (again.vanished_since(cached) or ())
        again.expunge([2])
        assert again.vanished_since(cached) == [2]
        told = again.highest_modseq


def test_a_full_disk_is_survived(
    store: Store,
    inbox: Mailbox,
    deliver: Deliver,
    reopen: Callable[..., Mailbox],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        deliver()
    cached = inbox.highest_modseq

    def full(descriptor: int, octets: bytes) -> None:
        os.write(descriptor, octets[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(journal, "write_all", full)
        inbox.change_flags([1], "add", ["\\Seen"])
        inbox.expunge([2])
        assert changed_since(inbox, cached) == [1]
        assert inbox.vanished_since(cached) == [2]
    inbox.change_flags([3], "add", ["\\Flagged"])
    told = inbox.highest_modseq
    killed = reopen()
    assert set(changed_since(killed, cached)) >= {1, 3}
    assert killed.vanished_since(cached) == [2]
    assert killed.highest_modseq >= told


def test_a_full_disk_and_a_proper_end(
    store: Store,
    inbox: Mailbox,
    deliver: Deliver,
    reopen: Callable[..., Mailbox],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`close` writes down what could not be written before."""
    for _ in range(3):
        deliver()
    cached = inbox.highest_modseq

    def full(descriptor: int, octets: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(journal, "write_all", full)
        inbox.expunge([2])
    told = inbox.highest_modseq
    store.close()
    again = reopen()
    assert again.vanished_since(cached) == [2]
    assert (again.highest_modseq, changed_since(again, cached)) == (told, [])


def test_no_journal_can_be_kept(inbox: Mailbox, deliver: Deliver) -> None:
    deliver()
    (Path(inbox.folder.path) / "fakemail-journal").mkdir()
    with pytest.raises(OSError, match="fakemail-journal"):
        _ = inbox.highest_modseq
    assert inbox.change_flags([1], "add", ["\\Seen"]) == [1]


def test_what_was_expunged_before_the_first_question(inbox: Mailbox, deliver: Deliver) -> None:
    deliver(), deliver()
    inbox.expunge([1, 2])
    start = inbox.highest_modseq
    assert start > 1
    assert inbox.vanished_since(start) == []
    assert inbox.vanished_since(start - 1) is None
    deliver()
    inbox.expunge([3])
    assert inbox.vanished_since(start) == [3]
    assert inbox.modseq(3) == inbox.highest_modseq


def test_old_expunges_are_forgotten(
    inbox: Mailbox,
    deliver: Deliver,
    reopen: Callable[..., Mailbox],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever knows less than what is left is told that more is gone than can be named."""
    monkeypatch.setattr(journal, "MOST_EXPUNGED", 4)
    start = inbox.highest_modseq
    seen = []
    for uid in range(1, 8):
        deliver()
        inbox.expunge([uid])
        seen.append(inbox.highest_modseq)
    assert inbox.vanished_since(start) is None
    assert inbox.vanished_since(seen[0]) is None
    assert inbox.vanished_since(seen[3]) == [5, 6, 7]
    again = reopen()
    assert again.vanished_since(start) is None
    assert again.vanished_since(seen[3]) == [5, 6, 7]


def test_rename_and_new_validity(home: Home, deliver: Deliver) -> None:
    home.create("a")
    deliver(mailbox="a")
    mailbox = home.mailbox("a")
    modseq = mailbox.highest_modseq
    home.rename("a", "b")
    mailbox.change_flags([1], "add", ["\\Seen"])
    assert mailbox.highest_modseq == modseq + 1
    assert (Path(home.path) / ".b" / "fakemail-journal").exists()


@given(st.sets(st.integers(1, 300)))
def test_uid_sets(uids: set[int]) -> None:
    if uids:
        assert expand(compress(uids), 300) == sorted(uids)
        assert expand(compress(uids), 100) == [u for u in sorted(uids) if u <= 100]


def test_known_uid_sets() -> None:
    assert compress([3, 1, 2, 7]) == "1:3,7"
    assert expand("1:3,7", 9) == [1, 2, 3, 7]
    with pytest.raises(ValueError, match="invalid literal"):
        expand("1:x", 9)
