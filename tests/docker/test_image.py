"""What docker/Dockerfile makes: small, without tools, for any user, and this program."""

from __future__ import annotations

import json

import pytest

from fakemail import __version__
from fakemail.services.ports import HTTP, LISTENERS

MOST_OWN_OCTETS = 80_000_000
"""What may lie on top of the base image: now 57 MB, of which uvloop and cryptography are 30."""


@pytest.fixture(scope="module")
def image(engine):
    (found,) = json.loads(engine("image", "inspect", "fakemail").stdout)
    return found


def run(engine, *words, **more):
    return engine("run", "--rm", "--network=none", "--read-only", *words, **more)


def test_what_it_says_of_itself(image):
    config = image["Config"]
    assert config["User"] == "1000", "a number: Kubernetes must see that it is not root"
    assert list(config["Volumes"]) == ["/data"]
    assert config["Healthcheck"]["Test"] == ["CMD", "fakemail", "ready"]
    assert (config["Entrypoint"][-1], config["Cmd"]) == ("fakemail", ["serve"])
    assert config["StopSignal"] == "SIGTERM"
    labels = config["Labels"]
    assert labels["org.opencontainers.image.title"] == "fakemail"
    assert labels["org.opencontainers.image.licenses"] == "MIT"


def test_it_exposes_the_ports_of_the_program(image):
    standard = {f"{listener.standard}/tcp" for listener in (*LISTENERS, HTTP)}
    assert image["Config"]["ExposedPorts"].keys() == standard


def test_it_is_small(engine, image):
    base = None
    for line in engine(
        "history", "--no-trunc", "--human=false", "--format={{json .}}", "fakemail"
    ).stdout.splitlines():
        layer = json.loads(line)
        if "COPY" in layer["CreatedBy"] and "/opt/fakemail" in layer["CreatedBy"]:
            base = int(layer["Size"])
    assert base is not None and 10_000_000 < base < MOST_OWN_OCTETS


def test_no_tools_are_left(engine):
    look = (
        "ls /opt/fakemail/bin; ls /opt/fakemail/lib/python3*/site-packages; ls -A /src ~root/.cache"
    )
    left = run(engine, "--user=0", "--entrypoint=sh", "fakemail", "-c", look, check=False)
    words = left.stdout.split()
    assert "fakemail" in words and "twisted" in words
    assert not {"pip", "pip3", "setuptools", "wheel", "gcc"} & set(words)
    assert "/src" in left.stderr and "/.cache" in left.stderr, "neither is there"


def test_it_is_the_program(engine):
    assert run(engine, "fakemail", "--version").stdout == f"fakemail {__version__}\n"
    assert "vip.qq.com" in run(engine, "fakemail", "dialect", "list").stdout


def test_a_mistake_is_one_line(engine):
    done = run(engine, "-e", "FAKEMAIL_PORTS=all", "fakemail", check=False)
    assert done.returncode == 2
    assert "FAKEMAIL_PORTS" in done.stderr and "Traceback" not in done.stderr


def test_a_closed_folder_is_named(engine, tmp_path):
    """A folder of the machine that the container's user may not enter."""
    tmp_path.chmod(0o700)
    words = ("--user=12345:12345", f"--volume={tmp_path}:/data", "fakemail")
    done = run(engine, *words, check=False)
    assert done.returncode != 0
    assert "data folder /data" in done.stderr and "permission denied" in done.stderr.lower()
    assert "settings file" not in done.stderr and "Traceback" not in done.stderr
