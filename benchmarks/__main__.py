"""`python -m benchmarks [row ...] [--json FILE] [--quick] [--dir FOLDER]`."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path
from typing import Any

from benchmarks.report import machine
from benchmarks.workplace import workplace

ROWS = ("startup", "smtp", "imap", "pop3", "idle", "dialects", "plugin", "wait")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "rows", nargs="*", metavar="row", help=f"of {', '.join(ROWS)}; default: all"
    )
    parser.add_argument("--json", type=Path, help="write all figures of all runs to this file")
    parser.add_argument("--quick", action="store_true", help="fewer cases and runs: about a minute")
    parser.add_argument("--dir", help="where the servers write (default: /dev/shm if there is one)")
    options = parser.parse_args()
    rows = options.rows or list(ROWS)
    if unknown := set(rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    record: dict[str, Any] = {"machine": machine()}
    print(record["machine"], flush=True)
    for row in rows:
        with workplace(options.dir) as root:
            importlib.import_module(f"benchmarks.rows.{row}").run(root, options.quick, record)
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
