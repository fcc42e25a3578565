"""``fakemail account`` and ``fakemail path``."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakemail.accounts.codes import Code
from fakemail.accounts.directory import Directory
from fakemail.accounts.edit import editing
from fakemail.cli import cli
from fakemail.clock import SystemClock


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "state" / "data"


def run(data: Path, *words: str, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(cli, list(words), env={"FAKEMAIL_DATA": str(data)})
    assert result.exit_code == exit_code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def directory(data: Path, domain: str = "fakemail.test") -> Directory:
    return Directory(data / "accounts.toml", SystemClock(), mode="listed", default_domain=domain)


def test_add_with_given_values(data: Path) -> None:
    run(data, "account", "add", "Alice@Fakemail.test", "--password", "P", "--code", "C")
    login = directory(data).log_in("alice", "C", "smtp")
    assert (login.address, login.label) == ("alice@fakemail.test", "code-1")
    assert stat.S_IMODE((data / "accounts.toml").stat().st_mode) == 0o600


def test_add_makes_what_is_not_given_and_shows_it(data: Path) -> None:
    made = json.loads(run(data, "account", "add", "bob", "--json").stdout)
    assert made["address"] == "bob@fakemail.test"
    (code,) = made["codes"]
    assert len(code["code"]) == 16 and code["code"].isupper()
    assert len(made["password"]) >= 12
    assert directory(data).log_in("bob", code["code"], "imap").listed
    text = run(data, "account", "add", "carol").output
    shown = text.split("code ")[1].split()[0]
    assert directory(data).log_in("carol", shown, "imap").listed


def test_given_secrets_are_not_repeated_on_the_screen(data: Path) -> None:
    words = ["--password", "hunter2", "--code", "hunter3"]
    assert "hunter" not in run(data, "account", "add", "bob", *words).output
    for command in (["account", "list"], ["code", "list", "bob"], ["account", "list", "--json"]):
        assert "hunter" not in run(data, *command).output
    assert "hunter3" in run(data, "account", "list", "--show").output
    assert "hunter2" in run(data, "account", "list", "--show", "--json").output
    assert "hunter3" in run(data, "code", "list", "bob", "--show").output


def test_everything_that_can_be_said_of_an_account(data: Path) -> None:
    run(
        data, "account", "add", "bob@x.test", "--also", "sales@x.test", "--also", "b@y.test",
        "--off", "pop3", "--expires", "30d", "--scope", "imap", "--scope", "smtp", "--label", "tb",
    )  # fmt: skip
    (account,) = json.loads(run(data, "account", "list", "--json").stdout)
    (code,) = account.pop("codes")
    assert account == {
        "address": "bob@x.test",
        "further": ["sales@x.test", "b@y.test"],
        "smtp": True,
        "pop3": False,
        "imap": True,
        "suspended": None,
    }
    assert (code["label"], code["state"], code["scopes"]) == ("tb", "valid", ["smtp", "imap"])
    assert code["expires"] > code["created"]


def test_list_and_remove(data: Path) -> None:
    assert "no accounts" in run(data, "account", "list").output
    run(data, "account", "add", "alice", "--code", "C")
    run(data, "account", "add", "bob@x.test", "--code", "C")
    assert run(data, "account", "list").output == (
        "alice@fakemail.test  (1 code, 1 valid)\nbob@x.test  (1 code, 1 valid)\n"
    )
    assert "removed alice@fakemail.test" in run(data, "account", "remove", "ALICE").output
    assert directory(data).addresses() == ["bob@x.test"]
    run(data, "account", "remove", "bob@x.test")
    assert directory(data).addresses() == []
    run(data, "account", "add", "carol")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["account", "add", "alice"], "there is an account alice@fakemail.test already"),
        (["account", "add", "a@@b"], "'a@@b' is not an address"),
        (["account", "add", "new", "--also", "alice"], "alice@fakemail.test belongs to both"),
        (["account", "remove", "nobody"], "there is no account nobody"),
        (["account", "remove", "@"], "'@' is not an address"),
        (["path", "a\x01b"], "not an address"),
    ],
)
def test_what_cannot_be_done_changes_nothing(data: Path, words: list[str], message: str) -> None:
    run(data, "account", "add", "alice")
    before = (data / "accounts.toml").read_bytes()
    assert message in run(data, *words, exit_code=1).output
    assert (data / "accounts.toml").read_bytes() == before


def test_a_broken_file_is_named_and_left_alone(data: Path) -> None:
    data.mkdir(parents=True)
    file = data / "accounts.toml"
    file.write_text("[accounts.a]\npaswort = 'x'\n")
    for words in (["account", "list"], ["account", "add", "b"], ["code", "issue", "a"]):
        message = run(data, *words, exit_code=1).output
        assert str(file) in message and "unknown key 'paswort'" in message
    assert file.read_text() == "[accounts.a]\npaswort = 'x'\n"


BY_HAND = """\
# my accounts

[accounts.'Alice@fakemail.test']   # me
password = "P" # secret
codes = [
    { code = "C1", label = "one" },  # laptop
    { code = "C2" },
]

# the other one
[accounts.bob]
imap = false
"""


def test_comments_and_spelling_survive(data: Path) -> None:
    data.mkdir(parents=True)
    file = data / "accounts.toml"
    file.write_text(BY_HAND)
    run(data, "code", "issue", "alice", "--code", "C3")
    run(data, "code", "revoke", "alice", "code-2")
    run(data, "account", "add", "carol", "--code", "C")
    run(data, "account", "remove", "carol")
    text = file.read_text()
    for words in ("# my accounts", "# me", "# secret", "# laptop", "# the other one"):
        assert words in text
    assert "[accounts.'Alice@fakemail.test']" in text
    states = {
        code["label"]: code["state"]
        for code in json.loads(run(data, "code", "list", "alice", "--json").stdout)
    }
    assert states == {"one": "valid", "code-2": "revoked", "code-3": "valid"}
    assert directory(data).addresses() == ["alice@fakemail.test", "bob@fakemail.test"]


def test_two_writers_at_once_lose_nothing(data: Path) -> None:
    def add(number: int) -> None:
        with editing(data / "accounts.toml", "x.test") as file:
            file.add(f"user{number}", further=[], password="p", switched_off=[])

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(directory(data).addresses()) == 12


def test_a_failed_write_leaves_the_old_file(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(data, "account", "add", "alice")
    before = (data / "accounts.toml").read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert "No space left" in run(data, "account", "add", "bob", exit_code=1).output
    assert (data / "accounts.toml").read_bytes() == before
    assert sorted(p.name for p in data.iterdir()) == [".accounts.toml.lock", "accounts.toml"]


def test_the_default_domain_of_the_settings_file_counts(data: Path) -> None:
    data.mkdir(parents=True)
    (data / "fakemail.toml").write_text('default-domain = "corp.test"\n')
    run(data, "account", "add", "alice")
    assert run(data, "account", "list").output.startswith("alice@corp.test")


def test_path(data: Path) -> None:
    run(data, "account", "add", "alice", "--also", "sales@x.test")
    folder = run(data, "path", "Alice").output.strip()
    assert folder == str(data / "mail" / "fakemail.test" / "alice")
    assert run(data, "path", "sales+tag@x.test").output.strip() == folder
    stranger = Path(run(data, "path", "../../etc/passwd@x.test").output.strip())
    assert stranger.parent == data / "mail" / "x.test"
    assert not (data / "mail").exists()


FORMS = {
    "tables": '[accounts.a]\n[[accounts.a.codes]]\ncode = "1"\n',
    "no line end": '[accounts.a]\n[[accounts.a.codes]]\ncode = "1"',
    "CRLF": '[accounts.a]\r\n[[accounts.a.codes]]\r\ncode = "1"\r\n',
    "dotted": 'accounts.a.codes = [{ code = "1" }]\naccounts.a.imap = true\n',
    "inline": 'accounts = { a = { codes = [{ code = "1" }] } }\n',
    "table of inline": '[accounts]\na = { codes = [{ code = "1" }] }\n',
    "array over lines": '[accounts.a]\ncodes = [\n  { code = "1" }, # one\n]\n',
}


@pytest.mark.parametrize("form", FORMS)
def test_every_change_to_every_way_of_writing_it(data: Path, form: str) -> None:
    data.mkdir(parents=True)
    (data / "accounts.toml").write_bytes(FORMS[form].encode())
    with editing(data / "accounts.toml", "x.test") as file:
        file.add("b@y.test", further=["c@y.test"], password="p", switched_off=["imap"])
        file.issue("a", Code("two", "2", expires=2e9))
    with editing(data / "accounts.toml", "x.test") as file:
        file.issue("b@y.test", Code("three", "3", scopes=("pop3",)))
        file.revoke("a", "code-1", 1.7e9)
    a, b = directory(data, "x.test").roster().accounts
    assert [(code.label, code.revoked, code.expires) for code in a.codes] == [
        ("code-1", 1.7e9, None),
        ("two", None, 2e9),
    ]
    assert (b.addresses, b.services) == (("b@y.test", "c@y.test"), {"smtp", "pop3"})
    assert [(code.label, code.scopes) for code in b.codes] == [("three", ("pop3",))]
    with editing(data / "accounts.toml", "x.test") as file:
        file.remove("a")
    assert directory(data, "x.test").addresses() == ["b@y.test"]


def test_a_file_that_cannot_be_changed_without_harm_is_left_alone(data: Path) -> None:
    scattered = (
        '[accounts.a]\n[accounts.b]\n[[accounts.a.codes]]\ncode = "1"\n'
        '[[accounts.b.codes]]\ncode = "2"\n[[accounts.a.codes]]\ncode = "3"\n'
    )
    data.mkdir(parents=True)
    (data / "accounts.toml").write_text(scattered)
    assert "without harm" in run(data, "code", "issue", "a", exit_code=1).output
    assert (data / "accounts.toml").read_text() == scattered


def test_suspend_and_resume(data: Path) -> None:
    run(data, "account", "add", "bob", "--code", "C")
    assert "suspended (banned)" in run(data, "account", "suspend", "bob").output
    assert directory(data).log_in("bob", "C", "smtp").suspended == "banned"
    shown = run(data, "account", "suspend", "bob", "--because", "web-login", "--json").stdout
    assert json.loads(shown) == {"address": "bob@fakemail.test", "suspended": "web-login"}
    assert "suspended: web-login" in run(data, "account", "list").output
    (account,) = json.loads(run(data, "account", "list", "--json").stdout)
    assert account["suspended"] == "web-login"
    assert "no longer" in run(data, "account", "resume", "bob@fakemail.test").output
    assert "suspended" not in (data / "accounts.toml").read_text().rpartition("[accounts.")[2]
    assert "not suspended" in run(data, "account", "resume", "bob", exit_code=1).output
    run(data, "account", "suspend", "nobody", exit_code=1)
    run(data, "account", "suspend", "bob", "--because", "whim", exit_code=2)


def test_an_unknown_cause_in_the_file_is_told(data: Path) -> None:
    run(data, "account", "add", "bob", "--code", "C")
    file = data / "accounts.toml"
    before, password, after = file.read_text().rpartition("password =")
    file.write_text(f'{before}suspended = "whim"\n{password}{after}')
    said = run(data, "account", "list", exit_code=1).output
    assert "whim" in said
    assert '"banned" or "web-login" or "policy"' in said
