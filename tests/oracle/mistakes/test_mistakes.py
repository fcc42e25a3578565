"""Real libraries make real mistakes: what each shows, and what `fakemail explain` says to it.

Each file in `programs/`, `go/` and `java/` is named after one of the hundred known mistakes and
makes it, with the library that made it, against a server that is the provider. Its first comment
says what its output has. The rest is asked of every one: the provider's own words were on the wire,
and the explanation is the one for this mistake, with its fix.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from fakemail.explain.scenarios import scenarios, text
from fakemail.transcript.text import printable, render

LIMIT = 60
"""Seconds for one program."""

PROGRAMS = sorted(
    path
    for folder in ("programs", "go", "java")
    for path in Path(__file__).with_name(folder).iterdir()
    if re.fullmatch(r"[A-F]\d\d.*", path.stem)
)

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(400)]


@pytest.mark.parametrize("program", PROGRAMS, indirect=True, ids=lambda path: path.name)
def test_a_mistake_is_refused_as_there_and_explained(program, provider, start, tmp_path):
    server = provider(program)
    environment = {**server.environment, "HOME": str(tmp_path), "SCRATCH": str(tmp_path)}
    command = start(program, environment)
    for words in program.prepare:
        server.fakemail(*words.split())
    before = server.numbers()
    output = run(command, environment, tmp_path)
    talks = server.sessions_after(before, int(program.sessions))
    conversation = "\n".join(map(render, talks))

    # what the program shows
    for wanted in program.shows:
        assert re.search(pattern(wanted), one_spaced(output)), f"{output}\n{conversation}"
    assert "umjlxeifuzxkoexk" not in conversation

    # what the provider says
    scenario = scenarios()[program.scenario]
    said = [
        printable(line) if isinstance(line, bytes) else line
        for talk in talks
        for entry in talk.entries
        if entry.kind == "S"
        for line in (*entry.octets.splitlines(), *in_gbk(entry.octets))
    ]
    if scenario.says and program.at != "generic":  # which has words of its own
        assert any(words.is_all_of(line) for words in scenario.says for line in said), conversation

    # what fakemail explains
    (tmp_path / "output").write_text(output)
    about = {
        "last": "last", "session": str(talks[0].number), "output": str(tmp_path / "output")
    }[program.explain]  # fmt: skip
    told = server.fakemail("explain", about, "--lang", "en", "--json")
    first, *more = map(json.loads, told.splitlines())
    ids = [known["id"] for known in first["scenarios"]]
    if program.known == "among others":
        ids += [known["id"] for found in more for known in found["scenarios"]]
    assert program.scenario in ids, f"{told}\n{conversation}"
    if program.known == "as this":
        assert ids[0] == program.scenario, f"{first}\n{conversation}"
        assert first["fix"] == text(scenario, "fix", "en")
        assert text(scenario, "cause", "en") in first["why"]
    shown = server.fakemail("explain", about, "--lang", "en")
    assert unspaced(text(scenario, "fix", "en")) in unspaced(shown)


def run(command: list[str], environment: dict[str, str], folder: Path) -> str:
    """All that a program shows, whether it ends well or not."""
    done = subprocess.run(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=LIMIT,
        check=False,
    )
    return done.stdout.decode("utf-8", "backslashreplace")


def in_gbk(octets: bytes) -> list[str]:
    """The lines, if they may be GBK."""
    try:
        return octets.decode("gb18030").splitlines()
    except UnicodeDecodeError:
        return []


def one_spaced(words: str) -> str:
    return " ".join(words.split())


def unspaced(words: str) -> str:
    return "".join(words.split())


def pattern(wanted: str) -> str:
    """``…`` stands for anything."""
    return ".*".join(re.escape(part) for part in one_spaced(wanted).split("…"))
