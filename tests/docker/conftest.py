"""A Docker engine with the image `fakemail`: what ``tests/docker/engine make test`` provides."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import ssl
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

IMAGE = "fakemail"
LIMIT = 60
"""Seconds that one word to the engine may take, on a machine that is busy with other tests."""

HARDENED = (
    "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges",
)  # fmt: skip


def docker(*words: str | Path, check: bool = True, **more: Any) -> subprocess.CompletedProcess[str]:
    """``docker WORDS``, to its end; what it printed."""
    done = subprocess.run(
        ["docker", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
        **more,
    )
    assert done.returncode == 0 or not check, f"docker {words}: {done.stdout}{done.stderr}"
    return done


@dataclass
class Container:
    """A running fakemail."""

    name: str
    folder: Path
    """Where files of it may be put."""

    def fakemail(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """``fakemail WORDS`` within the container."""
        return docker("exec", self.name, "fakemail", *words, check=check)

    def ready(self) -> None:
        """Comes back when it is."""
        self.fakemail("ready", "--wait", "--timeout", "30")

    def inspect(self) -> dict[str, Any]:
        """What the engine knows of it."""
        (found,) = json.loads(docker("inspect", self.name).stdout)
        return found

    def port(self, number: int) -> int:
        """The port of this machine that leads to `number` in the container."""
        return int(docker("port", self.name, f"{number}/tcp").stdout.split(":")[-1])

    def log(self) -> str:
        """Both of its streams."""
        done = docker("logs", self.name)
        return done.stdout + done.stderr

    def trust(self) -> ssl.SSLContext:
        """For clients: trusts its CA, and nothing else."""
        file = self.folder / f"{self.name}.pem"
        docker("cp", f"{self.name}:/data/certs/ca.pem", file)
        return ssl.create_default_context(cafile=str(file))

    def ended(self) -> int:
        """Waits for the end of it; the exit code."""
        return int(docker("wait", self.name).stdout)


@pytest.fixture(scope="session")
def engine() -> Callable[..., subprocess.CompletedProcess[str]]:
    """``docker(*words)``, where an engine answers and has the image."""
    if shutil.which("docker") is None or docker("version", check=False).returncode != 0:
        pytest.skip("no Docker engine answers; this starts one: tests/docker/engine make test")
    if docker("image", "inspect", IMAGE, check=False).returncode != 0:
        pytest.skip("no image fakemail; this builds it: tests/docker/engine make test")
    return docker


@pytest.fixture
def container(engine, tmp_path: Path) -> Iterator[Callable[..., Container]]:
    """Starts a container with further words of ``docker run``, and of fakemail."""
    started = []

    def start(*words: str, command: tuple[str, ...] = (), wait: bool = True) -> Container:
        name = f"fakemail-{uuid.uuid4().hex[:12]}"
        started.append(name)
        ports = [f"--publish=127.0.0.1::{port}" for port in (25, 587, 993, 8025)]
        engine("run", "--detach", "--name", name, *HARDENED, *ports, *words, IMAGE, *command)
        made = Container(name, tmp_path)
        if wait:
            made.ready()
        return made

    yield start
    for name in started:
        engine("rm", "--force", "--volumes", name)


@pytest.fixture
def volume(engine) -> Iterator[str]:
    """The name of an empty volume."""
    name = engine("volume", "create").stdout.strip()
    yield name
    engine("volume", "rm", "--force", name)


@pytest.fixture
def published_ports(engine) -> Iterator[None]:
    """Who publishes the ports of a compose file is alone in that."""
    with open("/tmp/fakemail-published-ports.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def plain_environment() -> dict[str, str]:
    """What a person's shell has, without the tests' own variables."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("FAKEMAIL_", "PYTEST_"))}


@pytest.fixture(scope="session")
def page(root: Path) -> str:
    """docs/ci.md."""
    return (root / "docs" / "ci.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def recipes(page: str) -> list[tuple[str, str]]:
    """Its blocks of code: the language's name, and the text."""
    return re.findall(r"^```(\w+)\n(.*?)^```", page, re.M | re.S)
