"""Dovecot, asked to search the same messages; what it finds otherwise is listed with a reason."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakemail.imap.search.evaluate import Setting
from fakemail.imap.search.parse import parse_search
from fakemail.wire.cursor import Cursor

IMAP = Path("/usr/lib/dovecot/imap")
REPOSITORY = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("FAKEMAIL_CORPUS") or REPOSITORY.parent / "shared" / "corpus")

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not IMAP.exists(), reason=f"Dovecot is not installed ({IMAP})"),
    pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus: set FAKEMAIL_CORPUS"),
]

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


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    files = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
    lines = [path.read_bytes().replace(b"\r\n", b"\n") for path in files]
    return [
        Message(number, path.name, octets.replace(b"\n", b"\r\n"))
        for number, (path, octets) in enumerate(zip(files, lines, strict=True), 1)
    ]


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

    def search(self, keys: bytes) -> set[int]:
        output = self.command(b"SEARCH " + re.sub(rb"\{(\d+)\}", rb"{\1+}", keys))
        found = re.search(rb"^\* SEARCH([ \d]*)\r\n", output, re.MULTILINE)
        assert found, output
        return set(map(int, found[1].split()))


@pytest.fixture(scope="module")
def dovecot(messages: list[Message]) -> Iterator[Dovecot]:
    as_root = os.getuid() == 0
    user, group = ("nobody", "nogroup") if as_root else (str(os.getuid()), str(os.getgid()))
    with tempfile.TemporaryDirectory() as name:  # tmp_path is closed to the user that we become
        home = Path(name)
        for folder in ("run", "mail/cur", "mail/new", "mail/tmp"):
            (home / folder).mkdir(parents=True)
        for message in messages:
            file = f"{1_000_000_000 + message.seq}.M{message.seq}.test:2,"
            (home / "mail/cur" / file).write_bytes(message.octets)
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


UNTYPED = "a Content-Type that cannot be read means text/plain (RFC 2045 §5.2)"
ENCLOSED = "to us the headers of enclosed messages are part of the body"
DIFFERENT = {
    b"BODY this": {"msg_14.txt": UNTYPED},
    b"BODY subject:": {
        "msg_02.txt": ENCLOSED,
        "msg_06.txt": ENCLOSED,
        "msg_11.txt": ENCLOSED,
        "msg_28.txt": ENCLOSED,
        "msg_30.txt": ENCLOSED,
        "msg_46.txt": ENCLOSED,
        "delivery-status.txt": ENCLOSED,
        "disposition-notification.txt": ENCLOSED,
        "feedback-report.txt": ENCLOSED,
        "multipart-digest.txt": ENCLOSED,
        "simple-embedded-message.eml": ENCLOSED,
    },
}

KEYS = [
    b"ALL", b"1:5,10,*", b"UID 3:*", b"FROM barry", b"FROM @python", b"TO undisclosed", b"TO ppp",
    b"CC bperson", b'BCC ""', b'SUBJECT ""', b"SUBJECT test", b'SUBJECT "  "',
    b'HEADER message-id ""', b"HEADER received from", b"HEADER content-type multipart",
    b"HEADER from-x a", b"BODY the", b"BODY spam", b"BODY image", b'BODY "python list"',
    b'BODY ""', b'TEXT ""', b"TEXT content-type", b"TEXT boundary", b"TEXT zzz", b"TEXT base64",
    b"TEXT png", b"TEXT subject:", b"SENTON 20-Apr-2001", b"SENTSINCE 1-Jan-2003",
    b"LARGER 1000", b"SMALLER 1000", b"NOT TO ppp", b"OR FROM barry BODY the",
    b"CHARSET UTF-8 BODY {3}\r\n\xe6\x97\xa5", b"CHARSET UTF-8 TEXT {2}\r\n\xc3\xa9",
    *DIFFERENT, b"CHARSET ISO-2022-JP BODY {8}\r\n\x1b$BF|\x1b(B",
]  # fmt: skip


@pytest.mark.parametrize("keys", KEYS, ids=repr)
def test_both_find_the_same(dovecot, messages, keys):
    program = parse_search(Cursor(keys)).bound(Setting(len(messages), len(messages)))
    theirs = dovecot.search(keys)
    ours = {message.seq for message in messages if program.matches(message)}
    different = {messages[number - 1].name for number in ours ^ theirs}
    assert different == set(DIFFERENT.get(keys, ()))


def test_the_searches_tell_messages_apart(messages):
    """So that finding nothing anywhere is no agreement."""
    found = []
    for keys in KEYS:
        program = parse_search(Cursor(keys)).bound(Setting(len(messages), len(messages)))
        found.append(sum(map(program.matches, messages)))
    assert sum(0 < count < len(messages) for count in found) >= 20
