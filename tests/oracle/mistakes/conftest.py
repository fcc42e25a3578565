"""Servers that are providers, and what it takes to run a program in each language."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakemail.cli import cli
from fakemail.transcript.entry import is_probe
from fakemail.transcript.read import Record, read

HERE = Path(__file__).parent
START_LIMIT = 20
ENDED_LIMIT = 15
"""Seconds until a session is in the journal after its program has ended."""

CODE, PASSWORD = "umjlxeifuzxkoexk", "the-web-pages-own"
DOMAINS = {
    "exmail": "company.example", "aliyun_qiye": "company.example", "office365": "company.example",
    "163": "163.com", "126": "126.com", "yeah": "yeah.net", "hotmail": "outlook.com",
    "icloud": "icloud.com", "yandex": "yandex.ru", "generic": "fakemail.test",
}  # fmt: skip
"""Of accounts; ``<dialect>.com`` for the others."""

KEYS = "at|serve|account|shows|prepare|known|explain|sessions|jars"
HEADER = re.compile(rf"^(?:#|//|;;|<\?php //) (?:(?P<key>{KEYS}): )?(?P<value>.*)$")


@dataclass
class Program:
    """A program that makes a known mistake, and what its first comment says of it."""

    path: Path
    at: str = ""
    """The dialect of the server that it meets."""

    serve: list[str] = field(default_factory=list)
    """Further flags of the server."""

    account: list[str] = field(default_factory=list)
    """Further flags of its account."""

    prepare: list[str] = field(default_factory=list)
    """Commands of fakemail that come before it."""

    shows: list[str] = field(default_factory=list)
    """What is in its output; ``…`` stands for anything. ``nothing`` if it ends well."""

    known: str = "as this"
    """``among others``: several mistakes look the same, and none of them is told as the one."""

    explain: str = "last"
    """What `fakemail explain` is asked about: the ``last`` that failed, this ``session``, or
    what the program has put out (``output``)."""

    jars: list[str] = field(default_factory=lambda: ["*"])
    """In Java, what is on its class path; all if it does not say."""

    sessions: str = "1"
    """How many it has."""

    @property
    def scenario(self) -> str:
        """The mistake's id: ``A01``."""
        return self.path.stem[:3]

    @classmethod
    def of(cls, path: Path) -> Program:
        """With what the lines in its first comment say."""
        found = cls(path)
        for line in path.read_text(encoding="utf-8").splitlines():
            if not (match := HEADER.match(line)):
                if line.startswith(("#!", "<?php")):
                    continue
                break
            key, value = match["key"], match["value"].strip()
            if key in ("at", "known", "explain", "sessions"):
                setattr(found, key, value)
            elif key in ("shows", "prepare"):
                getattr(found, key).append(value)
            elif key:
                setattr(found, key, shlex.split(value))
        return found


@dataclass
class Provider:
    """A running server that speaks as a provider does."""

    user: str
    data: Path
    environment: dict[str, str]
    """For programs: where it is, and how to log in."""

    def fakemail(self, *words: str) -> str:
        """What a command prints about it."""
        done = CliRunner().invoke(cli, words, env={"FAKEMAIL_DATA": str(self.data)})
        assert done.exit_code == 0, f"fakemail {' '.join(words)}: {done.output}"
        return done.output

    def numbers(self) -> set[int]:
        """Of the sessions so far in which anybody said anything."""
        return {record.number for record in read(self.data)}

    def sessions_after(self, before: set[int], count: int) -> list[Record]:
        """The sessions since then, when so many have ended and are in the journal."""
        limit = time.monotonic() + ENDED_LIMIT
        while time.monotonic() < limit:
            found = [record for record in read(self.data) if record.number not in before]
            if len(found) >= count and all(record.ended for record in found):
                return [record for record in found if not is_probe(record)] or found
            threading.Event().wait(0.03)
        raise AssertionError(f"fewer than {count} sessions have ended")


@pytest.fixture
def program(request: pytest.FixtureRequest) -> Program:
    """One of the files, described."""
    return Program.of(request.param)


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Program], Provider]]:
    """For a program, the server that it meets: one for all programs that want the same."""
    running: dict[tuple[str, ...], tuple[Provider, subprocess.Popen[bytes]]] = {}

    def of(program: Program) -> Provider:
        key = (program.at, *program.serve, "account", *program.account)
        if key not in running:
            running[key] = _start(program, tmp_path_factory.mktemp("provider"))
        return running[key][0]

    yield of
    for _, server in running.values():
        server.terminate()
    for found, server in running.values():
        assert server.wait(20) == 0
        logged = found.data.with_name("log").read_text()
        assert "Traceback" not in logged, logged


def _start(program: Program, folder: Path) -> tuple[Provider, subprocess.Popen[bytes]]:
    data, ready_file = folder / "data", folder / "ready.json"
    dialect = program.at.partition("@")[0]
    user = f"me@{DOMAINS.get(dialect, dialect + '.com')}"
    found = Provider(user, data, {})
    on = ["--on", "smtp", "--on", "pop3", "--on", "imap"]
    if {"--on", "--off"} & set(program.account):
        on = []
    found.fakemail(
        "account", "add", user, "--password", PASSWORD, "--code", CODE, *on, *program.account
    )
    words = [
        "serve", "--dialect", program.at, "--accounts", "listed", "--ports", "ephemeral",
        "--data", str(data), "--ready-file", str(ready_file), *program.serve,
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "fakemail", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        found.fakemail(
            "ready", "--wait", "--timeout", str(START_LIMIT), "--ready-file", str(ready_file)
        )
        ready = json.loads(ready_file.read_text())
    except BaseException:
        server.kill()
        server.wait()
        raise
    ca = ready["ca_file"]
    found.environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("FAKEMAIL_", "PYTHON"))},
        "FM_HOST": "localhost",
        **{f"FM_{k.upper().replace('-', '_')}": str(v) for k, v in ready["ports"].items()},
        "FM_USER": user,
        "FM_CODE": CODE,
        "FM_PASSWORD": PASSWORD,
        "FM_CA": ca,
        "SSL_CERT_FILE": ca,
        "NODE_EXTRA_CA_CERTS": ca,
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
        "NODE_NO_WARNINGS": "1",
    }
    return found, server


NEEDS = {
    ".py": [], ".cjs": ["node", "npm"], ".php": ["php"], ".go": ["go"], ".sh": [], ".pl": ["perl"],
    ".java": ["java", "javac", "mvn"], ".el": ["emacs"],
}  # fmt: skip
LANGUAGES = {".py": "python", ".cjs": "node", ".go": "go", ".java": "java"}


@pytest.fixture(scope="session")
def start(fetched: Callable[..., Path]) -> Callable[[Program, dict[str, str]], list[str]]:
    """The command that runs a program; skips where its language is not there.

    Adds to the environment what it needs.
    """
    made: dict[str, Path] = {}

    def command(program: Program, environment: dict[str, str]) -> list[str]:
        path, suffix = program.path, program.path.suffix
        needs = [*NEEDS[suffix], *re.findall(r"^# needs: (\S+)", path.read_text(), re.MULTILINE)]
        if missing := [name for name in needs if shutil.which(name) is None]:
            pytest.skip(f"not installed: {', '.join(missing)}")
        if (language := LANGUAGES.get(suffix)) and language not in made:
            made[language] = fetched(language, HERE / language)
        folder = made.get(language or "")
        if suffix == ".py":
            return [f"{folder}/bin/python", str(path)]
        if suffix == ".cjs":
            environment["NODE_PATH"] = f"{folder}/node_modules"
            return ["node", str(path)]
        if suffix == ".go":
            return [f"{folder}/program", program.scenario]
        if suffix == ".java":
            quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"]
            classes = [str(folder), *(f"{folder}/jars/{name}" for name in program.jars)]
            return ["java", *quick, "-cp", ":".join(classes), path.stem]
        if suffix == ".php":
            if not Path("/usr/share/php/libphp-phpmailer").is_dir():
                pytest.skip("PHPMailer is not installed (libphp-phpmailer)")
            return ["php", str(path)]
        if suffix == ".el":
            return ["emacs", "-Q", "--batch", "-l", str(path)]
        return [{".sh": "bash", ".pl": "perl"}[suffix], str(path)]

    return command
