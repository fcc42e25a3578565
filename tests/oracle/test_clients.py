"""Mail programs that nobody here wrote: each drives all its ways of sending and reading mail.

The cases and their installer lie beside the repository (``../shared/clients``, or where
``FAKEMAIL_CLIENT_CASES`` says). Without them, or without a program, a test is skipped and says so.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLIENTS = Path(os.environ.get("FAKEMAIL_CLIENT_CASES", ROOT.parent / "shared" / "clients"))
CASES = sorted(
    path.name
    for path in (CLIENTS.glob("cases/*") if CLIENTS.is_dir() else ())
    if os.access(path, os.X_OK) and path.is_file()
)
LIMIT = 100
"""Seconds for one case; the cases limit themselves to 60."""

SKIPPED = 77
PORTS = {
    "FM_SMTP": "smtp",
    "FM_SUBMISSION": "submission",
    "FM_SMTPS": "submissions",
    "FM_POP3": "pop3",
    "FM_POP3S": "pop3s",
    "FM_IMAP": "imap",
    "FM_IMAPS": "imaps",
}


def test_the_cases_are_there():
    if not CLIENTS.is_dir():
        pytest.skip(f"there is no {CLIENTS}")
    assert CASES


@pytest.mark.oracle
@pytest.mark.timeout(LIMIT + 60)
@pytest.mark.parametrize("case", CASES)
def test_a_client(case, fakemail):
    environment = os.environ | {
        "FM_HOST": "localhost",
        "FM_CA": str(fakemail["ca_file"]),
        "FM_USER": "alice@fakemail.test",
        "FM_CODE": fakemail["code"]("alice"),
        "FM_USER2": "bob@fakemail.test",
        "FM_CODE2": fakemail["code"]("bob"),
        "FM_TIMEOUT": "60",
    }
    environment |= {name: str(fakemail["ports"][key]) for name, key in PORTS.items()}
    with subprocess.Popen(
        [CLIENTS / "cases" / case],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as running:
        try:
            said = running.communicate(timeout=LIMIT)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            said = running.communicate()[0].decode(errors="replace")
            pytest.fail(f"{case} took more than {LIMIT} seconds:\n{said[-4000:]}")
    if running.returncode == SKIPPED:
        pytest.skip(said.strip().rpartition("\n")[2])
    assert running.returncode == 0, said[-8000:]
