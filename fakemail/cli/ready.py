"""``fakemail ready``: for scripts, CI jobs and health checks."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import click

from fakemail.clock import SystemClock
from fakemail.config import default_data
from fakemail.services.ready import READY_FILE, Ready, read

LOOK_EVERY = 0.02


@click.command(
    "ready",
    epilog="""\b
Examples:
  fakemail serve --ports test & fakemail ready --wait --timeout 10
  fakemail ready && echo up              in a health check
  fakemail ready --wait --ready-file r.json | jq .ports.imap
""",
)
@click.option("--wait", is_flag=True, help="Wait until it is ready.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait.",
)
@click.option(
    "--ready-file",
    metavar="FILE",
    envvar="FAKEMAIL_READY_FILE",
    help="The file that was given to fakemail serve --ready-file.",
)
@click.option(
    "--data",
    metavar="FOLDER",
    envvar="FAKEMAIL_DATA",
    help="Its data folder, where there is a ready file too.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs; it is JSON without it, too.")
def command(
    wait: bool, timeout: float, ready_file: str | None, data: str | None, as_json: bool
) -> None:
    """Print where the server is (JSON) and exit with 0 if it is ready, else exit with 1.

    Ready means: all ports are open and the process lives. No port is touched, so a health check
    leaves no session behind.
    """
    path = Path(ready_file) if ready_file else Path(data or default_data()) / READY_FILE
    clock = SystemClock()
    deadline = clock.monotonic() + timeout
    pause = threading.Event()
    while (found := _ready(path)) is None:
        if not wait or clock.monotonic() >= deadline:
            click.echo(f"fakemail: not ready ({_why(path)})", err=True)
            sys.exit(1)
        pause.wait(LOOK_EVERY)
    click.echo(found.json(), nl=False)


def _ready(path: Path) -> Ready | None:
    found = read(path)
    return found if found is not None and found.alive() else None


def _why(path: Path) -> str:
    found = read(path)
    if found is None:
        return f"no ready file {path}"
    return f"{path} names pid {found.pid}, which is not running over {found.data}"
