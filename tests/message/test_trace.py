"""Return-Path and Received (RFC 5321 §4.4)."""

import email
from email import policy
from email.utils import parsedate_to_datetime

import pytest

from fakemail.message import trace


def received(**facts):
    facts = {
        "helo": "laptop",
        "client": "127.0.0.1",
        "by": "mail.fakemail.test",
        "protocol": "ESMTPSA",
        "identifier": "18BCFE56800-7-1",
        "at": 1_700_000_000.9,
    } | facts
    return trace.received(**facts)


def test_the_whole_field():
    assert received(recipient="a@b.test") == (
        b"Received: from laptop ([127.0.0.1])\r\n"
        b"\tby mail.fakemail.test with ESMTPSA id 18BCFE56800-7-1\r\n"
        b"\tfor <a@b.test>;\r\n"
        b"\tTue, 14 Nov 2023 22:13:20 +0000\r\n"
    )


def test_without_recipient():
    assert b"id 18BCFE56800-7-1;\r\n\tTue," in received()


@pytest.mark.parametrize(
    "helo", ["", "a b", "x)\r\nEvil: 1", "\x00", "ü", "(((", "[127.0.0.1]", "a" * 5000]
)
def test_it_stays_one_field_whatever_the_client_calls_itself(helo):
    message = email.message_from_bytes(received(helo=helo) + b"\r\n", policy=policy.compat32)
    assert message.keys() == ["Received"]
    assert max(map(len, received(helo=helo).split(b"\r\n"))) <= 998


def test_the_date_is_that_of_the_email_package():
    for at in (0, 951_782_400, 1_700_000_000, 4_102_444_799):
        assert parsedate_to_datetime(trace.date_time(at)).timestamp() == at


def test_return_path():
    assert trace.return_path("") == b"Return-Path: <>\r\n"
    assert trace.return_path("ü@b.test") == "Return-Path: <ü@b.test>\r\n".encode()


@pytest.mark.parametrize(
    ("host", "literal"),
    [("127.0.0.1", "[127.0.0.1]"), ("::1", "[IPv6:::1]"), ("fe80::1%eth0", "[IPv6:fe80::1]")],
)
def test_address_literals(host, literal):
    assert trace.address_literal(host) == literal


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ("", "SMTP"),
        ("T", "SMTP"),
        ("E", "ESMTP"),
        ("ET", "ESMTPS"),
        ("EL", "ESMTPA"),
        ("ETL", "ESMTPSA"),
        ("EU", "UTF8SMTP"),
        ("ETLU", "UTF8SMTPSA"),
    ],
)
def test_with(facts, word):
    assert word == trace.with_protocol(
        extended="E" in facts, tls="T" in facts, login="L" in facts, utf8="U" in facts
    )
