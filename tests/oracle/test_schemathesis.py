"""schemathesis reads the OpenAPI document and looks for an answer that the document denies.

It runs from an environment of its own, which `languages/fetch` makes on first use and keeps in the
cache folder: what it depends on is no business of fakemail's.
"""

from __future__ import annotations

import shutil
import smtplib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer
from fakemail.web.table import ROUTES

FOLDER = Path(__file__).parent / "schemathesis"
FETCH_LIMIT = 240
LIMIT = 150
MOST_EXAMPLES = "12"
"""Of each operation and phase: about half a minute in all."""

NOT_ASKED = ("/api/v1/events", "/api/v1/openapi.json")
"""By schemathesis.toml; and the document itself, which it has read."""

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(FETCH_LIMIT + LIMIT + 30)]


@pytest.fixture(scope="module")
def program(fetched: Callable[..., Path]) -> Path:
    return fetched("python", FOLDER / "python") / "bin" / "schemathesis"


def test_schemathesis_finds_nothing(program, tmp_path):
    chosen = load({"data": str(tmp_path / "data"), "ports": "ephemeral"}, {})
    with PrivateServer(chosen) as private:
        ports = private.ready.ports
        with smtplib.SMTP("127.0.0.1", ports["smtp"]) as client:
            client.sendmail("tom@fakemail.test", ["bob@fakemail.test"], b"Subject: x\r\n\r\nx\r\n")
        shutil.copy(FOLDER / "schemathesis.toml", tmp_path)
        done = subprocess.run(
            [
                *(program, "run", f"http://127.0.0.1:{ports['http']}/api/v1/openapi.json"),
                *("--max-examples", MOST_EXAMPLES, "--no-color", "--warnings", "off"),
                *("--generation-database", "none"),
            ],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    operations = sum(route.path not in NOT_ASKED for route in ROUTES)
    assert f"Tested: {operations}" in done.stdout, done.stdout[-2000:]
