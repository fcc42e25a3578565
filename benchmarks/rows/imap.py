"""IMAP: SELECT and FETCH of a mailbox of 10,000 messages, fakemail beside Dovecot.

`cold`: the server opens a Maildir that it has never seen (no uidlist, no index files; the files
are in the page cache). `warm`: it has opened and fetched the same things before, so Dovecot answers
envelopes, structures and sizes from its index cache.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.peers.dovecot import Dovecot
from benchmarks.peers.fakemail import Fakemail
from benchmarks.report import Series, Table
from benchmarks.rows.reading import COUNT, drive, servers

COMMANDS = {
    "flags": "FETCH 1:* (UID FLAGS)",
    "flags, dates, sizes": "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)",
    "envelopes": "FETCH 1:* (UID ENVELOPE)",
    "body structures": "FETCH 1:* (UID BODYSTRUCTURE)",
    "header blocks": "FETCH 1:* (UID BODY.PEEK[HEADER])",
    "bodies": "FETCH 1:* (UID BODY.PEEK[])",
}


def run(root: Path, quick: bool, record: dict[str, Any]) -> list[Table]:
    with servers(root) as peers:
        tables = [_cold(peers, record, 1 if quick else 3), _warm(peers, record, 3 if quick else 7)]
    for table in tables:
        print(table.text(), flush=True)
    return tables


def _cold(peers: list[Any], record: dict[str, Any], rounds: int) -> Table:
    """A fresh user for every command and round, so that nothing was read before."""
    users = {peer.name: iter(range(1000)) for peer in peers}

    def once(peer: Any, command: str) -> tuple[float, float]:
        user = f"cold{next(users[peer.name])}"
        peer.install(user, peer.root.parent / "bag")
        (select, fetch), _ = drive(
            "imap_fetch", peer, peer.ports["imap"], reader=user, commands=[command]
        )
        _check(peer, fetch)
        return select["seconds"], fetch["seconds"]

    return _table("cold", peers, record, rounds, once)


def _warm(peers: list[Any], record: dict[str, Any], rounds: int) -> Table:
    for peer in peers:
        drive("imap_fetch", peer, peer.ports["imap"], commands=list(COMMANDS.values()))

    def once(peer: Any, command: str) -> tuple[float, float]:
        (select, fetch), _ = drive("imap_fetch", peer, peer.ports["imap"], commands=[command])
        _check(peer, fetch)
        return select["seconds"], fetch["seconds"]

    return _table("warm", peers, record, rounds, once)


def _check(peer: Any, fetch: dict[str, float]) -> None:
    if fetch["fetched"] != COUNT:
        raise RuntimeError(f"{peer.name}: {fetch['fetched']} of {COUNT} FETCH responses")


def _table(name: str, peers: list[Any], record: dict[str, Any], rounds: int, once: Any) -> Table:
    columns = ("milliseconds", *(peer.version for peer in peers), "fakemail / Dovecot speed")
    table = Table(f"IMAP, {COUNT:,} messages, {name}", columns)
    selects = {peer.name: Series() for peer in peers}
    for title, command in COMMANDS.items():
        figures = {peer.name: Series() for peer in peers}
        for _ in range(rounds):
            for peer in peers:
                select, fetch = once(peer, command)
                selects[peer.name].values.append(select * 1000)
                figures[peer.name].values.append(fetch * 1000)
        _line(table, title, figures)
        record[f"imap {name} / {title}"] = {n: s.values for n, s in figures.items()}
    _line(table, "SELECT", selects)
    record[f"imap {name} / SELECT"] = {n: s.values for n, s in selects.items()}
    return table


def _line(table: Table, title: str, figures: dict[str, Series]) -> None:
    ours, theirs = figures[Fakemail.name], figures.get(Dovecot.name)
    ratio = f"{theirs.middle / ours.middle:.2f}x" if theirs else "-"
    table.add(title, *(series.show(1) for series in figures.values()), ratio)
