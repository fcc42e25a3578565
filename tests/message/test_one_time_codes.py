"""Which numbers in a message are one-time codes, and which are not."""

from __future__ import annotations

import pytest

from fakemail.message.one_time_code import one_time_codes


@pytest.mark.parametrize(
    ("subject", "text", "codes"),
    [
        (
            "Hi",
            "Your verification code is 482913. It expires in 10 minutes.\n© 2024 Corp",
            ["482913"],
        ),
        ("Login", "Use this code:\n\n   123 456\n\nthanks, call +1 555-0199", ["123456"]),
        ("【验证码】", "您的验证码是839201,5分钟内有效。", ["839201"]),
        ("OTP", "G-748291 is your Google verification code.", ["748291"]),
        ("PIN", "Enter AB12CD to sign in.", ["AB12CD"]),
        ("4821 is your login code", "", ["4821"]),
        ("Code 1234", "1234 is your code", ["1234"]),
        ("Ihr Code", "*987654*\n", ["987654"]),
        ("Order 12345", "Your order of 2024 costs 1999 EUR", []),
        ("Reset", "https://x.test/?code=123456 is the token", []),
        ("Your code", "order no. 12345, at 12:30:45, 10.5000, $4500, a@1234.test", []),
        ("Hello", "123456", []),
        ("", "", []),
    ],
)
def test_codes(subject, text, codes):
    assert one_time_codes(subject, text) == codes


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "piece", ["123456 ", "A1", "code ", "auth", "x@", "code 1234\n", "\n", "9"]
)
def test_long_texts_cost_little(piece):
    assert len(one_time_codes("code", piece * (200_000 // len(piece)))) <= 20
