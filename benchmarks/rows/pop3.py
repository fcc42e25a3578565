"""POP3: drain a maildrop of 10,000 messages (STAT, RETR all, QUIT), one by one and pipelined."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.peers.dovecot import Dovecot
from benchmarks.peers.fakemail import Fakemail
from benchmarks.report import Series, Table
from benchmarks.rows.reading import COUNT, drive, servers

WINDOWS = {"one by one": 1, "pipelined, 100 at once": 100}


def run(root: Path, quick: bool, record: dict[str, Any]) -> list[Table]:
    rounds = 2 if quick else 5
    columns = ("drain", "server", "messages/s", "MB/s", "PASS ms", "CPU ms/message")
    table = Table(f"POP3 drain of {COUNT:,} messages", columns)
    with servers(root) as peers:
        for peer in peers:  # not measured: the first login builds indexes
            drive("pop3_drain", peer, peer.ports["pop3"], window=100)
        for title, window in WINDOWS.items():
            runs: dict[str, list[tuple[dict[str, float], float]]] = {p.name: [] for p in peers}
            for _ in range(rounds):
                for peer in peers:
                    runs[peer.name].append(
                        drive("pop3_drain", peer, peer.ports["pop3"], window=window)
                    )
            for peer in peers:
                _line(table, title, peer, runs[peer.name], record)
            if Dovecot.name in runs:
                ours, theirs = (
                    Series([r["seconds"] for r, _ in runs[n]]).middle
                    for n in (Fakemail.name, Dovecot.name)
                )
                table.notes.append(f"{title}: fakemail / Dovecot speed {theirs / ours:.2f}x")
    print(table.text(), flush=True)
    return [table]


def _line(table: Table, title: str, peer: Any, runs: list[Any], record: dict[str, Any]) -> None:
    if any(answer["messages"] != COUNT for answer, _ in runs):
        raise RuntimeError(f"{peer.name}: the maildrop does not have {COUNT} messages")
    rate = Series([COUNT / answer["seconds"] for answer, _ in runs])
    speed = Series([answer["octets"] / answer["seconds"] / 1e6 for answer, _ in runs])
    login = Series([answer["login"] * 1000 for answer, _ in runs])
    cpu = Series([used * 1000 / COUNT for _, used in runs])
    table.add(title, peer.version, rate.show(), speed.show(), login.show(1), f"{cpu.middle:.3f}")
    record[f"pop3 / {title} / {peer.name}"] = {"messages_per_second": rate.values}
