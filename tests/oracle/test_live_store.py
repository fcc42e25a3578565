"""What other programs do to the folders while fakemail runs: an idling IMAP client hears of it.

The folders are those of a running server; who changes them is a plain rename, Python's `mailbox`,
mutt, and Dovecot. Everything has to arrive within a second (issue 2).
"""

from __future__ import annotations

import mailbox
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

WITHIN = 1.0
"""Seconds from the change to the line that tells of it."""

TEXT = b"From: <a@x.test>\nTo: <alice@fakemail.test>\nSubject: %s\n\nbody\n"

pytestmark = pytest.mark.oracle


@pytest.fixture
def tmp_path(base: Path) -> Path:
    """The server's data lies where Dovecot as nobody gets at it too."""
    return base


@pytest.fixture
def maildir(fakemail: dict[str, object]) -> Path:
    words = ["path", "alice@fakemail.test", "--data", str(fakemail["data"])]
    done = subprocess.run(
        [sys.executable, "-m", "fakemail", *words], capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


class Idler:
    """An IMAP client that idles (RFC 2177) and tells when it heard what."""

    def __init__(self, port: int, code: str, mailbox: str = "INBOX") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.lines = self.socket.makefile("rb")
        self.command(f"LOGIN alice@fakemail.test {code}")
        self.command(f"SELECT {mailbox}")
        self.idle()

    def command(self, words: str) -> list[bytes]:
        self.socket.sendall(f"a {words}\r\n".encode())
        said = []
        while not (line := self.lines.readline()).startswith(b"a "):
            assert line, "the server hung up"
            said.append(line)
        assert line.startswith(b"a OK"), line
        return said

    def idle(self) -> None:
        self.socket.sendall(b"i IDLE\r\n")
        while not (line := self.lines.readline()).startswith(b"+"):
            assert line.startswith(b"* "), line

    def done(self) -> None:
        self.socket.sendall(b"DONE\r\n")
        while not (line := self.lines.readline()).startswith(b"i "):
            assert line.startswith(b"* "), line

    def hears(self, *patterns: str, since: float, within: float = WITHIN) -> None:
        """Lines that match `patterns`, in this order, perhaps with others between them."""
        heard = []
        for pattern in patterns:
            while True:
                self.socket.settimeout(max(since + within - time.monotonic(), 0.001))
                try:
                    heard.append(self.lines.readline().decode())
                except TimeoutError:
                    pytest.fail(f"no {pattern!r} within {within} s, only {heard}")
                assert heard[-1], "the server hung up"
                if re.match(rf"\* ({pattern})", heard[-1]):
                    break
        self.socket.settimeout(10)

    def flags(self) -> list[tuple[int, set[str]]]:
        """UID and flags of every message, asked for."""
        self.done()
        self.command("NOOP")
        found = []
        for line in self.command("UID FETCH 1:* (UID FLAGS)"):
            uid = re.search(rb"UID (\d+)", line)
            flags = re.search(rb"FLAGS \(([^)]*)\)", line)
            if uid and flags:
                found.append((int(uid[1]), set(flags[1].decode().split()) - {"\\Recent"}))
        self.idle()
        return found


@pytest.fixture
def idler(fakemail: dict[str, object]) -> Iterator[Idler]:
    ports, code = fakemail["ports"], fakemail["code"]
    made = Idler(ports["imap"], code("alice"))  # type: ignore[index, operator]
    yield made
    made.lines.close()
    made.socket.close()


def drop(folder: Path, name: str, into: str = "new") -> float:
    """Deliver as the Maildir specification says, `name` begins with the date; the moment."""
    written = folder / "tmp" / name.partition(":")[0]
    date = f"Date: {formatdate(int(name[:10]))}\n".encode()  # mutt sorts by it
    written.write_bytes(date + TEXT % name.encode())
    began = time.monotonic()
    written.rename(folder / into / name)
    return began


def where(folder: Path, name: str) -> Path:
    """The file of a message, whatever its flags are now; a session may have moved it to cur/."""
    (found,) = [p for part in ("new", "cur") for p in (folder / part).glob(f"{name}*")]
    return found


def test_files_that_come_change_and_go(maildir: Path, idler: Idler) -> None:
    began = drop(maildir, "1700000000.M1P1.other")
    idler.hears("1 EXISTS", since=began)
    began = drop(maildir, "1700000001.M2P1.other:2,F", into="cur")
    idler.hears("2 EXISTS", since=began)
    assert [flags for _, flags in idler.flags()] == [set(), {"\\Flagged"}]

    began = time.monotonic()
    where(maildir, "1700000000.M1P1.other").rename(maildir / "cur/1700000000.M1P1.other:2,RS")
    idler.hears(r"1 FETCH \(.*\\Answered.*\\Seen|1 FETCH \(.*\\Seen.*\\Answered", since=began)
    began = time.monotonic()
    where(maildir, "1700000001.M2P1.other").rename(maildir / "cur/1700000001.M2P1.other:2,")
    idler.hears(r"2 FETCH \(((?!\\Flagged).)*\r\n", since=began)
    before = idler.flags()

    began = time.monotonic()
    where(maildir, "1700000000.M1P1.other").unlink()
    idler.hears("1 EXPUNGE", since=began)
    assert idler.flags() == before[1:], "the other one keeps its UID"


def test_a_folder_below_that_another_program_made(
    fakemail: dict[str, object], maildir: Path, idler: Idler
) -> None:
    box = mailbox.Maildir(maildir, create=False)
    lists = box.add_folder("lists")
    ports, code = fakemail["ports"], fakemail["code"]
    below = Idler(ports["imap"], code("alice"), "lists")  # type: ignore[index, operator]
    with below.socket, below.lines:
        began = time.monotonic()
        lists.add(TEXT % b"to a folder")
        below.hears("1 EXISTS", since=began)


def test_pythons_mailbox(maildir: Path, idler: Idler) -> None:
    box = mailbox.Maildir(maildir, create=False)
    began = time.monotonic()
    key = box.add(TEXT % b"from Python")
    idler.hears("1 EXISTS", since=began)
    ((uid, _),) = idler.flags()
    message = box.get_message(key)
    message.set_subdir("cur")
    message.set_flags("FS")
    began = time.monotonic()
    box[key] = message  # removes the file, then writes one of the same name
    idler.hears(r"\d FETCH \(.*\\Flagged|\d EXPUNGE", since=began)
    ((now, flags),) = idler.flags()
    assert now >= uid and flags == {"\\Flagged", "\\Seen"}
    began = time.monotonic()
    box.remove(key)
    idler.hears("1 EXPUNGE", since=began)
    assert idler.flags() == []


def mutt(maildir: Path, folder: Path, *keys: str) -> None:
    """mutt on a terminal, which types `keys` and leaves."""
    missing = [name for name in ("mutt", "expect") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    settings = folder / "muttrc"
    settings.write_text(
        "set sort=date-sent mbox_type=Maildir header_cache=''\n"
        "set quit=yes delete=yes move=no mark_old=no\n"
        f"set folder={folder} spoolfile={maildir} record='' tmpdir={folder}\n"
        f"push '{''.join(keys)}<quit>'\n"
    )
    script = f"set timeout 20; spawn mutt -n -F {settings} -f {maildir}; expect eof; wait"
    done = subprocess.run(
        ["expect", "-c", script],
        env=os.environ | {"HOME": str(folder), "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_mutt(maildir: Path, idler: Idler, base: Path) -> None:
    for number in (1, 2):
        began = drop(maildir, f"170000000{number}.M1P1.other")
        idler.hears(f"{number} EXISTS", since=began)
    uids = [uid for uid, _ in idler.flags()]
    mutt(maildir, base, "<first-entry><set-flag>!", "<sync-mailbox>")
    left = time.monotonic()  # mutt has ended, so its change is older than this
    idler.hears(r"1 FETCH \(.*\\Flagged", since=left)
    assert idler.flags()[0] == (uids[0], {"\\Flagged"})
    mutt(maildir, base, "<last-entry><delete-message><sync-mailbox>")
    left = time.monotonic()
    idler.hears("2 EXPUNGE", since=left)
    assert idler.flags() == [(uids[0], {"\\Flagged"})]


def test_dovecot(maildir: Path, idler: Idler, dovecot) -> None:
    doveadm = dovecot(str(maildir))
    doveadm("save", stdin=TEXT % b"from Dovecot")
    idler.hears("1 EXISTS", since=time.monotonic())
    began = drop(maildir, "1700000001.M1P1.other")
    idler.hears("2 EXISTS", since=began)
    doveadm("flags", "add", "\\Seen theirs", "mailbox", "INBOX", "all")
    idler.hears(r"1 FETCH \(.*theirs", r"2 FETCH \(.*theirs", since=time.monotonic())
    assert idler.flags() == [(1, {"\\Seen", "theirs"}), (2, {"\\Seen", "theirs"})]
    doveadm("expunge", "mailbox", "INBOX", "uid", "1")
    idler.hears("1 EXPUNGE", since=time.monotonic())
    assert idler.flags() == [(2, {"\\Seen", "theirs"})]
    idler.done()
    idler.command("UID STORE 2 +FLAGS (\\Answered ours)")
    idler.idle()
    said = doveadm("fetch", "uid flags", "mailbox", "INBOX", "all")
    assert {"2", "\\Seen", "\\Answered", "theirs", "ours"} <= set(said.split()), said
