"""fakemail hosts: lines for the hosts file; no file is touched that was not named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakemail.cli import cli

QQ = "127.0.93.236    smtp.qq.com pop.qq.com imap.qq.com"
BEFORE = b"127.0.0.1\tlocalhost\n# mine\n10.1.1.1 db\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["hosts", *map(str, arguments)])


def test_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    done = run("qq", "163,gmail")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        QQ,
        "127.0.172.229   smtp.163.com pop.163.com imap.163.com",
        "127.0.158.250   smtp.gmail.com pop.gmail.com imap.gmail.com",
    ]
    assert run("qq@2017").stdout == QQ + "\n"


def test_macos_is_told_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    said = run("qq").stdout.splitlines()
    assert said == [QQ, "# sudo ifconfig lo0 alias 127.0.93.236 up"]


def test_for_programs() -> None:
    (found,) = json.loads(run("--json", "yandex").stdout)
    assert found["dialect"] == "yandex"
    assert found["address"].startswith("127.0.")
    assert "smtp.yandex.ru" in found["hosts"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "which providers?"),
        (("qqq",), "there is no dialect 'qqq'"),
        (("generic",), "generic has no host names"),
        (("qq", "qq@2017"), "one address"),
        (("./none.toml",), "none.toml: No such file"),
        (("--write", "/nowhere/hosts", "qq"), "does not exist"),
    ],
)
def test_what_is_refused(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.exit_code in (1, 2)
    assert said in done.stderr
    assert done.stdout == ""


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(
        'title = "Ours"\n[[endpoints]]\nproto = "smtp"\nhost = "Mail.corp.test"\nport = 25\n'
        'tls = "none"\nsource = "us"\nconfidence = "verbatim"\n'
    )
    said = run(tmp_path / "ours.toml").stdout.split()
    assert said[1:] == ["mail.corp.test"] and said[0].startswith("127.0.")


def test_write_is_one_block_and_idempotent(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_bytes(BEFORE)
    file.chmod(0o604)
    assert run("qq", "--write", file).stderr == f"{file}: written\n"
    once = file.read_bytes()
    assert once.startswith(BEFORE + b"# fakemail: begin")
    assert QQ.encode() in once and once.endswith(b"# fakemail: end\n")
    assert run("qq", "--write", file).stderr == f"{file}: has these lines already\n"
    assert file.read_bytes() == once
    assert file.stat().st_mode & 0o777 == 0o604


def test_another_write_takes_the_place_of_the_first(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_bytes(BEFORE)
    run("qq", "163", "--write", file)
    with file.open("ab") as stream:
        stream.write(b"10.2.2.2 later\n")
    run("gmail", "--write", file)
    text = file.read_text()
    assert "qq.com" not in text and text.count("gmail.com") == 3
    assert text.count("fakemail: begin") == text.count("fakemail: end") == 1
    assert text.endswith("# fakemail: end\n10.2.2.2 later\n"), "the block stays where it was"
    assert run("--remove", file).stderr == f"{file}: the block is out\n"
    assert file.read_bytes() == BEFORE + b"10.2.2.2 later\n"
    assert run("--remove", file).stderr == f"{file}: there was no block\n"


@pytest.mark.parametrize("before", [b"", b"a b", b"a b\r\nc d\r\n", b"\xff\xfe caf\xe9\n"])
def test_any_file(tmp_path: Path, before: bytes) -> None:
    file = tmp_path / "hosts"
    file.write_bytes(before)
    assert run("qq", "--write", file).exit_code == 0
    written = file.read_bytes()
    assert written.startswith(before)
    assert written.count(b"\r\n") in (0, written.count(b"\n")), "one kind of line end"
    run("--remove", file)
    assert file.read_bytes().rstrip(b"\r\n") == before.rstrip(b"\r\n")


def test_a_block_without_an_end_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    broken = BEFORE + b"# fakemail: begin\n127.0.0.9 x\n10.1.1.2 not-ours\n"
    file.write_bytes(broken)
    for arguments in (("--remove", file), ("qq", "--write", file)):
        done = run(*arguments)
        assert done.exit_code == 1 and "no end" in done.stderr
    assert file.read_bytes() == broken


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(BEFORE)
    (tmp_path / "hosts").symlink_to(tmp_path / "real")
    run("qq", "--write", tmp_path / "hosts")
    assert (tmp_path / "hosts").is_symlink()
    assert b"qq.com" in (tmp_path / "real").read_bytes()
