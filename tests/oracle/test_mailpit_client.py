"""A client written for Mailpit, unchanged: it sends, waits, lists, searches, marks and deletes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer

FETCH_LIMIT = 240

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(FETCH_LIMIT + 60)]


def test_mailpits_client_works_unchanged(
    all_well_in_node: Callable[..., None], tmp_path: Path
) -> None:
    with PrivateServer(load({"data": str(tmp_path), "ports": "ephemeral"}, {})) as private:
        url = f"http://localhost:{private.ready.ports['http']}"
        all_well_in_node("mailpit", url, limit=60)
