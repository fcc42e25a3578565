"""What people have at a terminal and programs do not: colours, a progress bar, tab completion."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fakemail.clock import ManualClock
from fakemail.reasons.auth import WRONG_CODE
from fakemail.transcript.journal import FILE_NAME, Journal
from fakemail.transcript.sessions import Sessions
from fakemail.wire.engine import Peer

FAKEMAIL = [sys.executable, "-m", "fakemail"]
ESCAPE = "\x1b["
MAIL = "From: a@example.com\nSubject: hello\n\nGood morning.\n"

Run = Callable[..., str]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    unset = ("FAKEMAIL_", "NO_COLOR")
    plain = {k: v for k, v in os.environ.items() if not k.startswith(unset)}
    return {**plain, "TERM": "xterm", "FAKEMAIL_DATA": str(tmp_path / "data")}


@pytest.fixture
def on_a_terminal(environment: dict[str, str]) -> Run:
    """All that a command writes there, to both streams."""

    def run(*words: str, **more: str) -> str:
        ours, its = pty.openpty()
        process = subprocess.Popen(
            [*FAKEMAIL, *words],
            env=environment | more,
            stdin=subprocess.DEVNULL,
            stdout=its,
            stderr=its,
        )
        os.close(its)
        found = b""
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            while True:
                try:
                    octets = terminal.read(4096)
                except OSError:  # EIO: nobody has the other end any more
                    break
                if not octets:
                    break
                found += octets
        assert process.wait(20) == 0, found
        return found.decode()

    return run


@pytest.fixture
def in_a_pipe(environment: dict[str, str]) -> Run:
    """The same for a program."""

    def run(*words: str, **more: str) -> str:
        done = subprocess.run(
            [*FAKEMAIL, *words],
            env=environment | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=True,
        )
        return done.stdout.decode()

    return run


@pytest.fixture
def refused(tmp_path: Path) -> None:
    """A session in which a login failed."""
    (tmp_path / "data").mkdir()
    sessions = Sessions(Journal(tmp_path / "data" / FILE_NAME))
    peer = Peer("127.0.0.1", 5, "127.0.0.1", 587, "submission")
    session = sessions.open("smtp", peer, ManualClock())
    session.client(b"AUTH PLAIN ********")
    session.refused(WRONG_CODE)
    session.close("closed by client")
    sessions.close()


@pytest.mark.usefixtures("refused")
def test_colours_are_for_terminals_only(on_a_terminal: Run, in_a_pipe: Run) -> None:
    assert ESCAPE in on_a_terminal("sessions", "last")
    assert ESCAPE not in in_a_pipe("sessions", "last")
    for asked in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert ESCAPE not in on_a_terminal("sessions", "last", **asked)


@pytest.mark.parametrize("stops", [False, True])
def test_an_import_shows_how_far_it_is_to_people_only(
    on_a_terminal: Run, in_a_pipe: Run, tmp_path: Path, stops: bool
) -> None:
    box = tmp_path / "archive.mbox"
    box.write_text("".join(f"From a@example.com\n{MAIL}\n" for _ in range(40)))
    words = ("import", str(box), "--to", "alice@fakemail.test")
    said = (in_a_pipe if stops else on_a_terminal)(*words)
    assert "40 into INBOX of alice@fakemail.test" in said
    assert ("importing" in said and "100%" in said) != stops


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("fakemail ser", ["serve"]),
        ("fakemail account a", ["add"]),
        ("fakemail completion ", ["bash", "zsh", "fish"]),
        ("fakemail serve --accounts ", ["open", "listed"]),
        ("fakemail serve --http-p", ["--http-port"]),
    ],
)
def test_tab_completes_what_was_begun(
    environment: dict[str, str], typed: str, offered: list[str]
) -> None:
    """As the script of `fakemail completion bash` asks for it."""
    done = subprocess.run(
        [*FAKEMAIL],
        env={
            **environment,
            "_FAKEMAIL_COMPLETE": "bash_complete",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(typed.count(" ")),
        },
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert [line.partition(",")[2] for line in done.stdout.splitlines()] == offered
