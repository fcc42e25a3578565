"""Message IDs in header fields (RFC 5322 §3.6.4)."""

from __future__ import annotations

import time

import pytest

from fakemail.message.message_ids import MAX_IDS, message_ids


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", []),
        (b"<a@b>", [b"a@b"]),
        (b"<a@b> <c@d>", [b"a@b", b"c@d"]),
        (b"<a@b><c@d>", [b"a@b", b"c@d"]),
        (b"<a@b>,\t<c@d>", [b"a@b", b"c@d"]),
        # RFC 5256 §3: quoting makes no difference
        (b'<"01KF8JCEOCBS0045PS"@xxx.yyy.com>', [b"01KF8JCEOCBS0045PS@xxx.yyy.com"]),
        (rb'<"a\"b c"@x>', [b'a"b c@x']),
        (b"<A@b>", [b"A@b"]),  # case matters
        (b"< a @ [1.2.3.4] >", [b"a@[1.2.3.4]"]),
        (b'"Tom" <tom@x> of Monday', [b"tom@x"]),
        (b"Your message of Mon <a@b> (the second)", [b"a@b"]),
        (b"a@b", []),
        (b"<ab> <@b> <a@> <> <a b@c> <a@b@c>", []),
        (b"<a@b <c@d>", [b"c@d"]),
        (b"<\xe9@\xff>", [b"\xe9@\xff"]),
    ],
)
def test_ids(value: bytes, expected: list[bytes]) -> None:
    assert message_ids(value) == expected


def test_there_are_bounds() -> None:
    assert len(message_ids(b"<a@b>" * 5_000)) == MAX_IDS
    assert message_ids(b" " * 100_000 + b"<a@b>") == []


@pytest.mark.parametrize("piece", [b"<", b'<"', b"<a", b"<a@", b'<"\\', b"<a@b", b'"<'])
def test_no_value_takes_long(piece: bytes) -> None:
    started = time.process_time()
    message_ids(piece * 60_000)
    assert time.process_time() - started < 1
