"""Deliveries: exact octets, all or none, nothing left over."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from fakemail.clock import ManualClock, SystemClock
from fakemail.store import delivery as delivery_module
from fakemail.store.errors import NoSuchMailbox
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store

ODD = b"Subject: x\r\n\r\nbare\nlf, bare\rcr, nul\0, 8-bit \xff, no line end at the end"


def files(root: Path) -> list[str]:
    """Everything that could be a message, or a part of one, with its folder."""
    return sorted(
        f"{path.parent.name}/{path.name}"
        for path in root.rglob("*")
        if path.is_file() and path.parent.name in ("new", "cur", "tmp", ".spool")
    )


@pytest.mark.parametrize("size", [0, 1, 1000, 256 * 1024, 256 * 1024 + 1, 3_000_000])
@pytest.mark.parametrize("trace", [b"", b"Received: by x\r\n"])
def test_octets_are_exact(store: Store, home: Home, size: int, trace: bytes) -> None:
    octets = (ODD * (size // len(ODD) + 1))[:size]
    delivery = store.delivery()
    for start in range(0, size, 50_000):
        delivery.write(octets[start : start + 50_000])
    assert delivery.size == size
    ((inbox, uid),) = delivery.commit([home], trace)
    assert uid is None, "nobody watches, so it waits until somebody looks"
    (message,) = inbox.messages()
    assert message.size == len(trace) + size
    assert inbox.read(message.uid) == trace + octets
    (path,) = (Path(home.path) / "new").iterdir()
    assert path.read_bytes() == trace + octets
    assert path.name.endswith(f",S={len(trace) + size},W={len(trace) + size}")
    assert len(files(store.root)) == 1


@pytest.mark.parametrize("size", [100, 300_000])
def test_a_copy_goes_along_with_flags_of_its_own(store: Store, home: Home, size: int) -> None:
    other = store.home("other@x.test")
    delivery = store.delivery()
    delivery.write(b"x" * size)
    (inbox, _), (sent, _) = delivery.commit([other], also=((home.mailbox("Sent"), ("\\Seen",)),))
    assert (inbox.name, sent.name) == ("INBOX", "Sent")
    assert [message.flags for message in inbox.messages()] == [frozenset()]
    assert [message.flags for message in sent.messages()] == [frozenset({"\\Seen"})]
    assert sent.read(1) == inbox.read(1) == b"x" * size
    assert len(home.mailbox("INBOX").messages()) == 0


def test_a_copy_without_its_folders_makes_them_again(store: Store, home: Home) -> None:
    sent = home.mailbox("Sent")
    shutil.rmtree(sent.folder.path)
    delivery = store.delivery()
    delivery.write(ODD)
    delivery.commit([home], also=((sent, ()),))
    assert [path.read_bytes() for path in Path(sent.folder.new).iterdir()] == [ODD]


def test_without_a_place_for_the_copy_nobody_has_the_message(store: Store, home: Home) -> None:
    sent = home.mailbox("Sent")
    home.delete("Sent")
    delivery = store.delivery()
    delivery.write(ODD)
    with pytest.raises(NoSuchMailbox):
        delivery.commit([home], also=((sent, ()),))
    assert files(store.root) == []


def test_large_messages_do_not_stay_in_memory(store: Store) -> None:
    delivery = store.delivery()
    for _ in range(100):
        delivery.write(b"x" * 100_000)
    assert delivery._in_memory <= delivery_module.IN_MEMORY
    delivery.discard()
    assert files(store.root) == []


def test_many_recipients_share_one_file(store: Store) -> None:
    homes = [store.home(f"user{n}@x.test") for n in range(5)]
    delivery = store.delivery()
    delivery.write(b"x" * 1000)
    placed = delivery.commit([*homes, homes[0]], b"T: 1\r\n")
    assert [box.around for box, _ in placed] == homes, "once, though the first was named twice"
    inodes = {os.stat(box.path_of(box.messages()[0])).st_ino for box, _ in placed}
    assert len(inodes) == 1
    boxes = [box for box, _ in placed]
    boxes[0].change_flags([1], "add", ["\\Seen"])
    boxes[1].expunge([1])
    assert [len(box.messages()) for box in boxes] == [1, 0, 1, 1, 1]
    assert boxes[2].messages()[0].flags == frozenset()


def test_copies_where_links_fail(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    homes = [store.home(f"user{n}@x.test") for n in range(3)]
    delivery = store.delivery()
    delivery.write(ODD)
    placed = delivery.commit(homes, internal_date=1_000_000_000.5)
    for box, _ in placed:
        (message,) = box.messages()
        assert (box.read(1), message.internal_date) == (ODD, 1_000_000_000.5)


@pytest.mark.parametrize("size", [100, 1_000_000])
@pytest.mark.parametrize("failing", ["rename", "link", "write", "utime"])
def test_all_or_none(
    store: Store, monkeypatch: pytest.MonkeyPatch, failing: str, size: int
) -> None:
    homes = [store.home(f"user{n}@x.test") for n in range(3)]
    delivery = store.delivery()
    delivery.write(b"x" * size)
    calls = []

    def fail(*_: object, **__: object) -> None:
        calls.append(failing)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, failing, fail)
        if failing == "link":
            patched.setattr(delivery_module, "link_or_copy", fail)
        with pytest.raises(OSError, match="No space"):
            delivery.commit(homes, b"T: 1\r\n", internal_date=981173106.0)
    assert calls
    assert files(store.root) == []
    assert [len(home.mailbox("INBOX").messages()) for home in homes] == [0, 0, 0]


def test_a_mailbox_that_is_not_there(store: Store, home: Home) -> None:
    delivery = store.delivery()
    delivery.write(b"x")
    with pytest.raises(NoSuchMailbox):
        delivery.commit([home], mailbox="nowhere")
    assert files(store.root) == []


def test_append_flags_and_date(store: Store, home: Home, inbox: Mailbox) -> None:
    delivery = store.delivery()
    delivery.write(ODD)
    ((_, uid),) = delivery.commit(
        [home], flags=["\\seen", "$Important"], internal_date=981173106.0, uid_wanted=True
    )
    assert uid == 1
    message = inbox.get(1)
    assert message is not None
    assert message.flags == {"\\Seen", "$Important"}
    assert message.internal_date == 981173106.0
    assert inbox.recent_count() == 1


def test_the_clock_dates_messages(root: Path) -> None:
    store = Store(root, ManualClock(1_234_567_890.0), watch=False)
    home = store.home("a@x.test")
    for _ in range(2):
        delivery = store.delivery()
        delivery.write(b"x")
        delivery.commit([home])
    messages = home.mailbox("INBOX").messages()
    assert [m.internal_date for m in messages] == [1_234_567_890.0] * 2
    assert [m.uid for m in messages] == [1, 2]


def test_uids_in_order_of_delivery(store: Store, home: Home, inbox: Mailbox) -> None:
    for n in range(50):
        delivery = store.delivery()
        delivery.write(b"%d" % n)
        delivery.commit([home])
    assert [inbox.read(m.uid) for m in inbox.messages()] == [b"%d" % n for n in range(50)]


def test_a_home_that_was_removed_while_running_is_made_again(
    store: Store, home: Home, inbox: Mailbox
) -> None:
    inbox.messages()
    validity = inbox.uid_validity
    shutil.rmtree(home.path)
    delivery = store.delivery()
    delivery.write(ODD)
    ((box, _),) = delivery.commit([home])
    assert [box.read(m.uid) for m in box.messages()] == [ODD]
    assert box.uid_validity >= validity


def test_fsync(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    monkeypatch.setattr(
        os, "fsync", lambda d: synced.append(str(Path(f"/proc/self/fd/{d}").readlink()))
    )
    store = Store(root, SystemClock(), fsync=True, watch=False)
    delivery = store.delivery()
    delivery.write(ODD)
    delivery.commit([store.home("a@x.test")])
    assert [Path(path).parent.name if "," in path else Path(path).name for path in synced] == [
        "tmp",
        "new",
    ]


def test_spool_of_dead_processes_is_removed_at_start(root: Path, dead_pid: int) -> None:
    spool = root / ".spool"
    spool.mkdir(parents=True)
    (spool / f"{socket.gethostname()}.{dead_pid}.1").write_bytes(b"dead")
    (spool / f"{socket.gethostname()}.1.1").write_bytes(b"alive")
    (spool / "other-host.1.1").write_bytes(b"unknown")
    (spool / "strange").write_bytes(b"strange")
    store = Store(root, SystemClock(), watch=False)
    assert sorted(p.name for p in spool.iterdir()) == sorted(
        [f"{socket.gethostname()}.1.1", "other-host.1.1", "strange"]
    )
    delivery = store.delivery()
    delivery.write(b"x" * 1_000_000)
    Store(root, SystemClock(), watch=False)
    assert delivery.commit([store.home("a@x.test")])[0][0].messages()[0].size == 1_000_000
    (spool / f"{socket.gethostname()}.{os.getpid()}.0").write_bytes(b"former life")
    Store(root, SystemClock(), watch=False)
    assert sorted(p.name for p in spool.iterdir()) == sorted(
        [f"{socket.gethostname()}.1.1", "other-host.1.1", "strange"]
    )


@pytest.mark.parametrize("sizes", [(), (3,), (300_000,), (200_000, 100_000, 5, 300_000)])
def test_what_was_written_is_read_back(store, sizes):
    delivery = store.delivery()
    pieces = [bytes([number + 65]) * size for number, size in enumerate(sizes)]
    for piece in pieces:
        delivery.write(piece)
        assert delivery.octets()[-len(piece) :] == piece
    assert delivery.octets() == b"".join(pieces)
    delivery.write(b"more")
    assert delivery.octets() == b"".join(pieces) + b"more"
    delivery.commit([store.home("tom@b.test")])
    [message] = store.home("tom@b.test").mailbox("INBOX").messages()
    assert message.size == sum(sizes) + 4
