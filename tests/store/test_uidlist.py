"""``dovecot-uidlist``: what is read, what is written, and what damage does."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.store.uidlist import UidList

HEADER = "3 V1700000000 N4 G50175e2a0926026bcf3d000083ecc375\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dovecot-uidlist"


def opened(path: Path, text: str | bytes) -> UidList:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    uidlist = UidList(str(path.parent), itertools.count(1800000000).__next__)
    uidlist.read()
    return uidlist


def test_as_dovecot_writes_it(path: Path) -> None:
    uidlist = opened(path, HEADER + "1 :a.M1P2.vm,S=17,W=20\n3 W22 :foreign\n5 :b\n")
    assert uidlist.validity == 1700000000
    assert uidlist.uids == {"a.M1P2.vm,S=17,W=20": 1, "foreign": 3, "b": 5}
    assert uidlist.extensions == {"foreign": "W22"}
    assert uidlist.next_uid == 6, "the last line counts as well as N"
    assert uidlist.guid == "50175e2a0926026bcf3d000083ecc375"
    assert not uidlist.damaged


def test_appends_are_lines_and_rewriting_keeps_what_it_does_not_know(path: Path) -> None:
    uidlist = opened(path, HEADER.replace("\n", " Xfuture\n") + "3 W22 Pzz :c\n")
    assert uidlist.assign(["d", "e"]) == [4, 5]
    assert path.read_text().endswith("3 W22 Pzz :c\n4 :d\n5 :e\n")
    uidlist.rewrite(["c", "e"])
    assert path.read_text() == (
        "3 V1700000000 N6 G50175e2a0926026bcf3d000083ecc375 Xfuture\n3 W22 Pzz :c\n5 :e\n"
    )
    assert not uidlist.changed()


def test_a_file_that_is_missing_is_made(path: Path) -> None:
    uidlist = UidList(str(path.parent), lambda: 1800000000)
    uidlist.read()
    assert uidlist.assign(["a"]) == [1]
    again = opened(path, path.read_bytes())
    assert (again.validity, again.uids, again.next_uid) == (1800000000, {"a": 1}, 2)
    assert len(again.guid) == 32


@pytest.mark.parametrize("torn", ["4", "4 ", "4 :", "4 :b.M1", "4 W"])
def test_a_torn_last_line_burns_its_uid(path: Path, torn: str) -> None:
    uidlist = opened(path, HEADER + "1 :a\n3 :c\n" + torn)
    assert uidlist.uids == {"a": 1, "c": 3}
    assert uidlist.assign(["b.M1P2"]) == [5]
    again = opened(path, path.read_bytes())
    assert again.uids == {"a": 1, "c": 3, "b.M1P2": 5}
    assert not again.damaged


def test_bad_lines_are_left_out_and_the_rest_keeps_its_uids(path: Path) -> None:
    lines = ["1 :a", "garbage", "2 :../x", "x :y", "2 :b", "2 :twice", "9 :a", "7", "8 :h"]
    uidlist = opened(path, HEADER + "\n".join(lines) + "\n")
    assert uidlist.uids == {"a": 1, "b": 2, "h": 8}
    assert uidlist.damaged
    assert uidlist.assign(["new"])[0] > 8


@pytest.mark.parametrize("header", ["", "\n", "4 V1 N2\n", "3 V0 N1 Gxx\n", "3 Vx Ny\n", "\0\0\0"])
def test_a_lost_header_means_a_new_validity(path: Path, header: str) -> None:
    uidlist = opened(path, header + "1 :a\n")
    assert not uidlist.validity
    uidlist.assign(["a"])
    assert uidlist.validity == 1800000000


def test_a_lost_header_is_remembered_by_whoever_read_it_before(path: Path) -> None:
    uidlist = opened(path, HEADER + "1 :a\n")
    path.write_bytes(b"")
    uidlist.read()
    assert uidlist.validity == 1700000000
    assert uidlist.next_uid == 4


@given(octets=st.binary(max_size=200), cut=st.integers(0, 120))
def test_nothing_makes_it_fail(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes, cut: int
) -> None:
    path = tmp_path_factory.mktemp("u") / "dovecot-uidlist"
    good = (HEADER + "1 :a\n2 :b\n3 :c\n").encode()
    uidlist = opened(path, good[:cut] + octets)
    highest = max(uidlist.uids.values(), default=0)
    (uid,) = uidlist.assign(["fresh"])
    again = opened(path, path.read_bytes())
    assert not again.damaged
    assert again.uids["fresh"] == uid
    assert uid > highest or uidlist.validity >= 1800000000
