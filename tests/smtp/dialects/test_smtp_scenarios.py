"""The mistakes that people make with SMTP, made: the reply is the provider's own.

The mistakes and what the providers say are in `fakemail/explain/data/scenarios/`; how each is made
stands here. The rest of the way, from the session to its explanation, is tested in tests/explain.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest
from dialect_table.smtp import (
    GOOD,
    after,
    attempt,
    enter,
    first,
    hello,
    many_recipients,
    message,
    without_login,
    wrong_sender,
)
from dialect_table.talk import CODE, PASSWORD, base64

from fakemail.dialects.text import PLACEHOLDER

_FOLDER = files("fakemail.explain") / "data" / "scenarios"
SCENARIOS = {
    name: scenario
    for file in _FOLDER.iterdir()
    for name, scenario in tomllib.loads(file.read_text("utf-8")).items()
}


def helo_without_login(talk, command):
    talk.say("HELO laptop")
    return talk.say(f"MAIL FROM:<{talk.me}>")


def out_of_order(talk, command):
    enter(talk)
    return talk.say(f"RCPT TO:<{talk.me}>")


def ehlo_again(talk, command):
    enter(talk)
    talk.say("EHLO laptop.example")
    return talk.say(f"MAIL FROM:<{talk.me}>")


def in_clear(talk, command):
    assert b"AUTH" not in talk.say("EHLO laptop.example")
    return talk.say("AUTH LOGIN")


WRONG = attempt("me", "wrongwrongwrongw")
WEB_PASSWORD = attempt("me", PASSWORD)
OFF = attempt("off", CODE)
NO_SUBJECT = message("Date: Sat, 21 Nov 2026 10:00:00 +0000\n")
NICKNAME = message("From: =?utf-8?b?5pi156ew?=\nTo: <{me}>\nSubject: a plan\n")
OTHER_AUTHOR = message(GOOD.replace("{me}", "{nobody}", 1))

MISTAKES = {
    **{f"A{n:02}": ("qq", without_login) for n in (1, 2, 3, 4, 5, 7, 8)},
    "A06": ("exmail", without_login),
    "A09": ("163", helo_without_login),
    "A11": ("163", without_login),
    "A12": ("163@2015", without_login),
    "A13": ("163", without_login),
    "A14": ("139", without_login),
    "A15": ("gmail", without_login),
    "A16": ("gmail", first("EHLO laptop", "MAIL FROM:<me@gmail.com>")),
    "A17": ("yandex", without_login),
    "A18": ("office365", without_login),
    "A19": ("zoho", without_login),
    "A20": ("qq", out_of_order),
    "B01": ("qq", WRONG),
    "B02": ("qq@2020", WEB_PASSWORD),
    "B03": ("qq@2017", WEB_PASSWORD),
    "B04": ("exmail", WRONG),
    "B05": ("163", WEB_PASSWORD),
    "B06": ("163", OFF),
    "B11": ("gmail", WEB_PASSWORD),
    "B12": ("gmail", WRONG),
    "B13": ("gmail", WRONG),
    "B15": ("hotmail", after("AUTH LOGIN", base64("me"), base64(CODE), login=False)),
    "B16": ("office365", OFF),
    "B17": ("yahoo", WEB_PASSWORD),
    "B20": ("aliyun_qiye", WRONG),
    "B24": ("yandex", after("AUTH LOGIN", base64("me"), "", login=False)),
    "C01": ("qq", wrong_sender),
    "C02": ("163", wrong_sender),
    "C03": ("sina", wrong_sender),
    "C04": ("exmail", after("MAIL FROM:<昵称@{me}>".replace("@{me}", "@x.test"))),
    "C05": ("qq", NICKNAME),
    "C06": ("163", NO_SUBJECT),
    "C07": ("yandex", after("MAIL FROM:<>")),
    "C08": ("zoho", OTHER_AUTHOR),
    "C09": ("aliyun_qiye", wrong_sender),
    "C10": ("icloud", wrong_sender),
    "C11": ("office365", OTHER_AUTHOR),
    "C12": ("163", after("MAIL FROM:<{me}>", "RCPT TO:<{nobody}>")),
    "E04": ("office365", in_clear),
    "E05": ("gmail", in_clear),
    "E06": ("office365", after("AUTH PLAIN AGEAYg==", login=False)),
    "E07": ("aliyun_qiye", after("AUTH LOGIN", login=False)),
    "E08": ("139", after(f"AUTH LOGIN {base64('me')}", login=False)),
    "E09": ("sina", ehlo_again),
    "E13": ("yandex", first("EHLO laptop", "AUTH LOGIN")),
    "E14": ("zoho", WRONG),
    "E15": ("163", first("EHLO laptop")),
    "E16": ("office365", first("EHLO my_laptop")),
    "E17": ("163", first("EHLO")),
    "F06": ("gmail", message(GOOD + f"X-Long: {'x' * 900}\n")),
}

NO_TEXT = {
    "E04": "504 5.7.4 ",
    "E05": "538 5.7.11 ",
    "E07": "334 dXNlcm5hbWU6\r\n",
    "E08": "334 VXNlcm5hbWU6\r\n",
    "E09": "530 5.7.0 ",
    "E15": "250-mail\r\n250-AUTH LOGIN PLAIN XOAUTH2\r\n250-AUTH=LOGIN PLAIN XOAUTH2\r\n",
}
"""Where the scenario has no refusal of the provider's: what is said."""

ELSEWHERE = {
    "A10": "the reply is of a server that is no provider's, and none of our dialects says it",
    "B07": "a banned account; the text is B06's, the cause a fault to come",
    "E01": "TLS where none is: the border, tests/services",
    "E02": "no TLS where it is: the border, tests/services",
    "E03": "no TLS where it is: the border, tests/services",
    "E10": "an old TLS: the border, tests/services",
    "E11": "the RSA key exchange: the border's rule rsa_key_exchange_only",
    "E12": "the session is as any other: nothing is refused",
    "E20": "the client speaks IMAP; there is no reply of its own",
    "E21": "the reply is of a server that is no provider's; in our own words test_auth_after_helo",
    "F01": "a counter: a fault to come",
    "F02": "a counter: a fault to come",
    "F03": "a counter: a fault to come",
    "F04": "a counter: a fault to come",
    "F05": "a counter: a fault to come",
}
"""Of SMTP, and not here."""

OF_OTHERS = {
    "B08",
    "B09",
    "B10",
    "B14",
    "B18",
    "B19",
    "B21",
    "B22",
    "B23",
    "B25",
    "E18",
    "E19",
    "F07",
}
"""Of POP3 and IMAP."""


def test_every_mistake_with_smtp_is_made_or_named() -> None:
    groups = {name for name in SCENARIOS if name[0] in "ABCEF"}
    assert set(MISTAKES) | set(ELSEWHERE) | OF_OTHERS == groups
    assert not set(MISTAKES) & set(ELSEWHERE)


@pytest.mark.parametrize("name", MISTAKES)
def test_the_reply_is_the_providers_own(start, name: str) -> None:
    dialect, mistake = MISTAKES[name]
    scenario = SCENARIOS[name]
    assert dialect.partition("@")[0] in scenario["providers"]
    talk = start(dialect, *(["size_limit=900"] if name == "F06" else []))
    reply = mistake(talk, "DATA").decode("gbk" if name == "B03" else "ascii")
    if name in NO_TEXT:
        assert reply.startswith(NO_TEXT[name])
    else:
        assert any(_said(line, reply) for line in scenario["says"]), (scenario["says"], reply)


def _said(line: str, reply: str) -> bool:
    """Whether this line of the provider's (or its beginning) is in the reply."""
    line = re.sub(r"\.\.\.$| \(asks .*\)$", "", line)
    pieces = PLACEHOLDER.split(line)[::2]
    pattern = ".+?".join(re.escape(piece) for piece in pieces)
    return any(re.match(pattern, each) for each in reply.split("\r\n"))


def test_b17_the_server_closes_after_it(start) -> None:
    talk = start("yahoo")
    WEB_PASSWORD(talk, "")
    assert talk.closed


def test_e09_the_login_is_forgotten(start) -> None:
    talk = start("sina")
    ehlo_again(talk, "")
    assert "smtp.auth-required" in talk.reasons and "forget the login" in talk.transcript


def test_b15_takes_its_time(start) -> None:
    talk = start("hotmail")
    hello(talk)
    talk.say("AUTH LOGIN")
    talk.say(base64(talk.me))
    before = talk.clock.monotonic()
    assert talk.say(base64(CODE)).startswith(b"535 5.7.139 ")
    assert talk.clock.monotonic() - before >= 17.5


def test_163_counts_recipients(start) -> None:
    talk = start("163", recipients=3)
    reply = many_recipients(talk, "")
    assert reply == b"550 Requested mail action not taken: too much recipient\r\n"
