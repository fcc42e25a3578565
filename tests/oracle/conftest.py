"""Other people's mail programs, driven by the cases that lie beside the repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

START_LIMIT = 20
"""Seconds until all ports are open; generous, for a machine that is busy with other tests."""


@pytest.fixture
def fakemail(tmp_path: Path) -> Iterator[dict[str, object]]:
    """A server process of one's own with two listed accounts; what its ready file says.

    Every case has its own, because cases empty the accounts they are given.
    """
    data = tmp_path / "data"
    for name in ("alice", "bob"):
        _run("account", "add", f"{name}@fakemail.test", "--code", _code(name), data=data)
    ready = tmp_path / "ready.json"
    words = [
        "serve", "--ports", "ephemeral", "--accounts", "listed", "--data", str(data),
        "--ready-file", str(ready),
    ]  # fmt: skip
    with (
        (tmp_path / "server.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "fakemail", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        try:
            waiting = ("--wait", "--timeout", str(START_LIMIT), "--ready-file", str(ready))
            _run("ready", *waiting, data=data)
            found = json.loads(ready.read_text())
            with tempfile.TemporaryDirectory() as folder:  # getmail reads it as nobody
                Path(folder).chmod(0o755)
                ca_file = shutil.copy(found["ca_file"], folder)
                yield found | {"code": _code, "ca_file": ca_file}
            server.terminate()
            assert server.wait(20) == 0, (tmp_path / "server.log").read_text()
        finally:
            server.kill()
    logged = (tmp_path / "server.log").read_text()
    assert "Traceback" not in logged, logged


def _code(name: str) -> str:
    return f"UMJLXEIFUZ{name.upper():Z<6}"


def _run(*words: str, data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fakemail", *words],
        env=os.environ | {"FAKEMAIL_DATA": str(data)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"fakemail {' '.join(words)}: {done.stdout}{done.stderr}"
