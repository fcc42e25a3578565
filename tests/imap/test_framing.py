"""Commands are cut before they are parsed, and nothing a client sends loses the place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.imap.framing import Announced, Chunk, Command, Framing
from fakemail.reasons.imap import COMMAND_TOO_LARGE, NUL
from fakemail.reasons.reason import Refusal


def cut(framing: Framing, octets: bytes, *, by_one: bool = False) -> list[object]:
    """All events, every literal gathered when it fits and refused otherwise."""
    events: list[object] = []
    for piece in [bytes([octet]) for octet in octets] if by_one else [octets]:
        framing.feed(piece)
        while (event := framing.next()) is not None:
            events.append(event)
            if isinstance(event, Announced):
                if event.fits:
                    framing.gather()
                else:
                    framing.refuse(Refusal(COMMAND_TOO_LARGE))
    return events


def commands(events: list[object]) -> list[bytes]:
    return [event.octets for event in events if isinstance(event, Command) and not event.refusal]


def test_lines_and_literals() -> None:
    events = cut(Framing(100), b"a NOOP\r\nb LOGIN {3}\r\ntom {4+}\r\nc\r\nd\r\nc X\r\n")
    assert commands(events) == [b"a NOOP", b"b LOGIN {3}\r\ntom {4+}\r\nc\r\nd", b"c X"]
    literals = [event for event in events if isinstance(event, Announced)]
    assert [(each.size, each.waits, each.fits) for each in literals] == [
        (3, True, True),
        (4, False, True),
    ]
    assert literals[1].octets == b"b LOGIN {3}\r\ntom {4+}"


def test_a_refused_literal_that_waits_ends_the_command() -> None:
    framing = Framing(20)
    events = cut(framing, b"a X {100}\r\nb NOOP\r\n")
    assert commands(events) == [b"b NOOP"]
    refused = events[1]
    assert isinstance(refused, Command)
    assert refused.octets == b"a X {100}"
    assert refused.refusal is not None


def test_a_refused_literal_that_does_not_wait_is_swallowed_with_all_that_follow() -> None:
    octets = b"a X {30+}\r\n" + b"z NOOP\r\n" * 4 + b" {8+}\r\nz NOOP\r\n\r\nb NOOP\r\n"
    octets = octets.replace(b"{30+}", b"{32+}")
    for by_one in (False, True):
        assert commands(cut(Framing(20), octets, by_one=by_one)) == [b"b NOOP"]


def test_a_command_that_was_refused_and_then_waits_is_over() -> None:
    events = cut(Framing(20), b"a X {30+}\r\n" + b"x" * 30 + b" {5}\r\nb NOOP\r\n")
    assert commands(events) == [b"b NOOP"]


@pytest.mark.parametrize("by_one", [False, True])
def test_a_line_that_is_too_long_keeps_its_literal_in_mind(by_one: bool) -> None:
    long = b"a X " + b"y" * 5000
    events = cut(Framing(100), long + b" {8+}\r\nz NOOP\r\n\r\nb NOOP\r\n", by_one=by_one)
    assert commands(events) == [b"b NOOP"]
    refused = [e for e in events if isinstance(e, Command) and e.refusal]
    assert len(refused) == 1
    assert refused[0].octets.startswith(b"a X yyy")
    events = cut(Framing(100), long + b"\r\nb NOOP\r\n", by_one=by_one)
    assert commands(events) == [b"b NOOP"]


def test_endless_lines_are_not_kept() -> None:
    framing = Framing(1000)
    for _ in range(1000):
        framing.feed(b"x" * 1000)
        assert framing.next() is None
    assert len(framing._octets) < 3000


def test_a_stream_comes_in_chunks_and_is_not_kept() -> None:
    framing = Framing(50)
    framing.feed(b"a APPEND x {100000}\r\n")
    assert isinstance(framing.next(), Announced)
    framing.stream()
    for _ in range(99):
        framing.feed(b"m" * 1000)
        chunk = framing.next()
        assert isinstance(chunk, Chunk)
        assert chunk.octets == b"m" * 1000
    framing.feed(b"m" * 1000 + b"\r\nb NOOP\r\n")
    assert framing.next() == Chunk(b"m" * 1000, 0)
    assert framing.next() == Command(b"a APPEND x {100000}\r\n")
    assert framing.next() == Command(b"b NOOP")


def test_a_stream_can_be_refused_in_the_middle() -> None:
    framing = Framing(50)
    framing.feed(b"a APPEND x {10+}\r\nab")
    assert isinstance(framing.next(), Announced)
    framing.stream()
    assert framing.next() == Chunk(b"ab", 8)
    framing.refuse(Refusal(NUL))
    framing.feed(b"cdefghij\r\nb NOOP\r\n")
    refused = framing.next()
    assert isinstance(refused, Command)
    assert refused.refusal is not None
    assert framing.next() == Command(b"b NOOP")


def test_bare_line_feeds_end_lines_and_are_counted() -> None:
    framing = Framing(50)
    assert commands(cut(framing, b"a NOOP\nb X {2}\nab c\n")) == [b"a NOOP", b"b X {2}\r\nab c"]
    assert framing.bare_line_feeds == 3


@pytest.mark.parametrize("size", [b"99999999999999999999", b"4294967296"])
def test_absurd_counts(size: bytes) -> None:
    framing = Framing(50)
    framing.feed(b"a X {" + size + b"}\r\n")
    event = framing.next()
    assert isinstance(event, Announced)
    assert not event.fits


@pytest.mark.parametrize("end", [b"{}", b"{-1}", b"{1", b"{1}x", b"{1 }", b"{1++}", b"{x}"])
def test_what_is_no_literal(end: bytes) -> None:
    assert commands(cut(Framing(50), b"a X " + end + b"\r\n")) == [b"a X " + end]


def test_a_literal_must_be_answered() -> None:
    framing = Framing(50)
    framing.feed(b"a X {1}\r\n")
    framing.next()
    with pytest.raises(RuntimeError):
        framing.next()


def test_a_continuation_line_that_is_too_long_is_refused_once() -> None:
    framing = Framing(50)
    framing.feed(b"x" * 1000)
    assert framing.line() is None
    framing.feed(b"x\r\nDONE\r\n")
    with pytest.raises(Refusal):
        framing.line()
    assert framing.line() == b"DONE"


_piece = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [b"\r\n", b"\n", b"{3}\r\n", b"{5+}\r\n", b"{0}\r\n", b"{900+}\r\n", b" ", b"a X"]
    ),
)


@given(st.lists(_piece, max_size=30).map(b"".join), st.lists(st.integers(1, 9), max_size=99))
def test_how_it_arrives_makes_no_difference(octets: bytes, steps: list[int]) -> None:
    whole = cut(Framing(60), octets)
    framing, pieces, at = Framing(60), [], 0
    for step in [*steps, len(octets) + 1]:
        pieces += cut(framing, octets[at : at + step])
        at += step
    assert list(map(_plain, pieces)) == list(map(_plain, whole))


def _plain(event: object) -> object:
    return (event.octets[:50], event.refusal is None) if isinstance(event, Command) else event
