"""The cursor consumes, or says where, what was wanted, and what it found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.wire.abnf import ALPHA, DIGIT
from fakemail.wire.cursor import Cursor, SyntaxFault


def test_words_spaces_and_runs() -> None:
    cursor = Cursor(b"Fetch 12:* abc")
    assert cursor.accept_word(b"FETCH")
    cursor.space()
    assert cursor.number("a number") == 12
    cursor.expect(b":*", "a range")
    assert not cursor.accept(b"x")
    cursor.space()
    assert cursor.run(DIGIT) == b""
    assert cursor.run1(ALPHA, "letters") == b"abc"
    assert cursor.ended
    assert cursor.next == -1
    cursor.end()


@pytest.mark.parametrize(
    ("octets", "ask", "offset", "text"),
    [
        (b"ab", lambda c: c.space(), 0, "wanted a space at offset 0, found 'ab'"),
        (b"", lambda c: c.space(), 0, "found the end of the line"),
        (b"\r\nx", lambda c: c.space(), 0, "found a line end"),
        (b"\x00\xff", lambda c: c.space(), 0, "found '\\x00\\xff'"),
        (b"x" * 40, lambda c: c.space(), 0, "found '" + "x" * 24 + "...'"),
        (b"0", lambda c: c.number("a count", least=1), 0, "a count (1 to 4294967295)"),
        (b"4294967296", lambda c: c.number("a count"), 0, "a count (0 to 4294967295)"),
        (b"9" * 5000, lambda c: c.number("a count"), 0, "a count"),
        (b"12", lambda c: c.digits(4, "a year"), 0, "wanted a year"),
        (b"abc", lambda c: c.take(4, "a literal"), 3, "wanted a literal at offset 3"),
        (b"abc", lambda c: c.end(), 0, "wanted the end of the command"),
        (b"abc", lambda c: c.expect(b"abd", "abd"), 0, "wanted abd"),
        (b"abc", lambda c: c.expect_word(b"ABD", "ABD"), 0, "wanted ABD"),
    ],
)
def test_what_is_wrong_is_said(octets: bytes, ask: object, offset: int, text: str) -> None:
    with pytest.raises(SyntaxFault) as caught:
        ask(Cursor(octets))  # type: ignore[operator]
    assert caught.value.offset == offset
    assert text in str(caught.value)


def test_a_failed_rule_consumes_nothing_that_was_not_asked_for() -> None:
    cursor = Cursor(b"abc")
    with pytest.raises(SyntaxFault):
        cursor.expect(b"x", "an x")
    assert cursor.at == 0
    assert cursor.rest == b"abc"


def test_the_octets_are_not_in_its_repr() -> None:
    assert "secret" not in repr(Cursor(b"LOGIN me secret"))


@given(st.binary(max_size=50), st.integers(0, 60))
def test_no_method_leaves_the_octets(octets: bytes, at: int) -> None:
    cursor = Cursor(octets, min(at, len(octets)))
    for ask in (
        lambda: cursor.number("n"),
        lambda: cursor.digits(2, "n"),
        lambda: cursor.take(3, "n"),
        cursor.space,
        lambda: cursor.run(ALPHA),
        lambda: cursor.accept_word(b"OK"),
    ):
        try:
            ask()
        except SyntaxFault as fault:
            assert 0 <= fault.offset <= len(octets)
        assert 0 <= cursor.at <= len(octets)
