"""``fakemail ready``: 0 and JSON when the server answers, else 1 and why."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakemail.cli.ready import command
from fakemail.config import load
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
    """After kill -9 the file still lies there: the pid is gone, or the port does not answer."""
    found = read(server.data / "ready.json")
    assert found is not None
    path = tmp_path / "ready.json"
    Ready(found.host, 2**22 + 1, found.data, found.ca_file, found.ports).write(path)
    assert run("--ready-file", str(path)).exit_code == 1
    Ready("127.0.0.9", found.pid, found.data, found.ca_file, found.ports).write(path)
    done = run("--ready-file", str(path))
    assert done.exit_code == 1
    assert "does not answer" in done.stderr


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
