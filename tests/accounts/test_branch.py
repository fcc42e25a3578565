"""One accounts file, seen from several providers."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakemail.accounts.branch import Branch
from fakemail.accounts.directory import Directory
from fakemail.clock import SystemClock
from fakemail.reasons.reason import Refusal

FILE = """
[accounts."alice@qq.com"]
codes = [{ code = "QQ" }]
[accounts."alice@163.com"]
codes = [{ code = "163" }]
[accounts."alice@fakemail.test"]
codes = [{ code = "OURS" }]
[accounts."bob@163.com"]
codes = [{ code = "163" }]
[accounts."carol"]
codes = [{ code = "OURS" }]
"""


@pytest.fixture
def main(tmp_path: Path) -> Directory:
    (tmp_path / "accounts.toml").write_text(FILE)
    return Directory(tmp_path / "accounts.toml", SystemClock(), mode="listed")


@pytest.mark.parametrize(
    ("domain", "identity", "code", "address"),
    [
        ("qq.com", "alice", "QQ", "alice@qq.com"),
        ("163.com", "alice", "163", "alice@163.com"),
        ("163.com", "Alice@QQ.com", "QQ", "alice@qq.com"),
        ("qq.com", "carol", "OURS", "carol@fakemail.test"),
        ("qq.com", "carol+tag", "OURS", "carol@fakemail.test"),
    ],
)
def test_who_a_bare_name_is(
    main: Directory, domain: str, identity: str, code: str, address: str
) -> None:
    assert Branch(main, domain, SystemClock()).log_in(identity, code, "pop3").address == address


def test_at_one_provider_nobody_is_meant_at_another(main: Directory) -> None:
    branch = Branch(main, "qq.com", SystemClock())
    with pytest.raises(Refusal, match="no-such-account"):
        branch.log_in("bob", "163", "pop3")
    assert main.log_in("bob", "163", "pop3").address == "bob@163.com", "rule 3, without a provider"
    main.mode = "open"
    stranger = Branch(main, "qq.com", SystemClock()).log_in("bob", "anything", "pop3")
    assert (stranger.address, stranger.listed) == ("bob@qq.com", False)


def test_a_branch_sees_changes_and_faults_of_the_file(main: Directory, tmp_path: Path) -> None:
    branch = Branch(main, "qq.com", SystemClock())
    file = tmp_path / "accounts.toml"
    file.write_text(FILE + '[accounts."dan@qq.com"]\ncodes = [{ code = "NEW" }]\n')
    assert branch.log_in("dan", "NEW", "imap").address == "dan@qq.com"
    assert branch.owner_may_send(branch.log_in("dan", "NEW", "smtp"), "dan@qq.com")
    assert branch.recipient("dan") == "dan@qq.com"
    file.write_text("broken")
    assert branch.log_in("dan", "NEW", "imap").address == "dan@qq.com"
    assert branch.problem and branch.problem == main.problem
    file.write_text(FILE)
    with pytest.raises(Refusal):
        branch.log_in("dan", "NEW", "imap")
    assert branch.problem is None
