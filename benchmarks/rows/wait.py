"""From "accepted" to the answer of `GET /api/v1/wait`, with 100 who wait.

Once each waits for an address of its own, as tests of many workers do; once all wait for the same
one, so that a message answers a hundred requests: there the last of them is what the p99 shows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.peers.fakemail import Fakemail
from benchmarks.report import Table, percentile

WAITERS = 100
MOST_P99 = 20.0
"""Milliseconds: the promise, for waits of one's own."""


def run(root: Path, quick: bool, record: dict[str, Any]) -> list[Table]:
    columns = ("who waits", "answers", "p50 from the 250 ms", "p99", "worst")
    table = Table(f"Wait, {WAITERS} waiters", columns)
    peer = Fakemail(root / "wait", [])
    try:
        for title, same, messages in (
            ("each for an address", False, 100 if quick else 500),
            ("all for one address", True, 5 if quick else 20),
        ):
            order = {
                "smtp": peer.ports["smtp"],
                "http": peer.ports["http"],
                "waiters": WAITERS,
                "messages": messages,
                "pause": 0.05 if same else 0.01,
                "same": same,
            }
            program = [sys.executable, "-m", "benchmarks.clients.wait_latency", json.dumps(order)]
            done = subprocess.run(program, capture_output=True, text=True, timeout=300)
            if done.returncode:
                raise RuntimeError(done.stderr[-2000:])
            seconds = json.loads(done.stdout)["from_250"]
            figures = [percentile(seconds, share) * 1000 for share in (0.5, 0.99, 1.0)]
            table.add(title, str(len(seconds)), *(f"{figure:.2f}" for figure in figures))
            record[f"wait / {title}"] = seconds
            if not same:
                met = "met" if figures[1] <= MOST_P99 else "MISSED"
                table.notes.append(f"p99 at most {MOST_P99:g} ms: {met}")
    finally:
        peer.child.end()
    table.notes.append("A negative time: answered before the sender had read its reply.")
    print(table.text(), flush=True)
    return [table]
