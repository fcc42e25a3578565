"""fakemail as a person starts it: `python -m fakemail serve`, with no option that makes it faster.

Transcripts, trace fields, UIDs, accounts: everything is on.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from time import monotonic, sleep
from typing import ClassVar

from benchmarks.peers.peer import DOMAIN, Peer, install_maildir
from benchmarks.workplace import Child

PROGRAM = [sys.executable, "-m", "fakemail"]


class Fakemail(Peer):
    name = "fakemail"
    options: ClassVar[tuple[str, ...]] = ()

    def __init__(self, root: Path, users: list[str]) -> None:
        root.mkdir(parents=True)
        self.root = root
        ready = root / "ready.json"
        arguments = [*PROGRAM, "serve", "--ports", "ephemeral", "--data", str(root / "data")]
        self.child = Child([*arguments, "--ready-file", str(ready), *self.options], root / "log")
        limit = monotonic() + 20
        while not ready.exists():
            if self.child.process.poll() is not None or monotonic() > limit:
                raise RuntimeError(f"fakemail did not come up\n{self.child.log.read_text()}")
            sleep(0.005)
        self.ports = json.loads(ready.read_text())["ports"]
        self._paths: dict[str, Path] = {}

    @property
    def version(self) -> str:
        return f"fakemail {version('fakemail')}"

    def maildir(self, user: str) -> Path:
        if user not in self._paths:
            command = [*PROGRAM, "path", f"postmaster@{DOMAIN}", "--data", str(self.root / "data")]
            answer = subprocess.run(command, capture_output=True, check=True, text=True)
            domain = Path(answer.stdout.strip()).parent
            self._paths[user] = domain / user  # plain lower-case names stand for themselves
        return self._paths[user]

    def install(self, user: str, source: Path) -> None:
        """Put ready-made messages into a user's INBOX."""
        install_maildir(self.maildir(user), source)

    def forget_index(self, user: str) -> None:
        """Back to a Maildir that no server has opened."""
        for path in self.maildir(user).glob("dovecot*"):
            path.unlink()


class StdlibFakemail(Fakemail):
    """Without the `speed` extra."""

    name = "fakemail --no-uvloop"
    options = ("--no-uvloop",)
