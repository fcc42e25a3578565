"""Octet sets against the words of RFC 5234 §B.1, over all 256 octets."""

from __future__ import annotations

import pytest

from fakemail.wire import abnf


@pytest.mark.parametrize(
    ("octets", "is_member"),
    [
        (abnf.ALPHA, lambda o: chr(o).isalpha() and o < 128),
        (abnf.DIGIT, lambda o: 48 <= o <= 57),
        (abnf.CTL, lambda o: o < 32 or o == 127),
        (abnf.CHAR, lambda o: 1 <= o <= 127),
        (abnf.VCHAR, lambda o: 33 <= o <= 126),
        (abnf.OCTET, lambda o: True),
        (abnf.HEXDIG, lambda o: chr(o) in "0123456789abcdefABCDEF"),
    ],
)
def test_core_rules(octets: abnf.Octets, is_member: object) -> None:
    assert [o for o in range(256) if o in octets] == [o for o in range(256) if is_member(o)]  # type: ignore[operator]


def test_sets_unite_and_narrow() -> None:
    vowels = abnf.of("vowel", "aeiou")
    consonants = abnf.ALPHA.minus("consonant", vowels)
    assert ord("a") not in consonants
    assert ord("b") in consonants
    assert list(consonants.plus("letter", vowels)) == list(abnf.ALPHA)
    assert len(consonants) == 47


@pytest.mark.parametrize("special", [b"^-]\\", b"]", b"-", b"\x00\xff\n"])
def test_runs_of_characters_that_mean_something_to_re(special: bytes) -> None:
    octets = abnf.Octets("special", special)
    assert octets.holds(special * 3)
    assert not octets.holds(special + b"x")


def test_the_empty_set_holds_nothing_but_nothing() -> None:
    nothing = abnf.Octets("nothing", b"")
    assert nothing.holds(b"")
    assert not nothing.holds(b"x")


def test_what_is_not_an_octet_is_refused() -> None:
    with pytest.raises(ValueError, match="256"):
        abnf.Octets("too large", [1, 256])
