"""The README is run as it stands: each block, in order, as a reader would type it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from fakemail.services.ports import LISTENERS, TEST_OFFSET

BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^## Four refusals, explained\n(.*?)^## ", re.MULTILINE | re.DOTALL)
NOT_HERE = ("make serve", "fakemail serve")
"""Blocks that would start a server beside the one that the test has started."""


@pytest.fixture(scope="module")
def blocks(root):
    tour = SECTION.sub("## ", (root / "README.md").read_text(encoding="utf-8"))
    found = BLOCK.findall(tour)
    assert len(found) >= 7
    return [(kind, text) for kind, text in found if not any(word in text for word in NOT_HERE)]


@pytest.fixture
def shell(tmp_path):
    """The environment of somebody at a shell, with fakemail on the PATH."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("FAKEMAIL_", "LC_", "LANG"))},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "FAKEMAIL_DATA": str(tmp_path / "data"),
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def reader(shell, tmp_path):
    """The same, with a server that runs: its ports."""
    with running("fakemail serve", shell, tmp_path) as ports:
        yield shell, ports


@contextmanager
def running(command, environment, folder):
    """A server started as it stands there, but on free ports: which they are."""
    ready_file = folder / "ready.json"
    words = [*shlex.split(command), "--ports", "ephemeral", "--ready-file", ready_file]
    server = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait = ["fakemail", "ready", "--wait", "--timeout", "20", "--ready-file", ready_file]
        out = subprocess.run(wait, env=environment, check=True, capture_output=True, text=True)
        yield json.loads(out.stdout)["ports"]
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0


def run(kind, text, ports, environment, folder):
    for port in LISTENERS:
        text = text.replace(str(port.standard + TEST_OFFSET), str(ports.get(port.name)))
    command = [sys.executable, "-c", text] if kind == "python" else ["bash", "-ec", text]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=folder, timeout=60
    )


def test_the_blocks_do_what_they_say(blocks, reader, tmp_path):
    environment, ports = reader
    said = []
    for kind, text in blocks:
        done = run(kind, text, ports, environment, tmp_path)
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        said.append(done.stdout)
    everything = "\n".join(said)
    assert said[1].count("It works.") == 3, said[1]
    assert "530" in said[2]
    assert "smtp.auth-required" in said[3]
    assert "! " in said[3]
    assert "UMJLXEIFUZXKOEXK" not in said[3]
    assert re.search(r"alice@fakemail\.test", everything)
    assert "('OK', [b'1'])" in everything


RECIPE = re.compile(
    r"^### .*?```sh\n(?P<start>.*?)```.*?```python\n(?P<wrong>.*?)```.*?```text\n(?P<shown>.*?)```"
    r".*?```sh\n(?P<ask>.*?)```.*?```text\n(?P<told>.*?)```.*?```python\n(?P<right>.*?)```",
    re.MULTILINE | re.DOTALL,
)
RECIPES = ["qq", "163", "gmail", "hotmail"]
TWO_MINUTES = 120


@pytest.fixture(scope="module")
def recipes(root):
    [section] = SECTION.findall((root / "README.md").read_text(encoding="utf-8"))
    return {
        match["start"].rpartition("--dialect ")[2].split()[0]: match
        for match in RECIPE.finditer(section)
    }


def test_these_are_all_recipes(recipes):
    assert list(recipes) == RECIPES


@pytest.mark.parametrize("dialect", RECIPES)
def test_a_recipe_shows_and_explains_what_it_says(dialect, recipes, shell, tmp_path):
    recipe = recipes[dialect]
    began = time.monotonic()
    *before, serve = recipe["start"].strip().splitlines()
    for command in before:
        assert run("sh", command, {}, shell, tmp_path).returncode == 0
    with running(serve, shell, tmp_path) as ports:
        wrong = run("python", recipe["wrong"], ports, shell, tmp_path)
        assert wrong.returncode != 0
        assert shows(wrong.stderr, recipe["shown"]), wrong.stderr
        told = asked(recipe["ask"], shell, tmp_path)
        assert shows(told, recipe["told"]), told
        right = run("python", recipe["right"], ports, shell, tmp_path)
        assert right.returncode == 0, right.stderr
    assert time.monotonic() - began < TWO_MINUTES


def asked(command, environment, folder):
    """What explain says; a person takes longer to ask than the journal to be written."""
    for _ in range(100):
        done = run("sh", command, {}, environment, folder)
        if done.returncode == 0:
            return done.stdout
        threading.Event().wait(0.05)
    raise AssertionError(done.stderr)


def shows(said, wanted):
    """Whether all of it stands there, with anything for each `…`."""
    pattern = ".*".join(map(re.escape, wanted.rstrip().split("…")))
    return re.search(pattern, said, re.DOTALL)
