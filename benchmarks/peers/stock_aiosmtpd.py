"""aiosmtpd as it comes: its own command line and its own Maildir handler."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.peers.peer import Peer
from benchmarks.workplace import Child, free_port, wait_for_port


class StockAiosmtpd(Peer):
    name = "stock aiosmtpd"

    def __init__(self, root: Path, users: list[str]) -> None:
        self.root = root
        root.mkdir(parents=True)
        port = free_port()
        self.ports = {"smtp": port}
        handler = ["-c", "aiosmtpd.handlers.Mailbox", str(root / "mail")]
        program = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}"]
        self.child = Child([*program, *handler], root / "log")
        wait_for_port(port, self.child)

    @property
    def version(self) -> str:
        return f"aiosmtpd {version('aiosmtpd')}"

    def maildir(self, user: str) -> Path:
        return self.root / "mail"  # the handler has one for everybody
