"""imapflow, which believes CAPABILITY: it compresses, enables UTF8=ACCEPT, asks for labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer

FETCH_LIMIT = 240
LIMIT = 30

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(FETCH_LIMIT + LIMIT)]


@pytest.mark.parametrize(("dialect", "labels"), [("generic", "no"), ("gmail", "yes")])
def test_imapflow_uses_what_is_announced(
    all_well_in_node: Callable[..., None], tmp_path: Path, dialect: str, labels: str
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
        all_well_in_node("announced", *words, limit=LIMIT)
