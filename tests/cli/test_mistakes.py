"""Mistakes at the command line that any command has to answer in a line, without a traceback."""

from __future__ import annotations

import os
import subprocess
import sys

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
