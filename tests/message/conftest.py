"""Real messages, with CRLF line ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("FAKEMAIL_CORPUS") or REPOSITORY.parent / "shared" / "corpus")


def crlf(octets: bytes) -> bytes:
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.fixture(scope="session")
def corpus() -> dict[str, bytes]:
    """Every message of the corpus under its file name."""
    messages = {
        path.name: crlf(path.read_bytes()) for path in sorted(CORPUS.glob("*/*")) if path.is_file()
    }
    if not messages:
        pytest.skip("no corpus: set FAKEMAIL_CORPUS to a folder of folders of messages")
    return messages
