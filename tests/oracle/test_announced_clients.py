"""imapflow, which believes CAPABILITY: it compresses, enables UTF8=ACCEPT, asks for labels."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer

HERE = Path(__file__).parent
FETCH_LIMIT = 240
LIMIT = 30

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(FETCH_LIMIT + LIMIT)]


@pytest.fixture
def folder() -> Path:
    """The program with its package."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node: not installed")
    done = subprocess.run(
        [HERE / "languages" / "fetch", "node", HERE / "announced" / "node"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=FETCH_LIMIT,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"npm cannot fetch the package: {done.stderr[-300:]}")
    return Path(done.stdout.strip())


@pytest.mark.parametrize(("dialect", "labels"), [("generic", "no"), ("gmail", "yes")])
def test_imapflow_uses_what_is_announced(
    folder: Path, tmp_path: Path, dialect: str, labels: str
) -> None:
    settings = {
        "data": str(tmp_path),
        "ports": "ephemeral",
        "dialect": dialect,
        "rule": ("quota_storage=10240", "idle_push_delay=0"),
    }
    with PrivateServer(load(settings, {})) as private:
        ready = private.ready
        user = "tom@gmail.com" if dialect == "gmail" else "tom@fakemail.test"
        words = ["localhost", str(ready.ports["imaps"]), ready.ca_file, user, "secret", labels]
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
