"""imapflow, which uses CONDSTORE and QRESYNC as soon as a server announces them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer

FETCH_LIMIT = 240
LIMIT = 60

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(FETCH_LIMIT + LIMIT)]


@pytest.mark.parametrize(
    ("dialect", "qresync"),
    [("generic", "yes"), ("gmail", "no"), ("fastmail", "yes")],
)
def test_imapflow_keeps_in_step(
    all_well_in_node: Callable[..., None], tmp_path: Path, dialect: str, qresync: str
) -> None:
    settings = {"data": str(tmp_path), "ports": "ephemeral", "dialect": dialect}
    with PrivateServer(load(settings, {})) as private:
        ready = private.ready
        user = {"gmail": "tom@gmail.com", "fastmail": "tom@fastmail.com"}.get(
            dialect, "tom@fakemail.test"
        )
        words = ["localhost", str(ready.ports["imaps"]), ready.ca_file, user, "secret", qresync]
        all_well_in_node("condstore", *words, limit=LIMIT)
