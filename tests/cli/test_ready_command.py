"""``fakemail ready``: 0 and JSON when the server answers, else 1 and why."""

from __future__ import annotations

import fcntl
import json
import os
import smtplib
import threading
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from fakemail.cli.ready import command
from fakemail.config import load
from fakemail.services.lock import LOCK_FILE, PAUSE, FolderLock, held
from fakemail.services.private import PrivateServer
from fakemail.services.ready import Ready, read


def run(*words: str):
    return CliRunner().invoke(command, words, env={"FAKEMAIL_DATA": None})


def test_ready(server) -> None:
    done = run("--data", str(server.data))
    assert done.exit_code == 0
    assert json.loads(done.stdout)["ports"] == server.ports


def test_not_there(tmp_path: Path) -> None:
    done = run("--data", str(tmp_path))
    assert done.exit_code == 1
    assert f"no ready file {tmp_path / 'ready.json'}" in done.stderr


def test_a_file_left_behind_is_not_ready(tmp_path: Path, server) -> None:
    """After kill -9 the file still lies there: the pid is gone, or it is somebody else's now."""
    found = read(server.data / "ready.json")
    assert found is not None
    path = tmp_path / "ready.json"
    Ready(found.host, 2**22 + 1, found.data, found.ca_file, found.ports).write(path)
    assert run("--ready-file", str(path)).exit_code == 1
    for folder in (tmp_path, tmp_path / "none"):
        (tmp_path / LOCK_FILE).write_text(f"{found.pid}\n")
        Ready(found.host, found.pid, str(folder), found.ca_file, found.ports).write(path)
        done = run("--ready-file", str(path))
        assert done.exit_code == 1
        assert f"{found.pid}, which is not running over {folder}" in done.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9"])
def test_where_the_folder_is_another_users_the_ports_answer(server, monkeypatch, host) -> None:
    monkeypatch.setattr("fakemail.services.ready.held", lambda folder: None)
    found = read(server.data / "ready.json")
    assert msgspec.structs.replace(found, host=host).alive() is (host == "127.0.0.1")


def test_nobody_notices_who_asks(tmp_path: Path) -> None:
    with PrivateServer(load({"data": str(tmp_path), "ports": "ephemeral"}, {})) as private:
        for _ in range(3):
            assert run("--data", str(tmp_path)).exit_code == 0
        assert private.call(lambda: list(private.server.post_office.sessions)) == []
        with smtplib.SMTP("127.0.0.1", private.ready.ports["smtp"]) as smtp:
            smtp.noop()
        assert private.call(lambda: [s.number for s in private.server.post_office.sessions]) == [1]


def test_who_asks_does_not_keep_a_server_out(tmp_path: Path) -> None:
    """`held` has the lock for a moment; a server that starts just then waits for it."""
    (tmp_path / LOCK_FILE).touch()
    asking = os.open(tmp_path / LOCK_FILE, os.O_RDONLY)
    fcntl.flock(asking, fcntl.LOCK_SH)
    threading.Timer(PAUSE, os.close, [asking]).start()
    lock = FolderLock(tmp_path)
    lock.take()
    assert held(tmp_path) is True
    lock.release()
    assert held(tmp_path) is False


@pytest.mark.parametrize("content", [b"", b"{}", b'{"pid": "x"}', b"\xff\xfe"])
def test_a_file_of_somebody_else_is_not_ready(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "r.json").write_bytes(content)
    assert run("--ready-file", str(tmp_path / "r.json")).exit_code == 1


def test_wait_gives_up(tmp_path: Path) -> None:
    assert run("--data", str(tmp_path), "--wait", "--timeout", "0.1").exit_code == 1


def test_wait_sees_it_come(tmp_path: Path) -> None:
    private = PrivateServer(load({"data": str(tmp_path), "ports": "ephemeral"}, {}))
    starting = threading.Timer(0.2, private.start)
    starting.start()
    done = run("--data", str(tmp_path), "--wait", "--timeout", "20")
    starting.join()
    private.stop()
    assert done.exit_code == 0
    assert json.loads(done.stdout)["data"] == str(tmp_path)
