"""Bare CR and LF are found wherever the stream is cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.message.line_ends import LineEnds


def found(chunks):
    ends = LineEnds()
    for chunk in chunks:
        ends.feed(chunk)
    ends.end()
    return ends.bare_at


@pytest.mark.parametrize(
    ("octets", "at"),
    [
        (b"", None),
        (b"no line end", None),
        (b"a\r\nb\r\n", None),
        (b"a\nb", 1),
        (b"\r", 0),
        (b"a\r\n\r", 3),
        (b"a\r\r\nb\r\n", 1),
        (b"a\r\n\nb", 3),
        (b"a\r\n\rb", 3),
        (b"\n\r", 0),
        (b"\r\n" * 5 + b"x\ny\r", 11),
    ],
)
def test_the_first_one_is_found_wherever_the_stream_is_cut(octets, at):
    for cut in range(len(octets) + 1):
        assert found([octets[:cut], b"", octets[cut:]]) == at
    assert found(octets[i : i + 1] for i in range(len(octets))) == at


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"\xff\x00", b""])))
def test_as_a_regular_expression_finds_it(chunks):
    match = re.search(rb"\r(?!\n)|(?<!\r)\n", b"".join(chunks))
    assert found(chunks) == (match.start() if match else None)
