"""The accounts file: what it may say, and errors that help."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.accounts.file import ALLOWED, AccountsFileError, AccountTable, CodeTable, parse

FULL = """
[accounts."Alice@Fakemail.Test"]
addresses = ["sales@fakemail.test", "alice@other.test", "SALES@fakemail.test"]
password = "web"
pop3 = false

[[accounts."Alice@Fakemail.Test".codes]]
code = "UMJLXEIFUZXKOEXK"
label = "laptop"
created = 2023-11-14T22:13:20Z
expires = 2027-03-01
scopes = ["imap", "smtp"]

[[accounts."Alice@Fakemail.Test".codes]]
code = "abcd efgh ijkl mnop"
revoked = true

[accounts.bob]
codes = [
  { code = "x", expires = 2027-03-01T00:00:00 },
  { code = "y", revoked = 2023-11-14T23:13:20+01:00 },
]
"""


def test_everything_it_may_say() -> None:
    alice, bob = parse(FULL.encode(), "f", "fakemail.test").accounts
    assert alice.addresses == ("alice@fakemail.test", "sales@fakemail.test", "alice@other.test")
    assert alice.password == "web"
    assert alice.services == {"smtp", "imap"}
    laptop, phone = alice.codes
    assert (laptop.label, laptop.secret) == ("laptop", "UMJLXEIFUZXKOEXK")
    assert laptop.created == 1_700_000_000.0
    assert laptop.scopes == ("smtp", "imap")
    assert laptop.revoked is None
    assert (phone.label, phone.revoked, phone.scopes) == ("code-2", True, ("smtp", "pop3", "imap"))
    assert bob.address == "bob@fakemail.test"
    assert bob.codes[0].expires == laptop.expires == 1_803_859_200.0  # without a zone: UTC
    assert bob.codes[1].revoked == 1_700_000_000.0


def test_secrets_have_no_repr() -> None:
    roster = parse(FULL.encode(), "f", "fakemail.test")
    assert "UMJLXEIFUZXKOEXK" not in repr(roster.accounts)
    assert "web" not in repr(roster.accounts)
    assert "hunter2" not in repr(CodeTable(code="hunter2"))
    assert "hunter2" not in repr(AccountTable(password="hunter2"))


@pytest.mark.parametrize("octets", [b"", b"# only a comment\n", b"\xef\xbb\xbf\r\n[accounts]\r\n"])
def test_no_accounts(octets: bytes) -> None:
    assert parse(octets, "f", "d.test").accounts == ()


A = '[accounts."a@b.test"]\n'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("accounts", ["not TOML"]),
        ("x = [1 2]", ["not TOML", "line 1"]),
        ("x = " + "[" * 5000, ["not TOML"]),
        ("n = " + "9" * 5000, ["not TOML"]),
        ("users = 1", ["unknown key 'users'", "'accounts'"]),
        ("accounts = 3", ["accounts = 3", '[accounts."ADDRESS"]']),
        ("accounts.a = 3", ['accounts."a" = 3', '[accounts."ADDRESS"]']),
        (A + "paswort = 'hunter2'", ['"a@b.test"', "unknown key 'paswort'", "password"]),
        (A + "imap = 'yes'", ['."a@b.test".imap = "yes"', "allowed: true or false"]),
        (A + "imap = 1", [".imap = 1", "allowed: true or false"]),
        (A + "password = 7", [".password = (not shown)", "a string"]),
        (A + "addresses = 's@b'", ['.addresses = "s@b"', "a list of addresses"]),
        (A + "addresses = [3]", [".addresses[0] = 3", "a list of addresses"]),
        (A + "addresses = ['x y@b']", [".addresses[0]", "'x y@b' is not an address"]),
        ('[accounts."a@@b"]', ["'a@@b' is not an address"]),
        (A + "expires = 2026-13-40", ["not TOML", "line 2"]),
        (A + "codes = 'hunter2'", [".codes = (not shown)", ".codes]]"]),
        (A + "codes = ['hunter2']", [".codes[0] = (not shown)"]),
        (A + "codes = [{}]", [".codes[0]", "the key 'code' is missing"]),
        (A + "codes = [{code = ''}]", [".codes[0].code is empty", "at least one character"]),
        (A + "codes = [{code = '  '}]", [".codes[0].code is empty"]),
        (A + 'codes = [{code = "hunter2\\r"}]', [".codes[0].code is with control characters"]),
        (A + "codes = [{code = ['hunter2']}]", [".codes[0].code = (not shown)"]),
        (A + "codes = [{code = 'c', valid = 1}]", [".codes[0]", "unknown key 'valid'", "expires"]),
        (A + "codes = [{code = 'c', expires = 'soon'}]", ['expires = "soon"', "2027-03-01"]),
        (A + "codes = [{code = 'c', expires = true}]", ["expires = true", "2027-03-01"]),
        (A + "codes = [{code = 'c', revoked = 1}]", ["revoked = 1", "true, false, or a date"]),
        (A + "codes = [{code = 'c', scopes = ['ftp']}]", ['scopes[0] = "ftp"', '"imap"']),
        (A + "codes = [{code = 'c', scopes = []}]", ["scopes = []", "at least one of"]),
        (A + "codes = [{code = 'c', label = 7}]", ["label = 7", "unique"]),
        (A + "codes = [{code='c', label='x'}, {code='d', label='x'}]", ["label = 'x'", "earlier"]),
        (A + "[accounts.'A@B.test']", ["a@b.test belongs to both", "one account"]),
        (A + "[accounts.c]\naddresses = ['A@b.test']", ["a@b.test belongs to both"]),
    ],
)
def test_errors_name_file_key_value_and_what_is_allowed(text: str, wanted: list[str]) -> None:
    with pytest.raises(AccountsFileError) as caught:
        parse(text.encode(), "/data/accounts.toml", "d.test")
    message = str(caught.value)
    assert message.startswith("/data/accounts.toml: ")
    for words in wanted:
        assert words in message
    assert "hunter2" not in message
    assert "\n" not in message


def test_not_utf_8() -> None:
    with pytest.raises(AccountsFileError, match="octet 2 is not UTF-8"):
        parse(b"# \xff", "f", "d.test")


def test_every_key_says_what_is_allowed() -> None:
    known = {*AccountTable.__struct_fields__, *CodeTable.__struct_fields__, "accounts"}
    assert known == set(ALLOWED)


def test_the_comment_in_a_new_file_is_a_legal_file() -> None:
    from fakemail.accounts.edit import INTRODUCTION

    lines = [
        line[4:].partition("    #")[0] for line in INTRODUCTION.splitlines() if line[3:4] == " "
    ]
    (alice,) = parse("\n".join(lines).encode(), "f", "d.test").accounts
    assert alice.codes[0].label == "laptop"


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "ignore")))
def test_any_file_is_read_or_refused(octets: bytes) -> None:
    try:
        parse(A.encode() + octets, str(Path("f")), "d.test")
    except AccountsFileError:
        pass
