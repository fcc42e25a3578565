"""``fakemail code``: issue, list, revoke; and a running directory notices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakemail.accounts.directory import Directory
from fakemail.cli import cli
from fakemail.clock import SystemClock
from fakemail.reasons.auth import CODE_EXPIRED, CODE_OUT_OF_SCOPE, CODE_REVOKED
from fakemail.reasons.reason import Reason, Refusal


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def running(data: Path) -> Directory:
    """The directory of a server that has been running since before any account was made."""
    directory = Directory(data / "accounts.toml", SystemClock(), mode="listed")
    run(data, "account", "add", "alice", "--code", "FIRST")
    return directory


def run(data: Path, *words: str, exit_code: int = 0) -> str:
    result = CliRunner().invoke(cli, [*words, "--data", str(data)])
    assert result.exit_code == exit_code, result.output
    return result.output


def refused(directory: Directory, code: str) -> Reason:
    with pytest.raises(Refusal) as caught:
        directory.log_in("alice", code, "smtp")
    return caught.value.reason


def test_issue_list_revoke(data: Path, running: Directory) -> None:
    issued = json.loads(run(data, "code", "issue", "alice", "--label", "phone", "--json"))
    assert issued["label"] == "phone" and issued["state"] == "valid"
    assert running.log_in("alice", issued["code"], "smtp").label == "phone"
    assert running.log_in("alice", "FIRST", "smtp").label == "code-1"
    run(data, "code", "revoke", "alice", "phone")
    assert refused(running, issued["code"]) is CODE_REVOKED
    assert running.log_in("alice", "FIRST", "smtp").label == "code-1"
    listed = run(data, "code", "list", "alice")
    assert listed == "code-1  valid  smtp+pop3+imap\nphone  revoked  smtp+pop3+imap\n"


def test_expiry_and_scope(data: Path, running: Directory) -> None:
    run(data, "code", "issue", "alice", "--code", "OLD", "--expires", "2020-01-01")
    run(data, "code", "issue", "alice", "--code", "ZONE", "--expires", "2020-01-01T00:00+08:00")
    run(data, "code", "issue", "alice", "--code", "MAIL", "--scope", "imap", "--scope", "pop3")
    run(data, "code", "issue", "alice", "--code", "HOUR", "--expires", "1h")
    assert refused(running, "OLD") is CODE_EXPIRED
    assert refused(running, "MAIL") is CODE_OUT_OF_SCOPE
    assert running.log_in("alice", "HOUR", "smtp")
    listed = json.loads(run(data, "code", "list", "alice", "--json"))
    codes = {code["label"]: code for code in listed}
    assert codes["code-2"]["expires"] == "2020-01-01T00:00:00Z"
    assert codes["code-3"]["expires"] == "2019-12-31T16:00:00Z"
    assert codes["code-4"]["scopes"] == ["pop3", "imap"]
    assert "until 2020-01-01T00:00:00Z" in run(data, "code", "list", "alice")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["issue", "nobody"], 1, "there is no account nobody"),
        (["issue", "alice", "--label", "code-1"], 1, "has a code 'code-1' already"),
        (["issue", "alice", "--code", " "], 2, "must not be empty"),
        (["issue", "alice", "--code", "hun\nter"], 2, "must not be with control characters"),
        (["issue", "alice", "--expires", "tomorrow"], 2, "'tomorrow' is none of 2027-03-01"),
        (["issue", "alice", "--scope", "ftp"], 2, "ftp"),
        (["revoke", "alice", "phone"], 1, "has no code 'phone'; it has code-1"),
        (["list", "nobody"], 1, "there is no account nobody"),
        (["list", "@"], 1, "'@' is not an address"),
    ],
)
def test_what_cannot_be_done(
    data: Path, running: Directory, words: list[str], code: int, message: str
) -> None:
    output = run(data, "code", *words, exit_code=code)
    assert message in output


def test_revoking_twice(data: Path, running: Directory) -> None:
    run(data, "code", "revoke", "alice", "code-1")
    assert "revoked already" in run(data, "code", "revoke", "alice", "code-1", exit_code=1)
