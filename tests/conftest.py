"""What tests of every floor may ask for: above all a running server."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer


@dataclass(frozen=True)
class RunningServer:
    """A whole server on free ports, in a thread of the test process."""

    ports: dict[str, int]
    """Listener name (``smtp submission submissions smtp-alt pop3 pop3s imap imaps``) to number."""

    data: Path
    ca_file: Path
    context: ssl.SSLContext
    """For clients: trusts the server's CA, and nothing else."""

    accounts: dict[str, str]
    """Address to a code that works; other addresses log in with any code (accounts: open)."""

    private: PrivateServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests of a run: use an address of your own, and count on nothing else."""
    data = tmp_path_factory.mktemp("server") / "data"
    with PrivateServer(load({"data": str(data), "ports": "ephemeral"}, {})) as private:
        ca_file = Path(private.ready.ca_file)
        yield RunningServer(
            ports=private.ready.ports,
            data=data,
            ca_file=ca_file,
            context=ssl.create_default_context(cafile=str(ca_file)),
            accounts={f"{name}@fakemail.test": f"CODE-OF-{name}" for name in ("alice", "bob")},
            private=private,
        )
