"""What a dialect costs: the accept rate with ``--dialect qq`` beside fakemail's own words.

One run serves both, turn about, to a client that logs in once a connection and then sends. QQ does
more than speak otherwise: it checks From, puts its own Message-ID into the message and stores a
copy among the sender's sent mail, a second file for every message. So there are three more servers:
fakemail's own words with the same three rules by hand, which is the same work; QQ without the copy;
QQ with none of the three, which is what its words cost. The promise is about the first pair; the
others say what of the difference is work that was asked for.

Every server gets the same mail from the same client to accounts of the same kind, after one run
that does not count. Ratios are of medians; that of the CPU time, counted by the kernel in
nanoseconds, is the one to trust on a machine that does other things too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from benchmarks.peers.fakemail import Fakemail
from benchmarks.peers.peer import DOMAIN
from benchmarks.report import Series, Table, Target, percentile

SENDER = f"tom@{DOMAIN}"
FLOOR = 0.95
MESSAGE_RULES = ("saves_sent_copy", "rewrites_message_id", "from_header_checked")


class Generic(Fakemail):
    name = "generic"


class Qq(Fakemail):
    name = "qq"
    options = ("--dialect", "qq")


class GenericWithRules(Fakemail):
    name = "generic, with qq's rules for messages"
    options: ClassVar[tuple[str, ...]] = tuple(
        word for rule in MESSAGE_RULES for word in ("--rule", rule)
    )


class QqWithoutCopy(Fakemail):
    name = "qq, no sent copy"
    options = ("--dialect", "qq", "--rule", "no-saves_sent_copy")


class QqWordsOnly(Fakemail):
    name = "qq, words only"
    options: ClassVar[tuple[str, ...]] = (
        *("--dialect", "qq"),
        *(word for rule in MESSAGE_RULES for word in ("--rule", f"no-{rule}")),
    )


PEERS = (Generic, Qq, GenericWithRules, QqWithoutCopy, QqWordsOnly)
PAIRS = ((Qq, Generic), (QqWordsOnly, Generic), (Qq, GenericWithRules), (QqWithoutCopy, Generic))


@dataclass(frozen=True)
class Case:
    size: int
    messages: int
    connections: int
    per_connection: int = 0

    @property
    def title(self) -> str:
        shape = "1 message/connection" if self.per_connection == 1 else "many messages/connection"
        return f"{self.size // 1024} KB, {self.connections} at once, {shape}"


CASES = (Case(1024, 1000, 4), Case(1024, 400, 4, per_connection=1), Case(10240, 600, 4))
QUICK = CASES[:1]


def drive(peer: Fakemail, case: Case, users: list[str]) -> dict[str, Any]:
    """One run of the client; every message has to be in its Maildir at the end."""
    order = {
        "port": peer.ports["submission"],
        "lmtp": False,
        "connections": case.connections,
        "messages": case.messages,
        "size": case.size,
        "per_connection": case.per_connection,
        "pipelining": False,
        "users": users,
        "domain": DOMAIN,
        "login": b64encode(f"\0{SENDER}\0any code".encode()).decode(),
    }
    before, cpu = peer.delivered(users), peer.child.running_seconds()
    program = [sys.executable, "-m", "benchmarks.clients.smtp_load", json.dumps(order)]
    answer = subprocess.run(program, capture_output=True, text=True, timeout=300)
    if answer.returncode:
        raise RuntimeError(f"{peer.name}: {answer.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(answer.stdout)
    cpu = peer.child.running_seconds() - cpu
    there = peer.delivered(users) - before
    if there != case.messages or result["rejected"]:
        raise RuntimeError(f"{peer.name}: {there} of {case.messages}, {result['rejected']} refused")
    result["server_cpu"] = cpu
    return result


def run(root: Path, quick: bool, record: dict[str, Any]) -> list[Table]:
    rounds = 15
    cases = QUICK if quick else CASES
    users = [f"d{number}" for number in range(4 * len(cases))]
    peers = [kind(root / f"dialect-{number}", users) for number, kind in enumerate(PEERS)]
    tables = []
    try:
        for at, case in enumerate(cases):
            own = users[4 * at : 4 * at + case.connections]
            results: dict[str, list[dict[str, Any]]] = {peer.name: [] for peer in peers}
            for turn in range(-1, rounds):
                for peer in peers[turn % len(peers) :] + peers[: turn % len(peers)]:
                    result = drive(peer, case, own)
                    if turn >= 0:
                        results[peer.name].append(result)
            tables.append(_table(case, results, record))
            print(tables[-1].text(), flush=True)
    finally:
        for peer in peers:
            peer.end()
    return tables


def _table(case: Case, results: dict[str, list[dict[str, Any]]], record: dict[str, Any]) -> Table:
    columns = ("server", "250s/s", "p50 to 250 ms", "CPU ms/message")
    table = Table(f"Dialects: {case.title}", columns)
    rates: dict[str, float] = {}
    spent: dict[str, float] = {}
    for name, runs in results.items():
        rate = Series([case.messages / r["seconds"] for r in runs])
        p50 = Series([percentile(r["latencies"], 0.5) * 1000 for r in runs])
        cpu = Series([r["server_cpu"] * 1000 / case.messages for r in runs])
        rates[name], spent[name] = rate.middle, cpu.middle
        table.add(name, rate.show(), f"{p50.middle:.2f}", f"{cpu.middle:.4f}")
        record[f"dialects / {case.title} / {name}"] = {
            "accepted_per_second": rate.values,
            "server_cpu_ms_per_message": cpu.values,
        }
    for ours, theirs in PAIRS:
        judged = Target(theirs.name, FLOOR).judge(rates[ours.name] / rates[theirs.name])
        by_cpu = spent[theirs.name] / spent[ours.name]
        table.notes.append(f"{ours.name} / {theirs.name}: {judged}; by CPU time {by_cpu:.2f}x")
    return table
