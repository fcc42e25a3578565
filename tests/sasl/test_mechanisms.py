"""PLAIN and LOGIN, step by step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail import sasl
from fakemail.reasons.auth import BAD_RESPONSE, EMPTY_IDENTITY, EMPTY_SECRET
from fakemail.reasons.reason import Reason, Refusal
from fakemail.sasl import Challenge, Credentials, Mechanism


def begin(name: str) -> Mechanism:
    mechanism = sasl.start(name)
    assert mechanism is not None
    return mechanism


def refused(mechanism: Mechanism, response: bytes) -> Reason:
    with pytest.raises(Refusal) as caught:
        mechanism.step(response)
    return caught.value.reason


def test_names_in_order_of_preference() -> None:
    assert sasl.names(tls=True) == ("PLAIN", "LOGIN", "OAUTHBEARER")
    assert sasl.names(tls=False) == ("PLAIN", "LOGIN")


def test_names_are_found_in_any_case() -> None:
    assert begin("plain").name == "PLAIN"
    assert begin("Login").name == "LOGIN"
    assert sasl.start("KERBEROS_V4") is None
    assert sasl.start("") is None


def test_plain_in_one_step() -> None:
    # RFC 4616 §4, both examples
    assert begin("PLAIN").step(b"\0tim\0tanstaaftanstaaf") == Credentials("tim", "tanstaaftanstaaf")
    assert begin("PLAIN").step(b"Ursel\0Kurt\0xipj3plmq") == Credentials(
        "Kurt", "xipj3plmq", "Ursel"
    )


def test_plain_without_initial_response_gets_an_empty_challenge() -> None:
    mechanism = begin("PLAIN")
    assert mechanism.step(None) == Challenge(b"")
    assert mechanism.step("\0bob\0πάσς".encode()) == Credentials("bob", "πάσς")


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (b"", BAD_RESPONSE),
        (b"bob", BAD_RESPONSE),
        (b"bob\0secret", BAD_RESPONSE),
        (b"\0bob\0secret\0", BAD_RESPONSE),
        (b"\0\0\0\0", BAD_RESPONSE),
        (b"\0bob\0\xff\xfe", BAD_RESPONSE),
        (b"\xff\0bob\0secret", BAD_RESPONSE),
        (b"\0\0secret", EMPTY_IDENTITY),
        (b"\0\0", EMPTY_IDENTITY),
        (b"\0bob\0", EMPTY_SECRET),
    ],
)
def test_plain_refuses(response: bytes, reason: Reason) -> None:
    assert refused(begin("PLAIN"), response) is reason


def test_login_prompts_twice() -> None:
    mechanism = begin("LOGIN")
    assert mechanism.step(None) == Challenge(b"Username:")
    assert mechanism.step(b"tim") == Challenge(b"Password:")
    assert mechanism.step(b"tanstaaftanstaaf") == Credentials("tim", "tanstaaftanstaaf")


def test_login_takes_the_user_name_as_initial_response() -> None:
    mechanism = begin("LOGIN")
    assert mechanism.step(b"tim") == Challenge(b"Password:")
    assert mechanism.step(b"tanstaaftanstaaf") == Credentials("tim", "tanstaaftanstaaf")


def test_login_refuses() -> None:
    assert refused(begin("LOGIN"), b"") is EMPTY_IDENTITY
    assert refused(begin("LOGIN"), b"\xff") is BAD_RESPONSE
    assert refused(begin("LOGIN"), b"a\0b") is BAD_RESPONSE
    for secret, reason in ((b"", EMPTY_SECRET), (b"\xff", BAD_RESPONSE), (b"a\0", BAD_RESPONSE)):
        mechanism = begin("LOGIN")
        mechanism.step(b"tim")
        assert refused(mechanism, secret) is reason


def test_secrets_have_no_repr() -> None:
    assert "hunter2" not in repr(begin("PLAIN").step(b"\0bob\0hunter2"))


@given(st.sampled_from(["PLAIN", "LOGIN"]), st.lists(st.none() | st.binary(), max_size=3))
def test_any_response_is_read_or_refused(name: str, responses: list[bytes | None]) -> None:
    mechanism = begin(name)
    for response in responses:
        try:
            outcome = mechanism.step(response)
        except Refusal as refusal:
            assert refusal.reason.slug.startswith("auth.")
            return
        if isinstance(outcome, Credentials):
            assert outcome.identity and outcome.secret
            return
