"""One account's mailboxes: listing, CREATE, DELETE, RENAME, subscriptions, special uses."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fakemail.clock import ManualClock
from fakemail.store.changes import Change, Deleted, Renamed
from fakemail.store.errors import (
    BadMailboxName,
    InboxIsFixed,
    MailboxError,
    MailboxExists,
    MailboxNotEmpty,
    NoSuchMailbox,
)
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store

Deliver = Callable[..., int]
USUAL = ["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"]


def texts(mailbox: Mailbox) -> list[bytes]:
    return [mailbox.read(m.uid) for m in mailbox.messages()]


def test_a_new_home_has_the_usual_folders(home: Home) -> None:
    assert home.mailboxes() == USUAL
    assert {n: home.special_use(n) for n in USUAL} == {
        "INBOX": None,
        "Archive": "\\Archive",
        "Drafts": "\\Drafts",
        "Junk": "\\Junk",
        "Sent": "\\Sent",
        "Trash": "\\Trash",
    }


def test_deleted_usual_folders_stay_deleted(root: Path, home: Home) -> None:
    for name in home.mailboxes()[1:]:
        home.delete(name)
    assert home.mailboxes() == ["INBOX"]
    again = Store(root, ManualClock(), watch=False).home("alice@x.test")
    assert again.mailboxes() == ["INBOX"]
    assert again.special_use("Sent") is None


def test_a_home_furnished_by_others_is_left_alone(root: Path, store: Store) -> None:
    path = store.path("bob@x.test")
    for sub in ("cur", "new", "tmp"):
        (path / ".Sent" / sub).mkdir(parents=True)
    home = store.home("bob@x.test")
    assert home.mailboxes() == ["INBOX", "Sent"]
    assert home.special_use("Sent") == "\\Sent"


def test_one_object_for_all(store: Store, home: Home) -> None:
    assert store.home("ALICE@X.TEST") is home
    assert home.mailbox("inbox") is home.mailbox("INBOX")
    assert home.mailbox("Sent") is home.mailbox("Sent")
    with pytest.raises(NoSuchMailbox):
        home.mailbox("sent")


def test_create_and_its_parents(home: Home) -> None:
    home.create("Work/2026/May")
    assert home.mailboxes() == sorted([*USUAL, "Work", "Work/2026", "Work/2026/May"], key=sort_key)
    assert home.exists("Work") and not home.selectable("Work") and home.children("Work")
    assert home.selectable("Work/2026/May") and not home.children("Work/2026/May")
    with pytest.raises(NoSuchMailbox):
        home.mailbox("Work")
    with pytest.raises(MailboxExists):
        home.create("Work/2026/May")
    home.create("Work/")
    assert home.selectable("Work")
    with pytest.raises(MailboxExists):
        home.create("inbox")


def sort_key(name: str) -> tuple[bool, str]:
    return name != "INBOX", name


@pytest.mark.parametrize("name", ["../../x", "a\0b", "/a", "a//b", "..", "x" * 1000, ""])
def test_bad_names_never_leave_the_home(home: Home, store: Store, name: str) -> None:
    home.mailboxes()
    before = sorted(store.root.parent.rglob("*"))
    for action in (home.create, home.mailbox, home.delete, home.subscribe):
        with pytest.raises(BadMailboxName):
            action(name)
    with pytest.raises(BadMailboxName):
        home.rename("Sent", name)
    assert not home.exists(name) and not home.selectable(name)
    assert sorted(store.root.parent.rglob("*")) == before


def test_a_folder_that_leads_outside_is_not_listed(home: Home, tmp_path: Path) -> None:
    for sub in ("cur", "new", "tmp"):
        (tmp_path / "outside" / sub).mkdir(parents=True)
    (Path(home.path) / ".Evil").symlink_to(tmp_path / "outside")
    assert "Evil" not in home.mailboxes()
    with pytest.raises(NoSuchMailbox):
        home.mailbox("Evil")


def test_delete(home: Home, deliver: Deliver) -> None:
    home.create("a/b")
    home.create("a")
    deliver(mailbox="a")
    changes: list[Change] = []
    old = home.mailbox("a")
    old.watch(changes.append)
    home.delete("a")
    assert changes == [Deleted()]
    assert old.gone
    assert "a" in home.mailboxes() and not home.selectable("a"), "its child keeps the name"
    with pytest.raises(MailboxNotEmpty):
        home.delete("a")
    home.delete("a/b")
    assert not home.exists("a")
    for name in ("a", "a/b"):
        with pytest.raises(NoSuchMailbox):
            home.delete(name)
    with pytest.raises(InboxIsFixed):
        home.delete("Inbox")
    assert os.listdir(Path(home.path) / "tmp") == []


def test_a_name_never_has_the_same_validity_again(root: Path) -> None:
    """RFC 3501 §6.3.4, §2.3.1.1: even within one second, even after a restart."""
    seen = []
    for _ in range(3):
        home = Store(root, ManualClock(), watch=False).home("a@x.test")
        for _ in range(3):
            home.create("x")
            seen.append(home.mailbox("x").uid_validity)
            home.delete("x")
    assert seen == sorted(set(seen))
    home.create("y")
    assert home.mailbox("y").uid_validity > seen[-1]


def test_rename_with_children(home: Home, deliver: Deliver) -> None:
    home.create("a/b/c")
    home.create("a")
    home.create("ab")
    deliver(b"one", mailbox="a")
    deliver(b"two", mailbox="a/b/c")
    child = home.mailbox("a/b/c")
    validity = child.uid_validity
    changes: list[Change] = []
    child.watch(changes.append)
    home.rename("a", "z/y")
    rest = [n for n in home.mailboxes() if n not in USUAL]
    assert rest == ["ab", "z", "z/y", "z/y/b", "z/y/b/c"]
    assert changes == [Renamed("z/y/b/c")]
    assert home.mailbox("z/y/b/c") is child
    assert (texts(child), child.uid_validity) == ([b"two"], validity)
    assert deliver(b"three", mailbox="z/y/b/c") == 2
    assert texts(home.mailbox("z/y")) == [b"one"]
    child.change_flags([1], "add", ["new-keyword"])
    assert child.messages()[0].flags == {"new-keyword"}


def test_rename_refusals(home: Home) -> None:
    home.create("a/b")
    with pytest.raises(MailboxExists):
        home.rename("a/b", "Sent")
    with pytest.raises(MailboxExists):
        home.rename("Sent", "a")
    with pytest.raises(NoSuchMailbox):
        home.rename("nothing", "x")
    with pytest.raises(MailboxError):
        home.rename("a", "a/b/c")
    with pytest.raises(InboxIsFixed):
        home.rename("a", "INBOX")
    home.create("long/" + "x" * 200)
    with pytest.raises(BadMailboxName):
        home.rename("long", "y" * 100)
    assert home.exists("long/" + "x" * 200)


def test_rename_inbox(home: Home, inbox: Mailbox, deliver: Deliver) -> None:
    """RFC 3501 §6.3.5: messages go, INBOX and its children stay."""
    home.create("INBOX/child")
    deliver(b"one", flags=["\\Seen", "word"])
    deliver(b"two")
    home.rename("INBOX", "old-mail")
    assert texts(inbox) == []
    moved = home.mailbox("old-mail")
    assert texts(moved) == [b"one", b"two"]
    assert moved.messages()[0].flags == {"\\Seen", "word"}
    assert home.selectable("INBOX/child")
    assert deliver(b"three") == 3


def test_special_use_follows_its_mailbox(home: Home) -> None:
    home.rename("Sent", "Gesendet")
    assert (home.special_use("Gesendet"), home.special_use("Sent")) == ("\\Sent", None)
    home.delete("Gesendet")
    home.create("Gesendet")
    assert home.special_use("Gesendet") is None
    home.set_special_use("Gesendet", "\\Sent")
    assert home.special_use("Gesendet") == "\\Sent"


def test_subscriptions(home: Home) -> None:
    home.subscribe("Work/2026")
    home.subscribe("Entwürfe")
    home.subscribe("inbox")
    home.subscribe("Entwürfe")
    home.unsubscribe("Work/2026")
    home.unsubscribe("never")
    assert home.subscriptions() == ["Entwürfe", "INBOX"]
    assert (Path(home.path) / "subscriptions").read_text() == "V\t2\n\nEntwürfe\nINBOX\n"


def test_subscriptions_of_the_first_version(home: Home) -> None:
    (Path(home.path) / "subscriptions").write_text("INBOX\nWork.2026\nEntw&APw-rfe\n&bad\n")
    assert home.subscriptions() == ["INBOX", "Work/2026", "Entwürfe"]


def test_maildrop_lock(home: Home) -> None:
    lock = home.lock_maildrop()
    assert lock is not None
    assert home.lock_maildrop() is None
    lock.release()
    lock.release()
    with home.lock_maildrop() or pytest.fail("not released") as second:
        assert home.lock_maildrop() is None
        lock.release()
        assert home.lock_maildrop() is None, "an old lock cannot free a new one"
        assert second is not None
    assert home.lock_maildrop() is not None


def test_folders_made_by_others_appear(home: Home) -> None:
    home.mailboxes()
    for sub in ("cur", "new", "tmp"):
        (Path(home.path) / ".Mutt.made" / sub).mkdir(parents=True)
    (Path(home.path) / ".not-a-maildir").mkdir()
    assert [n for n in home.mailboxes() if n not in USUAL] == ["Mutt", "Mutt/made"]
    assert home.mailbox("Mutt/made").messages() == ()
