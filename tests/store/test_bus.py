"""Announcements for the whole store, and the store's own small duties."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fakemail.store.bus import Announcement
from fakemail.store.changes import Arrived, Expunged, Flagged
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store


def test_everything_is_announced_after_it_is_on_disk(store: Store) -> None:
    heard: list[Announcement] = []

    def hear(announcement: Announcement) -> None:
        if isinstance(announcement.change, Arrived):
            mailbox = store.home(announcement.address).mailbox(announcement.mailbox)
            for uid in announcement.change.uids:
                assert mailbox.read(uid) == b"octets"
        heard.append(announcement)

    stop = store.bus.subscribe(hear)
    homes = [store.home("a@x.test"), store.home("B@x.test")]
    delivery = store.delivery()
    delivery.write(b"octets")
    assert [uid for _, uid in delivery.commit(homes)] == [1, 1]
    homes[0].mailbox("INBOX").change_flags([1], "add", ["\\Seen"])
    homes[0].mailbox("INBOX").copy([1], homes[0].mailbox("Sent"))
    homes[1].mailbox("INBOX").expunge([1])
    assert heard == [
        Announcement("a@x.test", "INBOX", Arrived((1,))),
        Announcement("b@x.test", "INBOX", Arrived((1,))),
        Announcement("a@x.test", "INBOX", Flagged((1,))),
        Announcement("a@x.test", "Sent", Arrived((1,))),
        Announcement("b@x.test", "INBOX", Expunged((1,))),
    ]
    stop()
    stop()
    homes[0].mailbox("INBOX").expunge([1])
    assert len(heard) == 5


def test_settle_gives_uids_in_order(
    store: Store, home: Home, inbox: Mailbox, reopen: Callable[..., Mailbox]
) -> None:
    uidlist = Path(home.path) / "dovecot-uidlist"
    for n in range(10):
        if n == 5:
            store.settle()
            assert not uidlist.exists(), "nobody has ever looked"
            assert len(inbox.messages()) == 5
        delivery = store.delivery()
        delivery.write(b"%d" % n)
        delivery.commit([home])
    removed = max(Path(home.path, "new").iterdir())
    removed.rename(removed.with_name("elsewhere"))
    assert len(uidlist.read_text().splitlines()) == 6
    store.settle()
    assert len(uidlist.read_text().splitlines()) == 10, "not the one that was renamed meanwhile"
    (Path(home.path) / "new" / "elsewhere").rename(removed)
    assert [m.uid for m in inbox.messages()] == list(range(1, 11))
    store.settle()
    again = reopen()
    assert [again.read(uid) for uid in range(1, 11)] == [b"%d" % n for n in range(10)]


def test_stale_files_in_tmp_are_removed(store: Store, home: Home) -> None:
    """36 hours by ctime, which cannot be set back: so a file of today stays, whatever its mtime."""
    import os

    from fakemail.store import maildir

    old = Path(home.path) / "tmp" / "left-over"
    old.write_bytes(b"x")
    os.utime(old, (0, 0))
    folder = home.mailbox("INBOX").folder
    folder.clean()
    assert old.exists()
    limit, maildir.STALE_AFTER = maildir.STALE_AFTER, -1.0
    try:
        folder.clean()
    finally:
        maildir.STALE_AFTER = limit
    assert not old.exists()
