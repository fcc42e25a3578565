"""What the IMAP and POP3 rows share: both servers with the same Maildir, and one client run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.mailbag import fill
from benchmarks.peers.dovecot import Dovecot
from benchmarks.peers.fakemail import Fakemail
from benchmarks.peers.peer import DOMAIN, PASSWORD

USER = "reader"
COUNT = 10_000


@contextmanager
def servers(root: Path, count: int = COUNT) -> Iterator[list[Any]]:
    """fakemail, and Dovecot where it can run, each with `count` messages in USER's INBOX."""
    fill(root / "bag", count)
    started: list[Any] = []
    try:
        for kind in (Fakemail, Dovecot):
            if reason := kind.missing():
                print(f"{kind.name} left out: {reason}.")
                continue
            peer = kind(root / kind.__name__, [USER])
            started.append(peer)
            peer.install(USER, root / "bag")
        yield started
    finally:
        for peer in started:
            peer.end()


def drive(client: str, peer: Any, port: int, *, reader: str = USER, **order: object) -> Any:
    """Run one client program against a server; its JSON answer, and the server's CPU seconds."""
    before = peer.child.cpu_seconds()
    order |= {"port": port, "user": f"{reader}@{DOMAIN}", "password": PASSWORD}
    program = [sys.executable, "-m", f"benchmarks.clients.{client}", json.dumps(order)]
    answer = subprocess.run(program, capture_output=True, text=True, timeout=300)
    if answer.returncode:
        log = peer.child.log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{peer.name}: {answer.stderr[-2000:]}\nserver: {log}")
    return json.loads(answer.stdout), peer.child.cpu_seconds() - before
