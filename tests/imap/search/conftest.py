"""Dovecot beside us: the same messages in its INBOX, in the same order."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("FAKEMAIL_CORPUS") or REPOSITORY.parent / "shared" / "corpus")


@dataclass
class Message:
    """A message of the corpus as a candidate."""

    seq: int
    name: str
    octets: bytes
    flags: frozenset[str] = frozenset()
    recent: bool = False
    internal_date: float = 0.0

    @property
    def uid(self) -> int:
        return self.seq

    @property
    def size(self) -> int:
        return len(self.octets)

    def head(self) -> bytes:
        return self.octets

    whole = head


@pytest.fixture(scope="session")
def messages() -> list[Message]:
    """The corpus; skips without it."""
    if not CORPUS.is_dir():
        pytest.skip("no corpus: set FAKEMAIL_CORPUS")
    files = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
    lines = [path.read_bytes().replace(b"\r\n", b"\n") for path in files]
    return [
        Message(number, path.name, octets.replace(b"\n", b"\r\n"), internal_date=_day(number))
        for number, (path, octets) in enumerate(zip(files, lines, strict=True), 1)
    ]


def _day(number: int) -> float:
    """Days that go up and down, and come twice: only the sequence number tells them apart."""
    return 1_000_000_000.0 + 86_400 * (number * 7 % 31)


class Searching:
    """One session with Dovecot, a command at a time (it runs pipelined searches at once)."""

    def __init__(self, ask: Callable[[bytes], bytes]) -> None:
        self._ask = ask
        self.command(b"SELECT INBOX")

    def command(self, octets: bytes) -> bytes:
        output = self._ask(b"tag " + octets)
        assert re.search(rb"^tag OK", output, re.MULTILINE), output
        return output

    def ask(self, octets: bytes) -> list[bytes]:
        """The untagged responses, without what Dovecot adds to the tagged one."""
        return self.command(re.sub(rb"\{(\d+)\}", rb"{\1+}", octets)).split(b"\r\n")[:-2]

    def search(self, keys: bytes) -> set[int]:
        output = self.command(b"SEARCH " + re.sub(rb"\{(\d+)\}", rb"{\1+}", keys))
        found = re.search(rb"^\* SEARCH([ \d]*)\r\n", output, re.MULTILINE)
        assert found, output
        return set(map(int, found[1].split()))


@pytest.fixture(scope="module")
def searching(make_dovecot: Any) -> Callable[[list[Message]], AbstractContextManager[Searching]]:
    """A session with a Dovecot that has these messages in its INBOX."""

    @contextmanager
    def begun(messages: list[Message]) -> Iterator[Searching]:
        with make_dovecot((each.octets, each.internal_date) for each in messages) as made:
            yield Searching(made.session())

    return begun


@pytest.fixture(scope="module")
def dovecot(messages: list[Message], searching: Any) -> Iterator[Searching]:
    """A session over the corpus."""
    with searching(messages) as session:
        yield session


@pytest.fixture
def make_message() -> type[Message]:
    """`Message`, for tests that make their own."""
    return Message


@pytest.fixture
def fill(office: Any) -> Callable[[list[Message]], Any]:
    """Puts messages into our INBOX, and gives the client that has selected it."""

    def filled(messages: list[Message]) -> Any:
        home = office.store.home("tom@fakemail.test")
        for message in messages:
            delivery = office.store.delivery()
            delivery.write(message.octets)
            delivery.commit([home], internal_date=message.internal_date)
        client = office.client()
        client.select()
        return client

    return filled
