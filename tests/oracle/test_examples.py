"""The programs in docs/examples, each run as its reader runs it, against a server of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import fakemail

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
"""Some start `fakemail` themselves."""

LIMIT = 120
FETCH_LIMIT = 240

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
COMMANDS = {
    "python_pytest": [*PYTEST, "test_sign_up.py"],
    "python_imaplib": [sys.executable, "read.py"],
    "django": [*PYTEST, "test_welcome.py"],
    "flask": [*PYTEST, "test_order.py"],
    "node": ["node", "--test"],
    "go": ["go", "test", "-count=1", "-v", "./..."],
    "go_imap": ["go", "test", "-count=1", "-v", "./..."],
    "php": ["php", "mail.php"],
    "bash_curl": ["bash", "mail.sh"],
    "java": ["java", "-cp", "jars/*", "Mail.java"],
    "junit": ["mvn", "-B", "-o", "test"],
}
NEEDS = {
    "bash_curl": ["curl"], "node": ["node", "npm"], "java": ["java", "javac", "mvn"],
    "junit": ["java", "javac", "mvn"],
}  # fmt: skip
FETCHED = {"node": "node", "java": "java", "junit": "maven", "go_imap": "go"}
"""Examples that need packages, and what fetches those."""
SAYS = {
    "python_pytest": "1 passed", "django": "1 passed", "flask": "1 passed", "node": "pass 1",
    "go": "--- PASS: TestANewCustomerIsWelcome", "python_imaplib": "",
    "go_imap": "--- PASS: TestANewCustomerIsWelcome", "junit": "Tests run: 1, Failures: 0",
}  # fmt: skip
"""What shows that it ran; the others say ``ok``, and that one says nothing unless it fails."""
OWN_SERVER = ("python_pytest", "python_imaplib", "django", "flask", "go_imap")


def test_every_example_is_run() -> None:
    assert {path.name for path in EXAMPLES.iterdir() if path.is_dir()} == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example(name: str, fetched: Callable[..., Path]) -> None:
    command = COMMANDS[name]
    needs = NEEDS.get(name, command[:1])
    if missing := [program for program in needs if shutil.which(program) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if name == "php" and not Path("/usr/share/php/libphp-phpmailer").is_dir():
        pytest.skip("PHPMailer is not installed (libphp-phpmailer)")
    folder = EXAMPLES / name
    if name in FETCHED:
        folder = fetched(FETCHED[name], folder)
    if name in OWN_SERVER:
        _succeeds(name, folder, {})
        return
    with fakemail.run() as mail:
        _succeeds(name, folder, mail.env())
        assert len(mail.messages) == 1


def test_a_command_beside_a_server_of_its_own(tmp_path: Path) -> None:
    done = _beside(tmp_path, "bash", str(EXAMPLES / "bash_curl" / "mail.sh"))
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr
    assert not list(tmp_path.iterdir()), "the mail is gone with the server"


def test_a_command_that_fails_beside_it_is_explained(tmp_path: Path) -> None:
    send = (
        'echo | curl -sS "smtp://$SMTP_HOST:$SMTP_PORT" --mail-from a@x.example '
        "--mail-rcpt b@x.example --upload-file -; exit 7"
    )
    done = _beside(tmp_path, "bash", "-c", send)
    assert done.returncode == 7
    assert "smtp.auth-required" in done.stderr
    assert not list(tmp_path.iterdir())


def test_what_came_instead_is_shown(tmp_path: Path) -> None:
    send = (
        'printf "Subject: another\\r\\n\\r\\n" | curl -sS "smtp://$FAKEMAIL_SMTP" --upload-file - '
        "--mail-from a@x.example --mail-rcpt b@x.example; false"
    )
    done = _beside(tmp_path, "bash", "-c", send)
    assert done.returncode == 1
    assert "b@x.example  INBOX          another" in done.stderr
    assert "C: RCPT TO:<b@x.example>" in done.stderr
    silent = _beside(tmp_path, "false")
    assert (silent.returncode, silent.stderr.count("\n")) == (1, 2), silent.stderr
    assert "no messages in any mailbox" in silent.stderr


def _beside(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command run by ``with_fakemail``, with its temporary files in a folder."""
    if missing := [name for name in ("curl", "python3") if shutil.which(name) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    plain = {k: v for k, v in os.environ.items() if not k.startswith("FAKEMAIL_")}
    return subprocess.run(
        [EXAMPLES / "with_fakemail", *command],
        env=plain | {"PATH": PATH, "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def _succeeds(name: str, folder: Path, variables: dict[str, str]) -> None:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("FAKEMAIL_", "PYTEST_"))}
    done = subprocess.run(
        COMMANDS[name],
        cwd=folder,
        env=plain | {"PYTHONDONTWRITEBYTECODE": "1", "PATH": PATH} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert SAYS.get(name, "ok") in done.stdout, done.stdout + done.stderr
