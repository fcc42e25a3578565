"""imapflow, which uses CONDSTORE and QRESYNC as soon as a server announces them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer

HERE = Path(__file__).parent
FETCH_LIMIT = 240
LIMIT = 60

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(FETCH_LIMIT + LIMIT)]


@pytest.fixture
def folder() -> Path:
    """The program with its package."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node: not installed")
    done = subprocess.run(
        [HERE / "languages" / "fetch", "node", HERE / "condstore" / "node"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=FETCH_LIMIT,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"npm cannot fetch the package: {done.stderr[-300:]}")
    return Path(done.stdout.strip())


@pytest.mark.parametrize(
    ("dialect", "qresync"),
    [("generic", "yes"), ("gmail", "no"), ("fastmail", "yes")],
)
def test_imapflow_keeps_in_step(folder: Path, tmp_path: Path, dialect: str, qresync: str) -> None:
    settings = {"data": str(tmp_path), "ports": "ephemeral", "dialect": dialect}
    with PrivateServer(load(settings, {})) as private:
        ready = private.ready
        user = {"gmail": "tom@gmail.com", "fastmail": "tom@fastmail.com"}.get(
            dialect, "tom@fakemail.test"
        )
        words = ["localhost", str(ready.ports["imaps"]), ready.ca_file, user, "secret", qresync]
        done = subprocess.run(
            ["node", "program.mjs", *words],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "all well\n"
