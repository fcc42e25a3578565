"""Where an address's mail lies: injective, portable, never outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.clock import SystemClock
from fakemail.store.errors import PathEscapes
from fakemail.store.paths import path_of
from fakemail.store.store import Store

ROOT = Path("/mail")
HARMLESS = re.compile(r"(?!\.)[a-z0-9_+=.%A-F~-]+(?<!\.)")


def relative(address: str) -> str:
    return str(path_of(ROOT, address).relative_to(ROOT))


def test_known_answers() -> None:
    assert relative("Alice@X.Test") == "x.test/alice"
    assert relative("tom+tag@qq.com") == "qq.com/tom+tag"
    assert relative("a/b@x.test") == "x.test/a%2Fb"
    assert relative("..@..") == "%2E%2E/%2E%2E"
    assert relative(".hidden@x.test") == "x.test/%2Ehidden"
    assert relative("a\0b@x.test") == "x.test/a%00b"
    assert relative("用户@例子.test").startswith("%E4%BE%8B%E5%AD%90.test/%E7%94%A8")
    assert relative("@x.test") == "x.test/%"
    assert relative("postmaster") == "%none/postmaster"
    assert relative("con@nul.test") == "%6Eul.test/%63on"
    assert relative('"a@b"@x.test') == "x.test/%22a%40b%22"


@given(st.text(max_size=400))
def test_never_leaves_the_root_and_is_portable(address: str) -> None:
    path = path_of(ROOT, address)
    assert path.parent.parent == ROOT
    for part in path.relative_to(ROOT).parts:
        assert HARMLESS.fullmatch(part)
        assert len(part) <= 150


@given(st.lists(st.text("aB.%/~@2e\0é", max_size=8), min_size=2, max_size=8))
def test_injective_on_lower_case(addresses: list[str]) -> None:
    lower = {address.lower() for address in addresses}
    assert len({path_of(ROOT, address) for address in lower}) == len(lower)


def test_long_parts_stay_apart() -> None:
    one, two = "a" * 1000 + "1", "a" * 1000 + "2"
    assert path_of(ROOT, f"{one}@x.test") != path_of(ROOT, f"{two}@x.test")


def test_a_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "mail"
    (root / "x.test").mkdir(parents=True)
    (root / "x.test" / "eve").symlink_to(outside)
    (root / "evil.test").symlink_to(outside)
    store = Store(root, SystemClock(), watch=False)
    for address in ("eve@x.test", "anybody@evil.test"):
        with pytest.raises(PathEscapes):
            store.home(address)
    assert list(outside.iterdir()) == []


def test_a_root_below_a_link_is_fine(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    home = Store(tmp_path / "link", SystemClock(), watch=False).home("a@x.test")
    assert home.mailboxes()[0] == "INBOX"
