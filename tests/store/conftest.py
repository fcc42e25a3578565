"""A store in a temporary folder, with the computer's clock, and short words to use it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakemail.clock import SystemClock
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store

MESSAGE = b"From: a@x.test\r\nSubject: hello\r\n\r\nHello.\r\n"

Deliver = Callable[..., int]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def store(root: Path) -> Iterator[Store]:
    store = Store(root, SystemClock())
    yield store
    store.close()


@pytest.fixture
def home(store: Store) -> Home:
    return store.home("alice@x.test")


@pytest.fixture
def inbox(home: Home) -> Mailbox:
    return home.mailbox("INBOX")


@pytest.fixture
def reopen(root: Path) -> Iterator[Callable[..., Mailbox]]:
    """Another store on the same root, as after a restart."""
    opened = []

    def reopen(mailbox: str = "INBOX", address: str = "alice@x.test") -> Mailbox:
        store = Store(root, SystemClock())
        opened.append(store)
        return store.home(address).mailbox(mailbox)

    yield reopen
    for store in opened:
        store.close()


@pytest.fixture
def deliver(store: Store, home: Home) -> Deliver:
    """Deliver one message; the answer is its UID."""

    def deliver(octets: bytes = MESSAGE, mailbox: str = "INBOX", **options: object) -> int:
        delivery = store.delivery()
        delivery.write(octets)
        ((_, uid),) = delivery.commit([home], mailbox=mailbox, uid_wanted=True, **options)  # type: ignore[arg-type]
        assert uid is not None
        return uid

    return deliver


@pytest.fixture(scope="session")
def dead_pid() -> int:
    """The number of a process that ran and runs no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid
