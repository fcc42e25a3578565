"""Dovecot beside us: the same messages in its INBOX, in the same order."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

IMAP = Path("/usr/lib/dovecot/imap")
REPOSITORY = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("FAKEMAIL_CORPUS") or REPOSITORY.parent / "shared" / "corpus")

CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/run
mail_location = maildir:{home}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
ssl = no
protocols = imap
"""


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


class Dovecot:
    """One session with Dovecot, a command at a time (it runs pipelined searches at once)."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.command(b"SELECT INBOX")

    def command(self, octets: bytes) -> bytes:
        self.process.stdin.write(b"tag " + octets + b"\r\n")
        self.process.stdin.flush()
        output = b""
        for line in self.process.stdout:
            output += line
            if line.startswith(b"tag "):
                assert line.startswith(b"tag OK"), output
                return output
        raise AssertionError(output)

    def ask(self, octets: bytes) -> list[bytes]:
        """The untagged responses, without what Dovecot adds to the tagged one."""
        return self.command(re.sub(rb"\{(\d+)\}", rb"{\1+}", octets)).split(b"\r\n")[:-2]

    def search(self, keys: bytes) -> set[int]:
        output = self.command(b"SEARCH " + re.sub(rb"\{(\d+)\}", rb"{\1+}", keys))
        found = re.search(rb"^\* SEARCH([ \d]*)\r\n", output, re.MULTILINE)
        assert found, output
        return set(map(int, found[1].split()))


@pytest.fixture(scope="module")
def make_dovecot() -> Callable[[list[Message]], AbstractContextManager[Dovecot]]:
    """A Dovecot with these messages in its INBOX; skips without Dovecot."""
    if not IMAP.exists():
        pytest.skip(f"Dovecot is not installed ({IMAP})")
    return running


@pytest.fixture(scope="module")
def dovecot(messages: list[Message], make_dovecot: Any) -> Iterator[Dovecot]:
    """A Dovecot with the corpus."""
    with make_dovecot(messages) as session:
        yield session


@contextmanager
def running(messages: list[Message]) -> Iterator[Dovecot]:
    """One session of it."""
    as_root = os.getuid() == 0
    user, group = ("nobody", "nogroup") if as_root else (str(os.getuid()), str(os.getgid()))
    with tempfile.TemporaryDirectory() as name:  # tmp_path is closed to the user that we become
        home = Path(name)
        for folder in ("run", "mail/cur", "mail/new", "mail/tmp"):
            (home / folder).mkdir(parents=True)
        for message in messages:
            file = f"{1_000_000_000 + message.seq}.M{message.seq}.test:2,"
            (home / "mail/cur" / file).write_bytes(message.octets)
            os.utime(home / "mail/cur" / file, (message.internal_date, message.internal_date))
        (home / "dovecot.conf").write_text(CONFIGURATION.format(home=home, user=user, group=group))
        if as_root:
            subprocess.run(["chmod", "-R", "a+rwX", name], check=True)
        with subprocess.Popen(
            [str(IMAP), "-c", str(home / "dovecot.conf")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"USER": "nobody", "HOME": name},
            **({"user": user, "group": group} if as_root else {}),  # type: ignore[call-overload]
        ) as process:
            session = Dovecot(process)
            yield session
            session.command(b"LOGOUT")


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
