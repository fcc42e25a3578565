"""A folder that is replaced or removed while somebody has it open."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

import pytest

from fakemail.store.changes import Change, Deleted
from fakemail.store.errors import NoSuchMailbox, PathEscapes
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A Maildir that is not ours."""
    for sub in ("new", "cur", "tmp"):
        (tmp_path / "outside" / sub).mkdir(parents=True)
    (tmp_path / "outside" / "cur" / "1.theirs:2,").write_bytes(b"\r\nsecret\r\n")
    return tmp_path / "outside"


def swap(mailbox: Mailbox, outside: Path) -> None:
    os.rename(mailbox.folder.path, f"{mailbox.folder.path}-aside")
    os.symlink(outside, mailbox.folder.path)


@pytest.mark.parametrize("name", ["INBOX", "Sent"])
def test_a_link_in_the_place_of_an_open_mailbox(
    home: Home, outside: Path, deliver: object, name: str
) -> None:
    assert callable(deliver)
    deliver(mailbox=name)
    mailbox = home.mailbox(name)
    changes: list[Change] = []
    mailbox.watch(changes.append)
    before = sorted(str(path) for path in outside.rglob("*"))
    swap(mailbox, outside)
    with pytest.raises((PathEscapes, NoSuchMailbox)):
        deliver(mailbox=name)
    mailbox.refresh()
    assert mailbox.gone and changes == [Deleted()]
    with pytest.raises((PathEscapes, NoSuchMailbox)):
        home.mailbox(name)
    assert sorted(str(path) for path in outside.rglob("*")) == before


def test_nothing_is_copied_behind_a_link(home: Home, outside: Path, deliver: object) -> None:
    assert callable(deliver)
    deliver()
    inbox, sent = home.mailbox("INBOX"), home.mailbox("Sent")
    swap(sent, outside)
    for how in (inbox.copy, inbox.move):
        with pytest.raises(NoSuchMailbox):
            how([1], sent)
    assert [m.uid for m in inbox.messages()] == [1]
    assert not any(os.listdir(outside / sub) for sub in ("new", "tmp"))


def test_directories_removed_under_a_watched_mailbox(
    store: Store, home: Home, deliver: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(deliver)
    deliver(mailbox="Sent")
    sent = home.mailbox("Sent")
    changes: list[Change] = []
    sent.watch(changes.append)
    shutil.rmtree(f"{sent.folder.path}/new")
    assert store.watcher is not None
    with caplog.at_level(logging.ERROR):
        store.watcher.ready()
    assert not caplog.records
    assert sent.messages() == () and not sent.gone
    shutil.rmtree(sent.folder.path)
    store.watcher.ready()
    assert sent.gone and changes[-1] == Deleted()
