"""The programs in docs/examples, each run as its reader runs it, against a server of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fakemail

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
FETCH = Path(__file__).parent / "languages" / "fetch"
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
    "php": ["php", "mail.php"],
    "bash_curl": ["bash", "mail.sh"],
    "java": ["java", "-cp", "jars/*", "Mail.java"],
}
NEEDS = {"bash_curl": ["curl"], "node": ["node", "npm"], "java": ["java", "javac", "mvn"]}
FETCHED = ("node", "java")
SAYS = {
    "python_pytest": "1 passed", "django": "1 passed", "flask": "1 passed", "node": "pass 1",
    "go": "--- PASS: TestANewCustomerIsWelcome", "python_imaplib": "",
}  # fmt: skip
"""What shows that it ran; the others say ``ok``, and that one says nothing unless it fails."""
OWN_SERVER = ("python_pytest", "python_imaplib", "django", "flask")


def test_every_example_is_run() -> None:
    assert {path.name for path in EXAMPLES.iterdir() if path.is_dir()} == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example(name: str) -> None:
    command = COMMANDS[name]
    needs = NEEDS.get(name, command[:1])
    if missing := [program for program in needs if shutil.which(program) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    if name == "php" and not Path("/usr/share/php/libphp-phpmailer").is_dir():
        pytest.skip("PHPMailer is not installed (libphp-phpmailer)")
    folder = _fetched(name) if name in FETCHED else EXAMPLES / name
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


def _beside(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command run by ``with_fakemail``, with its temporary files in a folder."""
    if missing := [name for name in ("curl", "python3") if shutil.which(name) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    plain = {k: v for k, v in os.environ.items() if not k.startswith("FAKEMAIL_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        [EXAMPLES / "with_fakemail", *command],
        env=plain | {"PATH": path, "TMPDIR": str(folder)},
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
        env=plain | {"PYTHONDONTWRITEBYTECODE": "1"} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert SAYS.get(name, "ok") in done.stdout, done.stdout + done.stderr


def _fetched(name: str) -> Path:
    """A copy of the example with the packages that it asks for."""
    done = subprocess.run(
        [FETCH, name, EXAMPLES / name],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=FETCH_LIMIT,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"{name}: its packages cannot be had: {done.stderr.strip()[-300:]}")
    return Path(done.stdout.strip())
