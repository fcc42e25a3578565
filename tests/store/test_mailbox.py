"""One mailbox: UIDs, flags, reading, expunging, and what other programs do to it."""

from __future__ import annotations

import mailbox as stdlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fakemail.store.changes import Arrived, Change, Deleted, Expunged, Flagged
from fakemail.store.errors import BadFlag, MessageGone, TooManyKeywords
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store

Deliver = Callable[..., int]
LF = b"Subject: lf\n\nbare\nlines\n"
CRLF = LF.replace(b"\n", b"\r\n")


def drop(inbox: Mailbox, name: str, octets: bytes = LF, sub: str = "new") -> Path:
    """What another program does: write into tmp/, rename into place."""
    folder = Path(inbox.folder.path)
    (folder / "tmp" / "growing").write_bytes(octets)
    return (folder / "tmp" / "growing").rename(folder / sub / name)


def uids(inbox: Mailbox) -> list[int]:
    return [m.uid for m in inbox.messages()]


def test_uids_survive_a_restart(
    inbox: Mailbox, deliver: Deliver, reopen: Callable[..., Mailbox]
) -> None:
    assert [deliver(b"%d" % n) for n in range(5)] == [1, 2, 3, 4, 5]
    inbox.expunge([2, 5])
    again = reopen()
    assert [(m.uid, again.read(m.uid)) for m in again.messages()] == [
        (1, b"0"),
        (3, b"2"),
        (4, b"3"),
    ]
    assert again.uid_next == inbox.uid_next == 6
    assert (again.uid_validity, again.guid) == (inbox.uid_validity, inbox.guid)
    assert [m.guid for m in again.messages()] == [m.guid for m in inbox.messages()]


def test_flags(inbox: Mailbox, deliver: Deliver, reopen: Callable[..., Mailbox]) -> None:
    deliver(), deliver(), deliver()
    assert inbox.change_flags([1, 2, 9], "add", ["\\Seen", "work"]) == [1, 2]
    assert inbox.change_flags([1, 2, 3], "add", ["\\SEEN"]) == [3], "the others had it"
    assert inbox.change_flags([2], "remove", ["\\Seen", "unheard-of"]) == [2]
    assert inbox.change_flags([1], "replace", ["\\Deleted"]) == [1]
    assert inbox.change_flags([1], "replace", ["\\deleted"]) == []
    expected = [{"\\Deleted"}, {"work"}, {"\\Seen"}]
    assert [m.flags for m in inbox.messages()] == expected
    assert [m.flags for m in reopen().messages()] == expected
    assert inbox.keywords() == ["work"]
    with pytest.raises(BadFlag):
        inbox.change_flags([1], "add", ["\\Seen", "no good"])
    assert inbox.messages()[0].flags == {"\\Deleted"}


def test_27_keywords(inbox: Mailbox, deliver: Deliver) -> None:
    deliver()
    inbox.change_flags([1], "add", [f"k{n}" for n in range(26)])
    with pytest.raises(TooManyKeywords):
        inbox.change_flags([1], "add", ["too-many"])
    inbox.change_flags([1], "remove", ["k7"])
    inbox.change_flags([1], "add", ["fits"])
    message = inbox.messages()[0]
    assert message.flags == {f"k{n}" for n in range(26) if n != 7} | {"fits"}


def test_letters_of_others_stay(inbox: Mailbox) -> None:
    """P (passed) and unknown keywords mean nothing to IMAP, and are not ours to remove."""
    drop(inbox, "x:2,PSq", sub="cur")
    assert inbox.messages()[0].flags == {"\\Seen"}
    inbox.change_flags([1], "replace", ["\\Flagged"])
    assert os.listdir(inbox.folder.cur) == ["x:2,FPq"]


def test_foreign_files_get_crlf_on_the_wire(inbox: Mailbox, reopen: Callable[..., Mailbox]) -> None:
    drop(inbox, "foreign")
    drop(inbox, f"dovecot,S={len(LF)},W={len(CRLF)}")
    drop(inbox, f"ours,S={len(LF)},W={len(LF)}")
    drop(inbox, f"courier,S={len(LF)}")
    sizes = {m.base.partition(",")[0]: m.size for m in inbox.messages()}
    texts = {m.base.partition(",")[0]: inbox.read(m.uid) for m in inbox.messages()}
    assert texts == {"foreign": CRLF, "dovecot": CRLF, "ours": LF, "courier": CRLF}
    assert sizes == {name: len(text) for name, text in texts.items()}
    assert inbox.messages()[0].size == len(inbox.read(1))
    heads = {m.base.partition(",")[0]: inbox.read_head(m.uid) for m in inbox.messages()}
    assert heads == texts


@pytest.mark.parametrize("ending", [b"\r\n", b"\n"])
def test_heads_of_large_messages(inbox: Mailbox, ending: bytes) -> None:
    header = b"A: b" + ending + b"C: " + b"d" * 100 + ending + ending
    drop(inbox, "small-header", header + (b"x" * 70 + ending) * 5000)
    drop(inbox, "large-header", b"A: b" + ending + b"X: y" * 50_000 + ending + ending + b"z")
    small, large = inbox.read_head(2), inbox.read_head(1)
    assert small.startswith(header.replace(ending, b"\r\n"))
    assert inbox.read(2).startswith(small)
    assert len(small) < 70_000 < len(large)
    assert b"\r\n\r\nz" in large


def test_size_across_chunks(inbox: Mailbox) -> None:
    """A CRLF on the border of two reads of one mebibyte is still one line end."""
    drop(inbox, "x", b"a" * ((1 << 20) - 1) + b"\r\n" + b"b\n")
    assert inbox.messages()[0].size == len(inbox.read(1)) == (1 << 20) + 4


def test_recent_is_for_one_session(inbox: Mailbox, deliver: Deliver) -> None:
    deliver(), deliver(flags=["\\Seen"])
    assert inbox.recent_count() == 2
    assert inbox.claim_recent() == {1, 2}
    assert inbox.claim_recent() == set()
    assert inbox.recent_count() == 0
    assert deliver() == 3
    assert inbox.claim_recent() == {3}
    assert [m.flags for m in inbox.messages()] == [set(), {"\\Seen"}, set()]
    assert os.listdir(inbox.folder.new) == []


class TestOtherPrograms:
    """What they do to the files shows up, in order, whether we watch or look now and then."""

    @pytest.fixture(params=["watching", "polling", "looking"])
    def told(
        self, request: pytest.FixtureRequest, store: Store, inbox: Mailbox
    ) -> Callable[[], list[Change]]:
        """The changes since the last call."""
        changes: list[Change] = []
        if request.param == "polling":
            assert store.watcher is not None
            store.watcher.close()
            store.watcher = None
        if request.param == "looking":
            stop = store.bus.subscribe(lambda a: changes.append(a.change))
            request.addfinalizer(stop)
        else:
            request.addfinalizer(inbox.watch(changes.append))

        def told() -> list[Change]:
            if request.param == "watching":
                assert store.watcher is not None
                store.watcher.ready()
            elif request.param == "polling":
                store.poll()
            else:
                inbox.messages()
            news = list(changes)
            changes.clear()
            return news

        return told

    def test_arrival(self, inbox: Mailbox, told: Callable[[], list[Change]]) -> None:
        drop(inbox, "one")
        assert told() == [Arrived((1,))]
        drop(inbox, "two:2,S", sub="cur")
        assert told() == [Arrived((2,))]
        assert [m.flags for m in inbox.messages()] == [set(), {"\\Seen"}]

    def test_flags(self, inbox: Mailbox, told: Callable[[], list[Change]]) -> None:
        path = drop(inbox, "one")
        told()
        path = path.rename(Path(inbox.folder.cur) / "one:2,")
        assert told() == [], "taken out of new/: no flag changed"
        assert inbox.recent_count() == 0
        path.rename(Path(inbox.folder.cur) / "one:2,FS")
        assert told() == [Flagged((1,))]
        assert inbox.messages()[0].flags == {"\\Flagged", "\\Seen"}
        assert inbox.read(1) == CRLF

    def test_removal(self, inbox: Mailbox, told: Callable[[], list[Change]]) -> None:
        paths = [drop(inbox, name) for name in ("a", "b", "c")]
        told()
        paths[0].unlink(), paths[2].unlink()
        assert told() in ([Expunged((1, 3))], [Expunged((3,)), Expunged((1,))])
        assert uids(inbox) == [2]

    def test_a_file_that_comes_back_is_a_new_message(
        self, inbox: Mailbox, told: Callable[[], list[Change]], reopen: Callable[..., Mailbox]
    ) -> None:
        path = drop(inbox, "one")
        drop(inbox, "two")
        told()
        away = path.rename(Path(inbox.folder.path) / "away")
        assert told() == [Expunged((1,))]
        away.rename(path)
        assert told() == [Arrived((3,))]
        assert uids(inbox) == uids(reopen()) == [2, 3]
        away = path.rename(away)
        (Path(inbox.folder.new) / "two").unlink()
        assert {uid for c in told() if isinstance(c, Expunged) for uid in c.uids} == {2, 3}
        away.rename(path)
        assert told() == [Arrived((4,))], "also when no other message is there"
        assert uids(inbox) == uids(reopen()) == [4]

    def test_our_own_doings_are_not_told_twice(
        self, inbox: Mailbox, deliver: Deliver, told: Callable[[], list[Change]]
    ) -> None:
        told()
        deliver(), deliver()
        inbox.claim_recent()
        inbox.change_flags([1], "add", ["\\Seen"])
        inbox.change_flags([1], "add", ["\\Flagged"])
        inbox.change_flags([1], "remove", ["\\Seen"])
        inbox.expunge([2])
        changes = told()
        assert [type(c) for c in changes] == [Arrived, Arrived, Flagged, Flagged, Flagged, Expunged]
        assert told() == []
        assert inbox.messages()[0].flags == {"\\Flagged"}

    def test_changes_within_one_tick_of_the_clock(
        self, inbox: Mailbox, told: Callable[[], list[Change]]
    ) -> None:
        for n in range(200):
            drop(inbox, f"m{n:03}")
            assert told() == [Arrived((n + 1,))]

    def test_the_folder_is_removed(self, inbox: Mailbox, told: Callable[[], list[Change]]) -> None:
        told()
        shutil.rmtree(inbox.folder.path)
        assert Deleted() in told()
        assert inbox.gone

    def test_keywords_file(self, inbox: Mailbox, told: Callable[[], list[Change]]) -> None:
        path = drop(inbox, "one:2,a", sub="cur")
        told()
        assert inbox.messages()[0].flags == set()
        (Path(inbox.folder.path) / "dovecot-keywords").write_text("0 urgent\n")
        path.rename(Path(inbox.folder.cur) / "one:2,Sa")
        assert told() == [Flagged((1,))]
        assert inbox.messages()[0].flags == {"\\Seen", "urgent"}


def test_a_renamed_file_is_found(inbox: Mailbox, deliver: Deliver) -> None:
    deliver(b"octets")
    old = Path(inbox.path_of(inbox.messages()[0]))
    old.rename(Path(inbox.folder.cur) / (old.name + ":2,S"))
    assert inbox.read(1) == b"octets"
    old = Path(inbox.path_of(inbox.messages()[0]))
    old.rename(old.with_name(old.name + "T"))
    assert inbox.change_flags([1], "add", ["\\Flagged"]) == [1]
    assert inbox.messages()[0].flags == {"\\Seen", "\\Deleted", "\\Flagged"}


def test_a_removed_file_is_gone(inbox: Mailbox, deliver: Deliver) -> None:
    deliver(), deliver()
    message = inbox.messages()[0]
    Path(inbox.path_of(message)).unlink()
    with pytest.raises(MessageGone):
        inbox.read(1)
    with pytest.raises(MessageGone):
        _ = message.internal_date
    assert inbox.change_flags([1, 2], "add", ["\\Seen"]) == [2]
    assert uids(inbox) == [2]


def test_what_is_not_a_message(inbox: Mailbox, tmp_path: Path) -> None:
    new = Path(inbox.folder.new)
    (tmp_path / "secret").write_text("secret")
    (new / "link").symlink_to(tmp_path / "secret")
    (new / "folder").mkdir()
    os.mkfifo(new / "fifo")
    (new / ".hidden").write_bytes(LF)
    (new / "dangling").symlink_to(tmp_path / "nothing")
    (new / "two\nlines").write_bytes(LF)
    drop(inbox, "real")
    assert [m.base for m in inbox.messages()] == ["real"]


def test_a_message_that_became_a_link_is_gone(
    inbox: Mailbox, deliver: Deliver, tmp_path: Path
) -> None:
    deliver()
    path = Path(inbox.path_of(inbox.messages()[0]))
    (tmp_path / "secret").write_text("secret")
    path.unlink()
    path.symlink_to(tmp_path / "secret")
    with pytest.raises(MessageGone):
        inbox.read(1)


def test_an_expunge_that_fails_half_way_tells_of_the_first_half(
    inbox: Mailbox, deliver: Deliver
) -> None:
    for _ in range(3):
        deliver()
    changes: list[Change] = []
    inbox.watch(changes.append)
    path = Path(inbox.path_of(inbox.messages()[1]))
    path.unlink()
    path.mkdir()
    with pytest.raises(OSError):
        inbox.expunge([1, 2, 3])
    assert changes == [Expunged((1,))]
    assert uids(inbox) == [2, 3]


def test_a_file_that_is_being_written_waits(store: Store, inbox: Mailbox) -> None:
    changes: list[Change] = []
    inbox.watch(changes.append)
    assert store.watcher is not None
    with open(Path(inbox.folder.new) / "slow", "wb") as file:
        file.write(b"Subject: first half\n")
        file.flush()
        store.watcher.ready()
        assert changes == []
        file.write(b"\nsecond half\n")
    store.watcher.ready()
    assert changes == [Arrived((1,))]
    assert inbox.messages()[0].size == len(inbox.read(1)) == 36


def test_a_keyword_that_gets_its_name_after_its_letter(
    store: Store, inbox: Mailbox, deliver: Deliver
) -> None:
    """Dovecot renames the message first and then says what the letter means."""
    deliver()
    deliver()
    inbox.claim_recent()
    changes: list[Change] = []
    inbox.watch(changes.append)
    path = Path(inbox.path_of(inbox.messages()[0]))
    path.rename(f"{path}a")
    assert store.watcher is not None
    store.watcher.ready()
    folder = Path(inbox.folder.path)
    (folder / "dovecot-keywords.lock").write_text("0 theirs\n")
    (folder / "dovecot-keywords.lock").rename(folder / "dovecot-keywords")
    changes.clear()
    store.watcher.ready()
    (change,) = changes
    assert isinstance(change, Flagged) and 1 in change.uids
    assert [m.flags for m in inbox.messages()] == [{"theirs"}, set()]


def test_stdlib_opens_the_same_folder(inbox: Mailbox, deliver: Deliver) -> None:
    deliver(b"Subject: ours\r\n\r\nx\r\n")
    theirs = stdlib.Maildir(inbox.folder.path, create=False)
    message = stdlib.MaildirMessage(b"Subject: theirs\n\ny\n")
    message.set_flags("FS")
    message.set_subdir("cur")
    theirs.add(message)
    assert [m.flags for m in inbox.messages()] == [set(), {"\\Flagged", "\\Seen"}]
    assert inbox.read(2) == b"Subject: theirs\r\n\r\ny\r\n"
    inbox.change_flags([1], "add", ["\\Answered"])
    inbox.claim_recent()
    found = {m["Subject"]: m.get_flags() for m in theirs}
    assert found == {"ours": "R", "theirs": "FS"}
    theirs.clear()
    assert uids(inbox) == []
