"""The README is run as it stands: each block, in order, as a reader would type it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fakemail.services.ports import LISTENERS, TEST_OFFSET

BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_HERE = ("make serve", "fakemail serve")
"""Blocks that would start a server beside the one that the test has started."""


@pytest.fixture(scope="module")
def blocks(root):
    found = BLOCK.findall((root / "README.md").read_text(encoding="utf-8"))
    assert len(found) >= 7
    return [(kind, text) for kind, text in found if not any(word in text for word in NOT_HERE)]


@pytest.fixture
def reader(tmp_path):
    """The environment of somebody at a shell, with fakemail on the PATH and running."""
    data, ready_file = tmp_path / "data", tmp_path / "ready.json"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("FAKEMAIL_")},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "FAKEMAIL_DATA": str(data),
    }
    server = subprocess.Popen(
        ["fakemail", "serve", "--ports", "ephemeral", "--ready-file", ready_file],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait = ["fakemail", "ready", "--wait", "--timeout", "20", "--ready-file", ready_file]
        out = subprocess.run(wait, env=environment, check=True, capture_output=True, text=True)
        yield environment, json.loads(out.stdout)["ports"]
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0


def test_the_blocks_do_what_they_say(blocks, reader, tmp_path):
    environment, ports = reader
    said = []
    for kind, text in blocks:
        for port in LISTENERS:
            text = text.replace(str(port.standard + TEST_OFFSET), str(ports[port.name]))
        command = [sys.executable, "-c", text] if kind == "python" else ["bash", "-ec", text]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, cwd=tmp_path, timeout=60
        )
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
