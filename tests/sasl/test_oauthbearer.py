"""OAUTHBEARER (RFC 7628), step by step."""

from __future__ import annotations

import pytest

from fakemail import sasl
from fakemail.reasons.auth import (
    BAD_RESPONSE,
    EMPTY_IDENTITY,
    EMPTY_SECRET,
    MECHANISM_NOT_HERE,
    MECHANISM_UNKNOWN,
)
from fakemail.reasons.reason import Reason, Refusal
from fakemail.sasl import Challenge, Credentials, Mechanism
from fakemail.sasl.oauthbearer import INVALID_TOKEN


def begin() -> Mechanism:
    mechanism = sasl.start("oauthbearer")
    assert mechanism is not None
    return mechanism


def test_the_example_of_the_rfc() -> None:
    # RFC 7628 §4.1
    message = (
        b"n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
        b"auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"
    )
    found = Credentials(
        "user@example.com",
        "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
        bearer=True,
        failure=INVALID_TOKEN,
    )
    assert begin().step(message) == found
    mechanism = begin()
    assert mechanism.step(None) == Challenge(b"")
    assert mechanism.step(message) == found
    assert "vF9" not in repr(found)


def test_a_saslname_is_unescaped() -> None:
    found = begin().step(b"y,a=a=2Cb=3D2C@x,\x01auth=bearer t\x01\x01")
    assert isinstance(found, Credentials)
    assert found.identity == "a,b=2C@x"


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (b"", BAD_RESPONSE),
        (b"\x01", BAD_RESPONSE),
        (b"n,a=u,\x01auth=Bearer t\x01", BAD_RESPONSE),
        (b"n,a=u\x01auth=Bearer t\x01\x01", BAD_RESPONSE),
        (b"u\x01auth=Bearer t\x01\x01", BAD_RESPONSE),
        (b"p=tls-unique,a=u,\x01auth=Bearer t\x01\x01", BAD_RESPONSE),
        (b"n,u=u,\x01auth=Bearer t\x01\x01", BAD_RESPONSE),
        (b"n,a=u,x\x01auth=Bearer t\x01\x01", BAD_RESPONSE),
        (b"n,a=u,\x01auth=Basic t\x01\x01", BAD_RESPONSE),
        (b"n,a=u,\x01host=h\x01\x01", BAD_RESPONSE),
        (b"user=u\x01auth=Bearer t\x01\x01", BAD_RESPONSE),
        (b"\xff\x01auth=Bearer t\x01\x01", BAD_RESPONSE),
        (b"n,,\x01auth=Bearer t\x01\x01", EMPTY_IDENTITY),
        (b"n,a=u,\x01auth=Bearer \x01\x01", EMPTY_SECRET),
    ],
)
def test_what_it_cannot_read(response: bytes, reason: Reason) -> None:
    with pytest.raises(Refusal) as caught:
        begin().step(response)
    assert caught.value.reason is reason


def test_a_token_is_asked_for_inside_tls_only() -> None:
    assert "OAUTHBEARER" in sasl.names(tls=True)
    assert "OAUTHBEARER" not in sasl.names(tls=False)


def test_an_announced_mechanism_that_nobody_knows_has_a_reason_of_its_own() -> None:
    assert sasl.unknown("atoken", ("PLAIN", "ATOKEN")).reason is MECHANISM_NOT_HERE
    assert sasl.unknown("ATOKEN2", ("PLAIN", "ATOKEN")).reason is MECHANISM_UNKNOWN
