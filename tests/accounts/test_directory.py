"""Who logs in, who receives mail, and how a changed file is picked up."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.accounts.account import Login
from fakemail.accounts.codes import Service
from fakemail.accounts.directory import Directory, Mode
from fakemail.accounts.file import AccountsFileError
from fakemail.clock import ManualClock
from fakemail.reasons.auth import (
    AUTHORIZATION_REFUSED,
    CODE_EXPIRED,
    CODE_OUT_OF_SCOPE,
    CODE_REVOKED,
    EMPTY_IDENTITY,
    EMPTY_SECRET,
    NO_SUCH_ACCOUNT,
    NO_SUCH_USER,
    PASSWORD_NOT_CODE,
    SERVICE_OFF,
    WRONG_CODE,
)
from fakemail.reasons.reason import Reason, Refusal

ACCOUNTS = """
[accounts."alice@fakemail.test"]
addresses = ["sales@fakemail.test", "alice@qq.test"]
password = "webpass"
codes = [
  { code = "UMJLXEIFUZXKOEXK", label = "laptop" },
  { code = "abcd efgh ijkl mnop", label = "phone", scopes = ["imap"] },
  { code = "EXPIRED", label = "old", expires = 2020-01-01 },
  { code = "REVOKED", label = "lost", revoked = true },
  { code = "LATER", label = "later", expires = 2023-11-14T22:14:20Z },
]

[accounts."bob@qq.test"]
pop3 = false
password = "webpass"
codes = [{ code = "BOB" }]

[accounts."carol@qq.test"]
codes = [{ code = "C1" }]

[accounts."carol@163.test"]
codes = [{ code = "C2" }]

[accounts."dave@fakemail.test"]
password = "only"
"""

MakeDirectory = Callable[..., Directory]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def make(tmp_path: Path, clock: ManualClock) -> MakeDirectory:
    def make(mode: Mode = "open", text: str = ACCOUNTS) -> Directory:
        file = tmp_path / "accounts.toml"
        file.write_text(text)
        return Directory(file, clock, mode=mode)

    return make


def refused(
    directory: Directory, identity: str, secret: str, service: Service = "smtp", act_as: str = ""
) -> Reason:
    with pytest.raises(Refusal) as caught:
        directory.log_in(identity, secret, service, act_as)
    assert secret == "" or len(secret) < 3 or secret not in str(caught.value.facts)
    assert str(caught.value.facts.get("detail", "")).isprintable()
    return caught.value.reason


@pytest.mark.parametrize("mode", ["open", "listed"])
@pytest.mark.parametrize(
    "identity",
    ["alice@fakemail.test", "ALICE@FakeMail.Test", "alice", "Alice", "sales", "alice@qq.test",
     "alice+tag@fakemail.test", "alice+tag", '"alice"@fakemail.test'],
)  # fmt: skip
def test_login_by_any_spelling(make: MakeDirectory, mode: Mode, identity: str) -> None:
    login = make(mode).log_in(identity, "UMJLXEIFUZXKOEXK", "pop3")
    assert login == Login("alice@fakemail.test", "laptop", listed=True)


def test_local_part_of_the_one_account_that_has_it(make: MakeDirectory) -> None:
    assert make().log_in("bob", "BOB", "imap").address == "bob@qq.test"


@pytest.mark.parametrize("mode", ["open", "listed"])
def test_local_part_of_two_accounts_must_say_which(make: MakeDirectory, mode: Mode) -> None:
    directory = make(mode)
    with pytest.raises(Refusal) as caught:
        directory.log_in("carol", "C1", "imap")
    assert caught.value.reason is NO_SUCH_ACCOUNT
    assert "carol@163.test, carol@qq.test" in str(caught.value.facts["detail"])
    assert directory.log_in("carol@163.test", "C2", "imap").address == "carol@163.test"


@pytest.mark.parametrize("secret", ["abcd efgh ijkl mnop", "abcdefghijklmnop", "abcd efghijklmnop"])
def test_spaces_of_a_code_do_not_count(make: MakeDirectory, secret: str) -> None:
    assert make().log_in("alice", secret, "imap").label == "phone"


@pytest.mark.parametrize("mode", ["open", "listed"])
@pytest.mark.parametrize(
    ("identity", "secret", "service", "reason"),
    [
        ("alice", "wrong", "smtp", WRONG_CODE),
        ("alice", "BOB", "smtp", WRONG_CODE),
        ("alice", "   ", "smtp", WRONG_CODE),
        ("alice", "\ud800", "smtp", WRONG_CODE),
        ("alice", "x" * 100_000, "smtp", WRONG_CODE),
        ("alice", "webpass", "smtp", PASSWORD_NOT_CODE),
        ("dave", "only", "imap", PASSWORD_NOT_CODE),
        ("dave", "other", "imap", WRONG_CODE),
        ("alice", "EXPIRED", "pop3", CODE_EXPIRED),
        ("alice", "REVOKED", "imap", CODE_REVOKED),
        ("alice", "abcdefghijklmnop", "smtp", CODE_OUT_OF_SCOPE),
        ("bob", "BOB", "pop3", SERVICE_OFF),
        ("bob", "nope", "pop3", WRONG_CODE),
        ("alice", "", "pop3", EMPTY_SECRET),
        ("", "x", "pop3", EMPTY_IDENTITY),
        ("", "", "pop3", EMPTY_IDENTITY),
        ("a\0b", "x", "smtp", NO_SUCH_ACCOUNT),
        ("a\r\nb@x", "x", "smtp", NO_SUCH_ACCOUNT),
        ("\ud800\udfff", "x", "smtp", NO_SUCH_ACCOUNT),
        ("x" * 10_240, "x", "imap", NO_SUCH_ACCOUNT),
        ("alice@", "x", "imap", NO_SUCH_ACCOUNT),
    ],
)
def test_refusals(
    make: MakeDirectory, mode: Mode, identity: str, secret: str, service: Service, reason: Reason
) -> None:
    assert refused(make(mode), identity, secret, service) is reason


def test_strangers(make: MakeDirectory) -> None:
    login = make("open").log_in("Nobody@X.test", "anything", "imap")
    assert login == Login("nobody@x.test", "any code", listed=False)
    assert refused(make("open"), "nobody", "") is EMPTY_SECRET
    assert refused(make("open"), "nobody", " ") is EMPTY_SECRET
    assert refused(make("listed"), "nobody@x.test", "anything") is NO_SUCH_ACCOUNT


@pytest.mark.parametrize("mode", ["open", "listed"])
@pytest.mark.parametrize(
    "identity", ["UMJLXEIFUZXKOEXK", "abcd efgh ijkl mnop", "abcdefghijklmnop", "webpass"]
)
def test_a_code_where_the_name_belongs_is_not_shown(
    make: MakeDirectory, mode: Mode, identity: str
) -> None:
    with pytest.raises(Refusal) as caught:
        make(mode=mode).log_in(identity, "alice@fakemail.test", "smtp")
    assert caught.value.reason is NO_SUCH_ACCOUNT
    assert identity not in str(caught.value.facts)
    assert "stands where the user name belongs" in caught.value.facts["detail"]


def test_the_wire_does_not_tell_strangers_from_wrong_codes() -> None:
    for protocol in ("smtp", "pop3", "imap"):
        assert NO_SUCH_ACCOUNT.wording(protocol) == WRONG_CODE.wording(protocol)


def test_a_code_expires_at_its_moment(make: MakeDirectory, clock: ManualClock) -> None:
    directory = make()
    clock.now = 1_700_000_059.9
    assert directory.log_in("alice", "LATER", "smtp").label == "later"
    clock.now = 1_700_000_060.0
    assert refused(directory, "alice", "LATER") is CODE_EXPIRED


def test_a_secret_issued_again_is_good_again(make: MakeDirectory) -> None:
    directory = make(
        text='accounts.a.codes = [{code="S", revoked=true}, {code="S", scopes=["imap"]},'
        ' {code="S"}]'
    )
    assert directory.log_in("a", "S", "smtp").label == "code-3"


@pytest.mark.parametrize(
    ("secret", "hint"),
    [
        ("UMJLXEIFUZXKOEXK\r\n", "white space"),
        ("'UMJLXEIFUZXKOEXK'", "quotes"),
        ("umjlxeifuzxkoexk", "letter case"),
        ("VU1KTFhFSUZVWlhLT0VYSw==", "encoded twice"),
        ("UMJLXEIFUZXKOEX", "none of its codes (5)"),
    ],
)
def test_the_transcript_learns_of_the_usual_mistakes(
    make: MakeDirectory, secret: str, hint: str
) -> None:
    with pytest.raises(Refusal) as caught:
        make().log_in("alice", secret, "smtp")
    assert caught.value.reason is WRONG_CODE
    assert hint in str(caught.value.facts["detail"])
    assert "UMJLXEIFUZXKOEX" not in str(caught.value.facts).upper()


def test_acting_as_somebody_else(make: MakeDirectory) -> None:
    directory = make()
    code = "UMJLXEIFUZXKOEXK"
    for own in ("alice", "Alice@fakemail.test", "sales@fakemail.test", "alice+x@qq.test"):
        assert directory.log_in("alice", code, "imap", own).address == "alice@fakemail.test"
    assert refused(directory, "alice", code, "imap", "bob@qq.test") is AUTHORIZATION_REFUSED
    assert refused(directory, "alice", code, "imap", "\0") is AUTHORIZATION_REFUSED
    assert refused(directory, "alice", "wrong", "imap", "bob@qq.test") is WRONG_CODE
    assert refused(directory, "x@y", code, "imap", "bob@qq.test") is AUTHORIZATION_REFUSED


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("ALICE@fakemail.test", "alice@fakemail.test"),
        ("sales@fakemail.test", "alice@fakemail.test"),
        ("sales+x@fakemail.test", "alice@fakemail.test"),
        ("bob", "bob@qq.test"),
        ("postmaster", "postmaster@fakemail.test"),
        ("Postmaster@fakemail.test", "postmaster@fakemail.test"),
    ],
)
@pytest.mark.parametrize("mode", ["open", "listed"])
def test_recipients(make: MakeDirectory, mode: Mode, address: str, mailbox: str) -> None:
    assert make(mode).recipient(address) == mailbox


def test_recipients_that_are_strangers(make: MakeDirectory) -> None:
    assert make("open").recipient("Who+Tag@Ever.test") == "who+tag@ever.test"
    assert make("open").recipient("who") == "who@fakemail.test"
    assert make("open").recipient("carol") == "carol@fakemail.test"  # two others are listed
    for address in ("carol", "who@ever.test", "bob@fakemail.test", "postmaster@qq.test", "who"):
        with pytest.raises(Refusal) as caught:
            make("listed").recipient(address)
        assert caught.value.reason is NO_SUCH_USER
        assert caught.value.facts["recipient"] == address


@pytest.mark.parametrize("address", ["", "a\0@x", "x" * 10_000, "\udcff@x", "@", "a@"])
@pytest.mark.parametrize("mode", ["open", "listed"])
def test_recipients_that_are_no_addresses(make: MakeDirectory, mode: Mode, address: str) -> None:
    with pytest.raises(Refusal) as caught:
        make(mode).recipient(address)
    assert caught.value.reason is NO_SUCH_USER
    assert str(caught.value.facts["recipient"]).isprintable()


def test_who_may_send_as_whom(make: MakeDirectory) -> None:
    directory = make()
    alice = directory.log_in("alice", "UMJLXEIFUZXKOEXK", "smtp")
    for own in ("", "alice@fakemail.test", "SALES@fakemail.test", "alice+x@qq.test"):
        assert directory.owner_may_send(alice, own)
    for other in ("bob@qq.test", "x@y.test", "\0", "not an address"):
        assert not directory.owner_may_send(alice, other)
    stranger = directory.log_in("x@y.test", "any", "smtp")
    assert directory.owner_may_send(stranger, "X@y.test")
    assert not directory.owner_may_send(stranger, "alice@fakemail.test")


def test_addresses_in_the_order_of_the_file(make: MakeDirectory) -> None:
    assert make().addresses()[:2] == ["alice@fakemail.test", "bob@qq.test"]


@given(st.text(max_size=30), st.text(max_size=10), st.sampled_from(["open", "listed"]))
def test_hostile_strings_are_refused_or_let_in_cleanly(
    identity: str, secret: str, mode: Mode
) -> None:
    directory = Directory(None, ManualClock(), mode=mode)
    try:
        login = directory.log_in(identity, secret, "imap", secret)
    except Refusal as refusal:
        assert refusal.reason.slug.startswith("auth.")
        for fact in refusal.facts.values():
            assert str(fact).isprintable()
    else:
        assert mode == "open" and "@" in login.address


class TestChangesWhileRunning:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "accounts.toml"

    @pytest.fixture
    def problems(self) -> list[str]:
        return []

    @pytest.fixture
    def directory(self, file: Path, clock: ManualClock, problems: list[str]) -> Directory:
        return Directory(file, clock, mode="listed", on_problem=problems.append)

    def write(self, file: Path, text: str, stamp: int) -> None:
        file.write_text(text)
        os.utime(file, ns=(stamp, stamp))

    def test_a_file_comes_changes_and_goes(self, file: Path, directory: Directory) -> None:
        assert directory.addresses() == []
        self.write(file, 'accounts.a.codes = [{code = "1"}]', 10**18)
        assert directory.log_in("a", "1", "imap").label == "code-1"
        self.write(file, 'accounts.a.codes = [{code = "2"}]', 10**18 + 1)
        assert refused(directory, "a", "1") is WRONG_CODE
        assert directory.log_in("a", "2", "imap").label == "code-1"
        file.unlink()
        assert refused(directory, "a", "2") is NO_SUCH_ACCOUNT

    def test_replaced_by_another_file_with_the_same_time_and_size(
        self, file: Path, tmp_path: Path, directory: Directory
    ) -> None:
        self.write(file, "accounts.a.imap = true", 10**18)
        assert directory.addresses() == ["a@fakemail.test"]
        other = tmp_path / "other"
        self.write(other, "accounts.b.imap = true", 10**18)
        os.replace(other, file)
        assert directory.addresses() == ["b@fakemail.test"]

    def test_written_twice_within_one_tick_of_the_file_system(
        self, file: Path, directory: Directory, clock: ManualClock
    ) -> None:
        clock.now = 1e9
        self.write(file, "accounts.a.imap = true", 10**18)
        assert directory.addresses() == ["a@fakemail.test"]
        self.write(file, "accounts.b.imap = true", 10**18)
        assert directory.addresses() == ["b@fakemail.test"]

    def test_a_settled_file_is_not_read_again(
        self, file: Path, directory: Directory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.write(file, "accounts.a.imap = true", 10**18)
        assert directory.addresses() == ["a@fakemail.test"]
        monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail("read again"))
        assert directory.addresses() == ["a@fakemail.test"]

    def test_broken_while_running_keeps_the_last_good_state(
        self, file: Path, directory: Directory, problems: list[str]
    ) -> None:
        self.write(file, 'accounts.a.codes = [{code = "1"}]', 10**18)
        assert directory.log_in("a", "1", "imap")
        self.write(file, "accounts.a.codes = [{cod", 10**18 + 1)
        for _ in range(3):
            assert directory.log_in("a", "1", "imap")
        assert len(problems) == 1
        assert directory.problem == problems[0]
        assert str(file) in problems[0] and "not TOML" in problems[0]
        self.write(file, 'accounts.a.codes = [{code = "2"}]', 10**18 + 2)
        assert directory.log_in("a", "2", "imap")
        assert directory.problem is None
        self.write(file, "accounts.a.codes = [{cod", 10**18 + 3)
        assert directory.log_in("a", "2", "imap")
        assert len(problems) == 2

    def test_broken_at_the_start_is_an_error(self, file: Path, clock: ManualClock) -> None:
        self.write(file, "nonsense", 10**18)
        with pytest.raises(AccountsFileError, match="not TOML"):
            Directory(file, clock)

    def test_a_folder_in_its_place_is_an_error(self, file: Path, clock: ManualClock) -> None:
        file.mkdir()
        with pytest.raises(AccountsFileError, match="Is a directory"):
            Directory(file, clock)


def test_every_code_and_the_dummy_are_compared_in_constant_time(
    make: MakeDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hmac

    from fakemail.accounts import codes

    compared: list[int] = []

    def spy(one: bytes, other: bytes) -> bool:
        compared.append(1)
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(codes, "compare_digest", spy)
    directory = make("listed")
    directory.log_in("alice", "UMJLXEIFUZXKOEXK", "smtp")
    assert len(compared) == 6  # five codes and the password, although the first code was right
    compared.clear()
    assert refused(directory, "bob", "wrong") is WRONG_CODE
    with_one_code = len(compared)
    compared.clear()
    assert refused(directory, "nobody@x.test", "wrong") is NO_SUCH_ACCOUNT
    assert len(compared) == with_one_code > 2
