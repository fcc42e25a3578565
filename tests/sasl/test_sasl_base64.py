"""Base64 of SASL: strict, and the refusal gives no secret away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.reasons.auth import BAD_BASE64
from fakemail.reasons.reason import Refusal
from fakemail.sasl import base64


@given(st.binary())
def test_round_trip(octets: bytes) -> None:
    assert base64.decode(base64.encode(octets)) == octets
    assert b"\n" not in base64.encode(octets)


def test_known_answer_of_the_notes() -> None:
    assert base64.decode(b"VU1KTFhFSUZVWlhLT0VYSw==") == b"UMJLXEIFUZXKOEXK"


def test_equals_sign_is_the_empty_initial_response() -> None:
    assert base64.initial(b"=") == b""
    assert base64.initial(b"YQ==") == b"a"
    with pytest.raises(Refusal):
        base64.decode(b"=")


@pytest.mark.parametrize(
    ("octets", "detail"),
    [
        (b"YQ", "2 octets with 0 of padding"),
        (b"YQ=", "3 octets with 1 of padding"),
        (b"YQ===", "5 octets with 3 of padding"),
        (b"YQ== ", "octet 3 of 5"),
        (b"Y Q==", "octet 2 of 5"),
        (b"YQ==YQ==", "octet 3 of 8"),
        (b"a\0bc", "octet 2 of 4"),
        (b"ab-_", "octet 3 of 4"),
        (b"\xff\xff\xff\xff", "octet 1 of 4"),
        (b"=", "1 octets with 1 of padding"),
        (b"====", "4 octets with 4 of padding"),
        (b"A" * 10_001, "10001 octets"),
    ],
)
def test_anything_else_is_refused(octets: bytes, detail: str) -> None:
    with pytest.raises(Refusal) as caught:
        base64.decode(octets)
    assert caught.value.reason is BAD_BASE64
    assert detail in str(caught.value.facts["detail"])


def test_the_refusal_does_not_hold_what_was_sent() -> None:
    with pytest.raises(Refusal) as caught:
        base64.decode(b"hunter2!")
    assert "hunter2" not in f"{caught.value!r} {caught.value.facts} {caught.value.__context__!r}"


@given(st.binary())
def test_never_anything_but_octets_or_a_refusal(octets: bytes) -> None:
    try:
        base64.decode(octets)
    except Refusal as refusal:
        assert refusal.reason is BAD_BASE64
