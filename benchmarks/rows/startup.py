"""Start-up: from exec to all ports taking connections, warm (the data folder exists already).

fakemail opens eight listeners, four of them for STARTTLS and three with TLS from the first octet,
and says so with its ready line; the time is taken when the line is read, and every port is then
connected to. The peers have no such line: their port is tried every millisecond.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.peers.dovecot import Dovecot
from benchmarks.peers.fakemail import PROGRAM, Fakemail
from benchmarks.peers.postfix import Postfix
from benchmarks.peers.stock_aiosmtpd import StockAiosmtpd
from benchmarks.report import Series, Table
from benchmarks.workplace import Child, wait_for_port

TARGET = 0.4


def run(root: Path, quick: bool, record: dict[str, Any]) -> list[Table]:
    runs = 10 if quick else 20
    table = Table("Start-up, warm: exec to all ports ready", ("server", "seconds", "least", "most"))
    series: dict[str, Series] = {}
    first = _fakemail(root / "data", root / "log")
    table.notes.append(f"fakemail's very first start, which makes the CA: {first:.2f} s.")
    kinds: list[type[Any]] = [k for k in (Dovecot, Postfix, StockAiosmtpd) if not k.missing()]
    for turn in range(runs):
        series.setdefault(Fakemail.name, Series()).values.append(
            _fakemail(root / "data", root / "log")
        )
        series.setdefault("python -c pass", Series()).values.append(_python())
        for kind in kinds if turn < runs // 2 else ():
            started = perf_counter()
            peer = kind(root / f"{kind.__name__}-{turn}", ["u0"])
            series.setdefault(peer.version, Series()).values.append(perf_counter() - started)
            peer.end()
    for name, figures in series.items():
        values = figures.values
        table.add(name, f"{figures.middle:.3f}", f"{min(values):.3f}", f"{max(values):.3f}")
        record[f"startup / {name}"] = values
    ours = series[Fakemail.name].middle
    verdict = "met" if ours <= TARGET else "MISSED"
    table.notes.append(f"fakemail: {ours:.3f} s (target <= {TARGET} s: {verdict}), {runs} starts.")
    print(table.text(), flush=True)
    return [table]


def _python() -> float:
    started = perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return perf_counter() - started


def _fakemail(data: Path, log: Path) -> float:
    arguments = [*PROGRAM, "serve", "--ports", "ephemeral", "--data", str(data)]
    started = perf_counter()
    child = Child(arguments, log, stdout=subprocess.PIPE)
    try:
        assert child.process.stdout is not None
        for line in child.process.stdout:
            if line.startswith(b"fakemail ready "):
                seconds = perf_counter() - started
                break
        else:
            raise RuntimeError(f"fakemail did not come up\n{log.read_text()[-2000:]}")
        for item in line.decode().split()[2:]:
            wait_for_port(int(item.rpartition("=")[2].rpartition(":")[2]), child, seconds=1)
        return seconds
    finally:
        child.end()
