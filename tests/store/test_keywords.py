"""``dovecot-keywords``: letters for keywords."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakemail.store.errors import BadFlag, TooManyKeywords
from fakemail.store.keywords import Keywords


def nobody() -> set[str]:
    return set()


def test_as_dovecot_writes_it(tmp_path: Path) -> None:
    (tmp_path / "dovecot-keywords").write_text("0 foo\n1 $Forwarded\n25 last\n")
    keywords = Keywords(str(tmp_path))
    keywords.refresh()
    assert keywords.names() == ["foo", "$Forwarded", "last"]
    assert keywords.flags("Sabzq") == {"\\Seen", "foo", "$Forwarded", "last"}


def test_new_ones_get_the_first_free_letter(tmp_path: Path) -> None:
    (tmp_path / "dovecot-keywords").write_text("0 foo\n2 bar\n")
    keywords = Keywords(str(tmp_path))
    keywords.refresh()
    assert sorted(keywords.letters(["\\seen", "FOO", "new"], nobody)) == ["S", "a", "b"]
    assert (tmp_path / "dovecot-keywords").read_text() == "0 foo\n1 new\n2 bar\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dovecot-keywords"]


def test_letters_that_stand_on_messages_without_a_name_come_last(tmp_path: Path) -> None:
    keywords = Keywords(str(tmp_path))
    assert keywords.letters(["new"], lambda: set("abS")) == "c"


@pytest.mark.parametrize("flag", ["", "a b", "a\nb", "\\Recent", "\\Other", "a]", "é", "a(", "*"])
def test_what_is_no_flag(tmp_path: Path, flag: str) -> None:
    with pytest.raises(BadFlag):
        Keywords(str(tmp_path)).letters([flag], nobody)
    assert not (tmp_path / "dovecot-keywords").exists()


def test_the_27th_needs_a_letter_that_nobody_carries(tmp_path: Path) -> None:
    keywords = Keywords(str(tmp_path))
    all_26 = [f"k{n}" for n in range(26)]
    assert len(keywords.letters(all_26, nobody)) == 26
    letters = set("abcdefghijklmnopqrstuvwxyz")
    with pytest.raises(TooManyKeywords):
        keywords.letters(["one-more"], lambda: letters)
    assert keywords.names() == all_26
    assert keywords.letters(["one-more"], lambda: letters - {"c"}) == "c"
    assert keywords.flags("c") == {"one-more"}


@pytest.mark.parametrize(
    "text", ["", "\0\0", "0\n", "x y\n", "99 far\n", "0 a\n0 b\n1 A\n", "0 é\n"]
)
def test_damage_never_fails(tmp_path: Path, text: str) -> None:
    (tmp_path / "dovecot-keywords").write_text(text)
    keywords = Keywords(str(tmp_path))
    keywords.refresh()
    letter = keywords.letters(["fine"], nobody)
    assert keywords.flags(letter) == {"fine"}
