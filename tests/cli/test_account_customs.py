"""Accounts take the customs of their domain's provider: shape of codes, switches."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakemail.accounts.directory import Directory
from fakemail.cli import cli
from fakemail.clock import SystemClock
from fakemail.reasons.auth import SERVICE_OFF
from fakemail.reasons.reason import Refusal

LISTED = {"FAKEMAIL_ACCOUNTS": "listed"}


def run(data: Path, *words: str, exit_code: int = 0, env: dict[str, str] | None = None) -> Result:
    result = CliRunner().invoke(cli, list(words), env={"FAKEMAIL_DATA": str(data), **(env or {})})
    assert result.exit_code == exit_code, result.output
    return result


def directory(data: Path) -> Directory:
    return Directory(data / "accounts.toml", SystemClock(), mode="listed")


@pytest.mark.parametrize(
    ("address", "pattern"),
    [
        ("me@qq.com", "[a-z]{16}"),
        ("me@FOXMAIL.com", "[a-z]{16}"),
        ("me@163.com", "[A-Z]{16}"),
        ("me@126.com", "[A-Z]{16}"),
        ("me@gmail.com", "[a-z]{4}( [a-z]{4}){3}"),
        ("me@icloud.com", "[a-z]{4}(-[a-z]{4}){3}"),
        ("me@139.com", "[0-9a-f]{20}"),
        ("me@sina.com", ".{16}"),
        ("me@fakemail.test", "[A-Z]{16}"),
        ("me", "[A-Z]{16}"),
    ],
)
def test_codes_look_as_they_do_there(tmp_path: Path, address: str, pattern: str) -> None:
    for command in (("account", "add", address), ("code", "issue", address)):
        done = run(tmp_path, *command)
        found = re.search(rf"^code +({pattern})(   .*)?$", done.stdout, re.MULTILINE)
        assert found, done.output
        assert done.stderr == ""
        for typed in (found[1], found[1].replace(" ", "")):
            assert directory(tmp_path).log_in(address, typed, "imap").listed


def test_a_code_of_another_shape_is_taken_with_a_note(tmp_path: Path) -> None:
    done = run(tmp_path, "account", "add", "me@qq.com", "--code", "UMJLXEIFUZXKOEXK")
    assert done.stderr.startswith("Note: codes of QQ邮箱 have another shape: 16 lower-case letters")
    assert "UMJLXEIFUZXKOEXK" not in done.output
    assert directory(tmp_path).log_in("me@qq.com", "UMJLXEIFUZXKOEXK", "smtp").listed
    issue = ("code", "issue", "me@qq.com", "--code")
    assert run(tmp_path, *issue, "abcdefghijklmnop").stderr == ""
    assert "another shape" in run(tmp_path, *issue, "hijk").stderr


@pytest.mark.parametrize("address", ["me@fakemail.test", "me@tom.com", "me@corp.test"])
def test_where_no_shape_is_known_any_code_will_do(tmp_path: Path, address: str) -> None:
    assert run(tmp_path, "account", "add", address, "--code", "x").stderr == ""


def services(done: Result) -> str:
    found = json.loads(done.stdout)
    return " ".join(service for service in ("smtp", "pop3", "imap") if found[service])


def test_off_at_first_where_the_provider_does_so_and_accounts_are_listed(tmp_path: Path) -> None:
    add = ("account", "add", "--json")
    assert services(run(tmp_path, *add, "a@sina.com")) == "smtp pop3 imap", "accounts are open"
    assert services(run(tmp_path, *add, "b@sina.com", env=LISTED)) == ""
    assert services(run(tmp_path, *add, "c@sina.com", "--on", "imap", env=LISTED)) == "smtp imap"
    assert services(run(tmp_path, *add, "d@21cn.com", env=LISTED)) == "smtp pop3 imap"
    assert services(run(tmp_path, *add, "e@sina.com", "--off", "smtp")) == "pop3 imap"
    with pytest.raises(Refusal) as refused:
        code = run(tmp_path, "code", "issue", "b@sina.com", "--json").stdout
        directory(tmp_path).log_in("b@sina.com", json.loads(code)["code"], "imap")
    assert refused.value.reason is SERVICE_OFF


def test_a_person_is_told_how_to_switch_it_on(tmp_path: Path) -> None:
    said = run(tmp_path, "account", "add", "me@sina.com", env=LISTED).stdout
    assert "off       smtp pop3 imap" in said
    remedy = re.search(r"fakemail (account switch .*)", said)
    assert remedy
    assert run(tmp_path, *remedy[1].split()).stdout == "me@sina.com  smtp on, pop3 on, imap on\n"


def test_the_switch(tmp_path: Path) -> None:
    run(tmp_path, "account", "add", "me@qq.com", "--off", "smtp", "--off", "imap")
    run(tmp_path, "code", "issue", "me@qq.com")
    flip = ("account", "switch", "me@qq.com", "--json")
    assert services(run(tmp_path, *flip)) == "pop3"
    assert services(run(tmp_path, *flip, "--on", "imap")) == "smtp pop3 imap"
    assert services(run(tmp_path, *flip, "--off", "smtp", "--off", "pop3")) == "imap"
    (account,) = json.loads(run(tmp_path, "account", "list", "--json").stdout)
    assert [account[service] for service in ("smtp", "pop3", "imap")] == [False, False, True]
    assert len(account["codes"]) == 2
    assert (
        "there is no account" in run(tmp_path, "account", "switch", "no@qq.com", exit_code=1).stderr
    )
    run(tmp_path, *flip, "--on", "imap", "--off", "imap", exit_code=2)


def test_a_file_of_ones_own_has_customs_too(tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text(
        'title = "Ours"\ndomains = ["corp.test"]\n[secret.pattern]\nvalue = "^x-[0-9]{6}$"\n'
        'source = "us"\nconfidence = "verbatim"\n'
    )
    done = run(
        tmp_path / "d", "account", "add", "me@corp.test", env={"FAKEMAIL_DIALECT": str(ours)}
    )
    assert re.search(r"^code +x-[0-9]{6} ", done.stdout, re.MULTILINE)


def test_a_running_server_knows_whether_accounts_are_listed(tmp_path: Path) -> None:
    from fakemail.config import load
    from fakemail.services.private import PrivateServer

    flags = {"data": str(tmp_path), "ports": "ephemeral", "accounts": "listed", "dialect": "sina"}
    with PrivateServer(load(flags, {})):
        assert services(run(tmp_path, "account", "add", "me@sina.com", "--json")) == ""
    assert services(run(tmp_path, "account", "add", "b@sina.com", "--json")) == "smtp pop3 imap"
