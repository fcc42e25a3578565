"""Delivery to IDLE: how long after the message an idling IMAP client hears `* n EXISTS`.

One message at a time with a pause between them, fakemail by SMTP, Dovecot by LMTP. Dovecot waits
for a while by design before it tells idlers (it gathers changes); the figure is shown as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.report import Table, percentile
from benchmarks.rows.reading import drive, servers


def run(root: Path, quick: bool, record: dict[str, Any]) -> list[Table]:
    messages, rounds = (30, 1) if quick else (60, 3)
    columns = ("server", "p50 from the dot ms", "p99", "p50 from the 250 ms", "p99")
    table = Table(f"Delivery to IDLE, {messages * rounds} messages one at a time", columns)
    with servers(root, count=100) as peers:
        for peer in peers:
            dots, replies = [], []
            for _ in range(rounds):
                answer, _ = drive(
                    "idle_latency",
                    peer,
                    peer.ports["imap"],
                    smtp=peer.ports["smtp"],
                    lmtp=peer.lmtp,
                    messages=messages,
                    pause=0.02,
                )
                dots += answer["from_dot"]
                replies += answer["from_250"]
            figures = []
            for values in (sorted(dots), sorted(replies)):
                figures += [f"{percentile(values, share) * 1000:.2f}" for share in (0.5, 0.99)]
            table.add(peer.version, *figures)
            record[f"idle / {peer.name}"] = {"from_dot": dots, "from_250": replies}
    table.notes.append("A negative time from the 250: the idler heard before the sender's reply.")
    print(table.text(), flush=True)
    return [table]
