"""Mistakes at the command line that any command has to answer in a line, without a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FAKEMAIL = [sys.executable, "-m", "fakemail"]


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("FAKEMAIL_")}


@pytest.mark.parametrize("command", ["sessions", "account list", "certs", "path a@b", "serve"])
def test_an_unusable_data_folder_is_one_line(command: str) -> None:
    words = [*FAKEMAIL, *command.split(), "--data", "x" * 300]  # for root too
    done = subprocess.run(words, capture_output=True, text=True, env=environment())
    assert done.returncode in (1, 2)
    assert "name too long" in done.stderr and "Traceback" not in done.stderr


def test_a_command_that_is_almost_right() -> None:
    words = [*FAKEMAIL, "sesions"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment())
    assert done.returncode == 2
    assert "Did you mean 'sessions'?" in done.stderr


def test_a_variable_that_is_almost_right(tmp_path: Path) -> None:
    """It is named, and the server starts: the variable may be somebody else's."""
    words = [*FAKEMAIL, "serve", "--data", str(tmp_path), "--ports", "ephemeral"]
    variables = {"FAKEMAIL_SMPT_PORT": "25", "FAKEMAIL_HOST_NAME": ""}
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment() | variables,
    ) as server:
        assert server.stdout is not None
        assert any(line.startswith("fakemail ready ") for line in server.stdout)
        server.terminate()
        _, said = server.communicate(timeout=20)
    assert server.returncode == 0
    assert said == (
        "fakemail: environment variable FAKEMAIL_SMPT_PORT is no setting;"
        " did you mean FAKEMAIL_SMTP_PORT?\n"
    )


def test_a_terminal_that_has_no_chinese(tmp_path: Path) -> None:
    """What it cannot show is shown escaped; the banner and its last line are there all the same."""
    latin = environment() | {"PYTHONIOENCODING": "latin-1"}
    words = [*FAKEMAIL, "explain", "--lang", "zh", "503 Error: need EHLO and AUTH first !"]
    done = subprocess.run(words, capture_output=True, encoding="latin-1", env=latin)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u6ca1\\u6709\\u767b\\u5f55" in done.stdout  # 没有登录
    words = [*FAKEMAIL, "serve", "--data", str(tmp_path), "--ports", "ephemeral", "--dialect", "qq"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="latin-1", env=latin) as server:
        assert server.stdout is not None
        assert any(line.startswith("fakemail ready ") for line in server.stdout)
        server.terminate()
