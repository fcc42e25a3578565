"""A client written for Mailpit, unchanged: it sends, waits, lists, searches, marks and deletes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer

HERE = Path(__file__).parent
FETCH_LIMIT = 240

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(FETCH_LIMIT + 60)]


@pytest.fixture
def folder() -> Path:
    """The program with its package."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node: not installed")
    done = subprocess.run(
        [HERE / "languages" / "fetch", "node", HERE / "mailpit" / "node"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=FETCH_LIMIT,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"npm cannot fetch the package: {done.stderr[-300:]}")
    return Path(done.stdout.strip())


def test_mailpits_client_works_unchanged(folder: Path, tmp_path: Path) -> None:
    with PrivateServer(load({"data": str(tmp_path), "ports": "ephemeral"}, {})) as private:
        url = f"http://localhost:{private.ready.ports['http']}"
        done = subprocess.run(
            ["node", "program.mjs", url],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "all well\n"
