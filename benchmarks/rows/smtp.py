"""SMTP accept into Maildir: messages a second that are *in the Maildir under their final name*.

Every server gets the same conversations from the same client program. A run is over when the last
message is in place, not when the last 250 was said: Postfix answers when a message is in its
queue and delivers later, the others deliver first. `p50 to 250` is the time from MAIL to the 250
as one client sees it. `CPU` is what the server's processes used for a message (user + system),
which is less disturbed by other work on the machine than the rate is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import Any

from benchmarks.peers.bare_sink import BareSink, StdlibSink
from benchmarks.peers.dovecot import Dovecot
from benchmarks.peers.fakemail import Fakemail, StdlibFakemail
from benchmarks.peers.peer import DOMAIN, Peer
from benchmarks.peers.postfix import Postfix
from benchmarks.peers.stock_aiosmtpd import StockAiosmtpd
from benchmarks.report import Series, Table, Target, percentile, ratios

PEERS: tuple[type[Any], ...] = (
    Fakemail,
    Postfix,
    Dovecot,
    BareSink,
    StockAiosmtpd,
    StdlibFakemail,
    StdlibSink,
)
"""The last two only beside each other: what the loop of the `speed` extra makes of both."""


@dataclass(frozen=True)
class Case:
    size: int
    messages: int
    connections: int
    per_connection: int = 0
    pipelining: bool = False

    @property
    def title(self) -> str:
        size = f"{self.size // 1024} KB" if self.size < 1_000_000 else "1 MB"
        shape = "1 message/connection" if self.per_connection == 1 else "many messages/connection"
        piped = ", pipelined" if self.pipelining else ""
        return f"{size}, {self.connections} at once, {shape}{piped}"

    @property
    def targets(self) -> list[Target]:
        targets = [Target(Postfix.name, 1.5), Target(BareSink.name, 0.7)]
        if self.size >= 10_000:
            targets.append(Target(StockAiosmtpd.name, 2.0))
        return targets


KB, MB = 1024, 1024 * 1024
CASES = (
    Case(1 * KB, 1000, 1),
    Case(1 * KB, 1000, 4),
    Case(1 * KB, 1000, 16),
    Case(1 * KB, 500, 4, per_connection=1),
    Case(1 * KB, 500, 16, per_connection=1),
    Case(1 * KB, 1000, 4, pipelining=True),
    Case(10 * KB, 600, 1),
    Case(10 * KB, 600, 4),
    Case(10 * KB, 600, 16),
    Case(10 * KB, 400, 4, per_connection=1),
    Case(1 * MB, 40, 1),
    Case(1 * MB, 40, 4),
    Case(1 * MB, 40, 16),
    Case(1 * MB, 40, 4, per_connection=1),
)
QUICK = (Case(1 * KB, 500, 4), Case(10 * KB, 500, 4), Case(1 * MB, 40, 4))


def drive(peer: Peer, case: Case, users: list[str]) -> dict[str, Any]:
    """One run of the client against one server; adds `in_place`: seconds until all is delivered."""
    order = {
        "port": peer.ports["smtp"],
        "lmtp": peer.lmtp,
        "connections": case.connections,
        "messages": case.messages,
        "size": case.size,
        "per_connection": case.per_connection,
        "pipelining": case.pipelining and not isinstance(peer, StockAiosmtpd),
        "users": users,
        "domain": DOMAIN,
    }
    before, cpu = peer.delivered(users), peer.child.cpu_seconds()
    program = [sys.executable, "-m", "benchmarks.clients.smtp_load", json.dumps(order)]
    answer = subprocess.run(program, capture_output=True, text=True, timeout=300)
    if answer.returncode:
        log = peer.child.log.read_text(errors="replace")
        raise RuntimeError(f"{peer.name}: {answer.stderr[-2000:]}\nserver: {log[-2000:]}")
    result: dict[str, Any] = json.loads(answer.stdout)
    limit = monotonic() + 120
    while (there := peer.delivered(users) - before) < case.messages:
        if monotonic() > limit:
            raise RuntimeError(f"{peer.name}: {there} of {case.messages} messages arrived")
        sleep(0.005)
    finished = perf_counter()
    if there > case.messages or result["rejected"]:
        raise RuntimeError(f"{peer.name}: {there} messages, {result['rejected']} rejected")
    delivers_first = not isinstance(peer, Postfix)
    result["in_place"] = result["seconds"] if delivers_first else finished - result["started"]
    result["server_cpu"] = peer.child.cpu_seconds() - cpu
    return result


def run(root: Path, quick: bool, record: dict[str, Any]) -> list[Table]:
    rounds = 3
    cases = QUICK if quick else CASES
    users = [f"u{number}" for number in range(20 * len(cases) * (rounds + 1))]
    peers: list[Peer] = []
    notes = []
    for kind in PEERS:
        if reason := kind.missing():
            notes.append(f"{kind.name} left out: {reason}.")
        else:
            peers.append(kind(root / f"smtp-{len(peers)}", users))
    tables = []
    fresh = iter(users)
    try:
        for case in cases:
            results: dict[str, list[dict[str, Any]]] = {peer.name: [] for peer in peers}
            warm_up = Case(case.size, case.connections, case.connections)
            for turn in range(rounds):
                names = [next(fresh) for _ in range(case.connections)]
                for peer in peers[turn % len(peers) :] + peers[: turn % len(peers)]:
                    drive(peer, warm_up, names)
                    results[peer.name].append(drive(peer, case, names))
            tables.append(_table(case, results, record))
            print(tables[-1].text(), flush=True)
    finally:
        for peer in peers:
            peer.end()
    if tables:
        tables[0].notes += notes
    return tables


def _table(case: Case, results: dict[str, list[dict[str, Any]]], record: dict[str, Any]) -> Table:
    columns = (
        "server",
        "in Maildir/s",
        "250s/s",
        "p50 to 250 ms",
        "p99 ms",
        "CPU ms/message",
        "client CPU",
    )
    table = Table(f"SMTP: {case.title}", columns)
    rates = {}
    burnt = {}
    for name, runs in results.items():
        placed = Series([case.messages / r["in_place"] for r in runs])
        rates[name] = placed.middle
        p50 = Series([percentile(r["latencies"], 0.5) * 1000 for r in runs])
        p99 = Series([percentile(r["latencies"], 0.99) * 1000 for r in runs])
        cpu = Series([r["server_cpu"] * 1000 / case.messages for r in runs])
        burnt[name] = cpu.middle
        client = Series([r["cpu"] for r in runs])
        said = Series([case.messages / r["seconds"] for r in runs])
        table.add(name, placed.show(), said.show(), f"{p50.middle:.2f}", f"{p99.middle:.2f}",
                  f"{cpu.middle:.3f}", f"{client.middle:.0%}")  # fmt: skip
        record[f"smtp / {case.title} / {name}"] = {
            "in_maildir_per_second": placed.values,
            "accepted_per_second": said.values,
            "p50_ms": p50.values,
            "server_cpu_ms_per_message": cpu.values,
        }
    plain, plain_sink = rates.pop(StdlibFakemail.name, None), rates.pop(StdlibSink.name, None)
    ours = rates.pop(Fakemail.name, None)
    if ours is not None:
        table.notes.append("fakemail / " + ratios(ours, rates.items(), case.targets))
        own = burnt[Fakemail.name]
        spent = [f"{name} {burnt[name] / own:.2f}x" for name in rates if own]
        table.notes.append(f"CPU for a message, fakemail = 1: {', '.join(spent)}")
    if plain and plain_sink:
        target = Target(StdlibSink.name, 0.7)
        rest = ratios(plain, [(StdlibSink.name, plain_sink)], [target])
        table.notes.append(f"{StdlibFakemail.name} / {rest}")
    return table
