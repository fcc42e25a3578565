"""``fakemail certs``: where they are, copies, and the words of each client."""

from __future__ import annotations

import ast
import shlex
import ssl
from pathlib import Path

from click.testing import CliRunner

from fakemail.cli.certs import command
from fakemail.services.ready import Ready


def run(*words: object):
    return CliRunner().invoke(command, [str(w) for w in words], env={"FAKEMAIL_DATA": None})


def test_without_a_folder_it_says_where_they_are(tmp_path: Path) -> None:
    done = run("--data", tmp_path)
    assert done.exit_code == 0
    assert f"CA file       {tmp_path}/certs/ca.pem" in done.stdout
    for client in ("Python", "Node", "Java", "Go", "PHP", "curl", "mutt", ".NET", "Thunderbird"):
        assert f"\n{client} " in done.stdout
    assert done.stdout.count(f"{tmp_path}/certs/ca.pem") > 7
    assert "CA.PEM" not in done.stdout


def test_with_a_folder_it_writes_copies(tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    done = run(folder, "--data", tmp_path / "data", "--tls-name", "mail.example")
    assert done.exit_code == 0
    assert "mail.example" in done.stdout
    assert sorted(p.name for p in folder.iterdir()) == ["ca.pem", "server.key", "server.pem"]
    assert (folder / "server.key").stat().st_mode & 0o777 == 0o600
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    assert (folder / "ca.pem").read_bytes() == (tmp_path / "data/certs/ca.pem").read_bytes()


def test_a_folder_with_a_name_that_shells_and_strings_take_apart(tmp_path: Path) -> None:
    folder = tmp_path / """it's "PORT" CA.PEM"""
    ca = folder / "ca.pem"
    lines = run(folder, "--data", tmp_path / "data").stdout.splitlines()
    (shell,) = [line for line in lines if "NODE_EXTRA_CA_CERTS" in line]
    assert shlex.split(shell)[1] == f"NODE_EXTRA_CA_CERTS={ca}"
    (code,) = [line for line in lines if "(cafile=" in line]
    assert ast.literal_eval(code.partition("cafile=")[2].rstrip(")")) == str(ca)


def test_the_port_is_that_of_the_server_that_runs(tmp_path: Path) -> None:
    assert "imaps://localhost:993/" in run("--data", tmp_path).stdout
    ports = dict.fromkeys(("imap", "imaps"), 4993)
    Ready("127.0.0.1", 1, str(tmp_path), "ca.pem", ports).write(tmp_path / "ready.json")
    assert "imaps://localhost:4993/" in run("--data", tmp_path).stdout


def test_the_ca_alone(tmp_path: Path) -> None:
    assert run(tmp_path / "copies", "--ca-only", "--data", tmp_path / "data").exit_code == 0
    assert [p.name for p in (tmp_path / "copies").iterdir()] == ["ca.pem"]


def test_the_ca_stays(tmp_path: Path) -> None:
    run("--data", tmp_path)
    before = (tmp_path / "certs/ca.pem").read_bytes()
    run("--data", tmp_path, "--tls-name", "other.example")
    assert (tmp_path / "certs/ca.pem").read_bytes() == before


def test_what_cannot_be(tmp_path: Path) -> None:
    assert run("--data", tmp_path, "--tls-name", "a b").exit_code == 2
    (tmp_path / "file").write_text("")
    done = run("--data", tmp_path / "file" / "x")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
