"""The program that made a message stands in the transcript, for the explanations."""

import pytest

from fakemail.clock import SystemClock
from fakemail.smtp.content import Content
from fakemail.store.store import Store


@pytest.fixture
def program(tmp_path):
    """`program(*chunks)` is what was found in a message that came in these chunks."""
    store = Store(tmp_path, SystemClock, watch=False)

    def of(*chunks: bytes) -> str:
        content = Content(store, 100_000, "1", b"")
        for chunk in chunks:
            content.write(chunk)
        return content.program

    yield of
    store.close()


FROM = b"From: a@fakemail.test\r\n"


@pytest.mark.parametrize(
    ("chunks", "found"),
    [
        ([FROM + b"X-Mailer: one 1.0\r\n\r\nx\r\n"], "X-Mailer: one 1.0"),
        ([b"x-mailer:two\r\n" + FROM], "x-mailer:two"),
        ([FROM, b"User-Agent: three\r\n", b"\r\n"], "User-Agent: three"),
        ([FROM + b"\r\nX-Mailer: body\r\n"], ""),
        ([FROM, b"\r\n", b"X-Mailer: body\r\n"], ""),
        ([b"\r\nX-Mailer: body\r\n"], ""),
        ([b"Subject: X-Mailer: none\r\n\r\n"], ""),
        ([b"X-Mailer: " + b"y" * 1000 + b"\r\n"], "X-Mailer: " + "y" * 189),
        ([b"X-Mailer: \xff\r\n"], "X-Mailer: \\xff"),
    ],
)
def test_it_names_itself_in_the_header(program, chunks, found):
    assert program(*chunks) == found
