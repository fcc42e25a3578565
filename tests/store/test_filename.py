"""The names of message files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakemail.clock import ManualClock
from fakemail.store import filename


def test_known_names() -> None:
    name = "1795302935.M380521P15860.vm,S=17,W=20:2,Sab"
    assert filename.base_of(name) == "1795302935.M380521P15860.vm,S=17,W=20"
    assert filename.letters_of(name, filename.base_of(name)) == "Sab"
    assert filename.sizes_of(filename.base_of(name)) == (17, 20)
    assert not filename.is_verbatim(filename.base_of(name))
    assert filename.is_verbatim("x,S=20,W=20")


def test_other_programs_names() -> None:
    assert filename.letters_of("x", "x") == ""
    assert filename.letters_of("x:1,S", "x") == ""
    assert filename.letters_of("x:2,S,more", "x") == "S"
    assert filename.sizes_of("x") == (None, None)
    assert filename.sizes_of("x,S=abc,W=12") == (None, 12)
    assert filename.sizes_of("x,S=5") == (5, None)
    assert not filename.is_verbatim("x,S=5")


def test_letters_are_sorted_and_once() -> None:
    assert filename.with_letters("x", "TSaST") == "x:2,STa"


def test_names_are_unique_and_sort_in_order_even_when_time_stands_still() -> None:
    clock = ManualClock()
    maker, other = filename.NameMaker(clock), filename.NameMaker(clock)
    names = [maker.base(10) for _ in range(1000)]
    assert names == sorted(names, key=filename.delivery_order)
    clock.advance(-3600)
    names.append(maker.base(10))
    assert names == sorted(names, key=filename.delivery_order)
    assert not set(names) & {other.base(10) for _ in range(1000)}
    assert len(set(names)) == 1001


def test_own_names_serve_as_uidl() -> None:
    """RFC 1939 §7: 1 to 70 characters from 0x21 to 0x7E."""
    base = filename.NameMaker(ManualClock()).base(99_999_999)
    assert len(base) <= 70
    assert filename.guid_of(base) == base


@given(st.text(min_size=0, max_size=100))
def test_any_name_gives_a_legal_uidl(base: str) -> None:
    guid = filename.guid_of(base)
    assert 1 <= len(guid) <= 70
    assert all("!" <= c <= "~" for c in guid)


@given(
    st.text("abcXYZ.,=_019", min_size=1, max_size=30),
    st.sets(st.sampled_from("DFRSTabcz")),
)
def test_round_trip(base: str, letters: set[str]) -> None:
    name = filename.with_letters(base, "".join(letters))
    assert filename.base_of(name) == base
    assert set(filename.letters_of(name, base)) == letters


def test_a_copy_keeps_the_sizes() -> None:
    maker = filename.NameMaker(ManualClock())
    assert filename.sizes_of(maker.like("x,S=17,W=20")) == (17, 20)
    assert filename.sizes_of(maker.like("foreign")) == (None, None)
