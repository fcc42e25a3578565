"""The buffer gives lines and runs, however the octets arrive, and keeps no more than it must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.wire.buffer import Buffer, LineTooLong


def drained(buffer: Buffer, limit: int) -> list[bytes | None]:
    """All lines that are there; None stands for one that was too long."""
    found: list[bytes | None] = []
    while True:
        try:
            line = buffer.line(limit)
        except LineTooLong:
            found.append(None)
            continue
        if line is None:
            return found
        found.append(line)


def test_lines_come_with_their_ends() -> None:
    buffer = Buffer()
    buffer.feed(b"one\r\ntwo\nthr")
    assert drained(buffer, 100) == [b"one\r\n", b"two\n"]
    assert len(buffer) == 3
    buffer.feed(b"ee\r\n")
    assert drained(buffer, 100) == [b"three\r\n"]


def test_runs_and_lines_take_turns() -> None:
    buffer = Buffer()
    buffer.feed(b"{5}\r\nab\ncd\r\nnext\r\n")
    assert buffer.line(100) == b"{5}\r\n"
    assert buffer.take(5) == b"ab\ncd"
    assert buffer.line(100) == b"\r\n"
    assert buffer.take(2) == b"ne"
    assert buffer.line(100) == b"xt\r\n"
    assert buffer.take(9) == b""


def test_a_line_that_is_too_long_is_said_once_and_skipped() -> None:
    buffer = Buffer()
    buffer.feed(b"x" * 50)
    with pytest.raises(LineTooLong):
        buffer.line(40)
    buffer.feed(b"x" * 1000)
    assert buffer.line(40) is None
    assert len(buffer) == 0
    buffer.feed(b"x\r\nnext\r\n")
    assert buffer.line(40) == b"next\r\n"


def test_clear_forgets_everything() -> None:
    buffer = Buffer()
    buffer.feed(b"x" * 50)
    with pytest.raises(LineTooLong):
        buffer.line(40)
    buffer.clear()
    buffer.feed(b"fresh\r\n")
    assert buffer.line(40) == b"fresh\r\n"


@given(
    st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"bb", b"c" * 20]), max_size=40).map(b"".join),
    st.integers(1, 9),
)
def test_how_it_arrives_makes_no_difference(octets: bytes, step: int) -> None:
    whole = Buffer()
    whole.feed(octets)
    pieces = Buffer()
    lines: list[bytes | None] = []
    for at in range(0, len(octets), step):
        pieces.feed(octets[at : at + step])
        lines += drained(pieces, 15)
    assert lines == drained(whole, 15)
