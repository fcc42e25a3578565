"""The pytest plugin: what it costs a project that has it, and a test that uses it.

Each start is a new process: importing the plugin (as every pytest run does), and from there to a
server with all its ports open. The fixture is timed with the mail that a test has: none, and one
message sent, waited for and left there.
"""

from __future__ import annotations

import json
import smtplib
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.report import Series, Table, percentile
from fakemail.testing.local import LocalServer
from fakemail.testing.process import ProcessServer
from fakemail.testing.shared import SharedServer

IMPORT_TARGET, READY_TARGET, FIXTURE_TARGET = 0.010, 0.3, 0.005

START = """
import json, time
import pytest
began = time.perf_counter()
import fakemail.pytest_plugin
imported = time.perf_counter()
from fakemail.testing.pool import Pool
pool = Pool(process=%r)
pool.server({})
ready = time.perf_counter()
pool.stop()
print(json.dumps([imported - began, ready - imported]))
"""


def run(root: Path, quick: bool, record: dict[str, Any]) -> list[Table]:
    imports, starts, apart = Series(), Series(), Series()
    for number in range(10 if quick else 40):
        process = number % 2 == 1
        child = [sys.executable, "-c", START % process]
        done = subprocess.run(child, capture_output=True, text=True, check=True, cwd=root)
        imported, ready = json.loads(done.stdout)
        imports.values.append(imported)
        (apart if process else starts).values.append(ready)
    tests = 200 if quick else 1000
    unused, waits = _fixture(LocalServer(), tests)
    unused_apart, waits_apart = _fixture(ProcessServer(), tests)
    table = Table("The pytest plugin", ("what", "median ms", "p99 ms", "target ms"))
    rows = (
        ("import of the plugin", imports, IMPORT_TARGET),
        ("first use to all ports open, imports included", starts, READY_TARGET),
        ("fixture, set up and torn down", unused, FIXTURE_TARGET),
        ("the same, with a message in it", waits["fixture"], FIXTURE_TARGET),
        ("accepted (250) to the answer of wait()", waits["answer"], None),
        ("server in a process: first use to all ports open", apart, READY_TARGET),
        ("server in a process: fixture", unused_apart, FIXTURE_TARGET),
        ("server in a process: with a message in it", waits_apart["fixture"], FIXTURE_TARGET),
        ("server in a process: 250 to the answer of wait()", waits_apart["answer"], None),
    )
    for name, series, target in rows:
        values = sorted(series.values)
        verdict = "" if target is None else "met" if series.middle <= target else "MISSED"
        table.add(
            name,
            f"{series.middle * 1000:.2f}",
            f"{percentile(values, 0.99) * 1000:.2f}",
            f"{target * 1000:g}: {verdict}" if target else "-",
        )
        record[f"plugin / {name}"] = series.values
    print(table.text(), flush=True)
    return [table]


def _fixture(shared: SharedServer, tests: int) -> tuple[Series, dict[str, Series]]:
    unused = Series()
    used = {"fixture": Series(), "answer": Series()}
    with shared as server, smtplib.SMTP(server.host, server.ports["smtp"]) as smtp:
        for _ in range(tests):
            began = perf_counter()
            with server.fresh_mail():
                pass
            unused.values.append(perf_counter() - began)
        for _ in range(tests):
            began = perf_counter()
            mail = server.fresh_mail()
            held = mail.__enter__()
            spent = perf_counter() - began
            smtp.sendmail("a@example.com", [held.address], "Subject: hello\r\n\r\nhello\r\n")
            accepted = perf_counter()
            held.wait(subject="hello")
            used["answer"].values.append(perf_counter() - accepted)
            began = perf_counter()
            mail.__exit__(None, None, None)
            used["fixture"].values.append(spent + perf_counter() - began)
    return unused, used
