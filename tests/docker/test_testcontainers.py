"""The recipes for Testcontainers are excerpts of programs; the programs, run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "testcontainers"
COMMANDS = {
    "java": ["java", "-cp", ".:jars/*", "SignUp"],
    "node": ["node", "sign_up.js"],
    "python": ["bin/python", "sign_up.py"],
}
HERE = {
    # The container that removes the others when a program dies would come from a registry.
    "TESTCONTAINERS_RYUK_DISABLED": "true",
    # Where tests run in a container themselves, it would look for the ports at the gateway.
    "TESTCONTAINERS_HOST_OVERRIDE": "localhost",
    "TESTCONTAINERS_CONNECTION_MODE": "docker_host",
}
FETCH_LIMIT = 120
LIMIT = 120

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(FETCH_LIMIT + LIMIT + 30)]


def fetched(root: Path, language: str) -> str:
    """A copy of the program with its packages. The engine's network may have no way to them, so
    whoever starts an engine fetches them before.
    """
    fetch = root / "tests" / "oracle" / "languages" / "fetch"
    done = subprocess.run(
        [
            "timeout",
            f"{FETCH_LIMIT}",
            fetch,
            language,
            PROGRAMS / language,
        ],  # ends its children too
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"{language}: its packages cannot be had: {done.stderr.strip()[-300:]}")
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("language", sorted(COMMANDS))
def test_a_program(engine, root, plain_environment, language):
    needs = {"java": ["java", "javac", "mvn"], "node": ["node", "npm"]}.get(language, [])
    if missing := [program for program in needs if shutil.which(program) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    done = subprocess.run(
        COMMANDS[language],
        cwd=fetched(root, language),
        env=plain_environment | HERE | {"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["ok"]), (
        done.stdout + done.stderr
    )


@pytest.mark.parametrize("language", sorted(COMMANDS))
def test_the_recipe_is_in_the_program(recipes, language):
    """Line for line, however far it is indented."""
    (program,) = PROGRAMS.joinpath(language).glob("[Ss]ign*[Uu]p.*")
    lines = {line.strip() for line in program.read_text().splitlines()}
    name = {"node": "js"}.get(language, language)
    excerpts = [text for kind, text in recipes if kind == name]
    assert excerpts
    for excerpt in excerpts:
        for line in excerpt.splitlines():
            assert line.strip() in lines, f"{line!r} is not in {program.name}"
