"""Other people's mail programs, driven by the cases that lie beside the repository."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

START_LIMIT = 20
"""Seconds until all ports are open; generous, for a machine that is busy with other tests."""

FETCH = Path(__file__).parent / "languages" / "fetch"
FETCH_LIMIT = 240
"""Seconds for `FETCH`; the packages come over the network the first time."""

TOOLS = {
    "go": ["go"], "java": ["java", "javac", "mvn"], "maven": ["java", "javac", "mvn"],
    "node": ["node", "npm"], "python": ["python3"],
}  # fmt: skip

Doveadm = Callable[..., str]

# of a Dovecot 2.3 of one's own
CONFIGURATION = """
protocols =
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
ssl = no
mail_location = maildir:~/
first_valid_uid = 1
first_valid_gid = 1
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


@pytest.fixture
def fakemail(tmp_path: Path) -> Iterator[dict[str, object]]:
    """A server process of one's own with two listed accounts; what its ready file says.

    Every case has its own, because cases empty the accounts they are given.
    """
    data = tmp_path / "data"
    for name in ("alice", "bob"):
        _run("account", "add", f"{name}@fakemail.test", "--code", _code(name), data=data)
    ready = tmp_path / "ready.json"
    words = [
        "serve", "--ports", "ephemeral", "--accounts", "listed", "--data", str(data),
        "--ready-file", str(ready),
    ]  # fmt: skip
    with (
        (tmp_path / "server.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "fakemail", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        try:
            waiting = ("--wait", "--timeout", str(START_LIMIT), "--ready-file", str(ready))
            _run("ready", *waiting, data=data)
            found = json.loads(ready.read_text())
            with tempfile.TemporaryDirectory() as folder:  # getmail reads it as nobody
                Path(folder).chmod(0o755)
                ca_file = shutil.copy(found["ca_file"], folder)
                yield found | {"code": _code, "ca_file": ca_file}
            server.terminate()
            assert server.wait(20) == 0, (tmp_path / "server.log").read_text()
        finally:
            server.kill()
    logged = (tmp_path / "server.log").read_text()
    assert "Traceback" not in logged, logged


@pytest.fixture(scope="session")
def fetched() -> Callable[..., Path]:
    """Where the programs or packages of a language are, ready to run: ``fetched("node", folder)``.

    Without a folder those of `languages/`. Skips where they cannot be had.
    """

    def fetch(language: str, *folder: Path) -> Path:
        if missing := [name for name in TOOLS[language] if shutil.which(name) is None]:
            pytest.skip(f"{language}: not installed: {', '.join(missing)}")
        try:
            done = subprocess.run(
                [FETCH, language, *folder],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=FETCH_LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"{language}: its packages did not come within {FETCH_LIMIT} seconds")
        if done.returncode != 0:
            pytest.skip(f"{language}: its packages cannot be had: {done.stderr.strip()[-300:]}")
        return Path(done.stdout.strip())

    return fetch


@pytest.fixture
def all_well_in_node(fetched: Callable[..., Path]) -> Callable[..., None]:
    """Runs ``program.mjs`` of a folder beside this file; that says ``all well``, or what is not."""

    def run(name: str, *words: str, limit: float) -> None:
        done = subprocess.run(
            ["node", "program.mjs", *words],
            cwd=fetched("node", Path(__file__).parent / name / "node"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == "all well\n"

    return run


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder that also nobody may enter, which pytest's own does not allow."""
    path = Path(tempfile.mkdtemp(prefix="fakemail-dovecot-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def dovecot(base: Path) -> Callable[[str], Doveadm]:
    """For the home folder of somebody's mail, Dovecot's administration tool on it."""
    if shutil.which("doveadm") is None:
        pytest.skip("Dovecot is not installed")
    configuration = base / "dovecot.conf"
    configuration.write_text(CONFIGURATION.format(base=base))
    nobody = pwd.getpwnam("nobody") if os.getuid() == 0 else None
    version = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=True)
    if not version.stdout.startswith("2.3"):
        pytest.skip("the configuration is for Dovecot 2.3")

    def give(owner: int, group: int) -> None:
        for path in (base, *base.rglob("*")):
            with suppress(FileNotFoundError):  # a server may be at work
                os.chown(path, owner, group, follow_symlinks=False)

    def on(home: str) -> Doveadm:
        def doveadm(*words: str, stdin: bytes = b"") -> str:
            who = {}
            if nobody is not None:
                give(nobody.pw_uid, nobody.pw_gid)
                who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            done = subprocess.run(
                ["doveadm", "-c", str(configuration), *words],
                input=stdin,
                capture_output=True,
                env={"USER": "alice", "HOME": home, "PATH": os.environ["PATH"], "TZ": "UTC"},
                cwd=base,
                check=False,
                timeout=30,
                **who,  # type: ignore[arg-type]
            )
            log = base / "log"
            said = done.stderr.decode() + (log.read_text() if log.exists() else "")
            assert done.returncode == 0 and "rror" not in said, said
            assert "Warning" not in said, said
            return done.stdout.decode()

        return doveadm

    return on


def _code(name: str) -> str:
    return f"UMJLXEIFUZ{name.upper():Z<6}"


def _run(*words: str, data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fakemail", *words],
        env=os.environ | {"FAKEMAIL_DATA": str(data)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"fakemail {' '.join(words)}: {done.stdout}{done.stderr}"
