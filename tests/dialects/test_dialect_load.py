"""From names, years and files to dialects; and how fast."""

from __future__ import annotations

import subprocess
import sys
from time import process_time

import pytest

from fakemail.dialects.dialect import GENERIC
from fakemail.dialects.load import DialectError, _file, add, chosen, load, years
from fakemail.dialects.record import RuleFact
from fakemail.reasons.auth import PASSWORD_NOT_CODE, WRONG_CODE
from fakemail.reasons.provider import AUTH_TLS_REQUIRED
from fakemail.reasons.smtp import AUTH_REQUIRED

OWN = """\
title = "Ours"
inherits = "qq"
[[smtp.replies]]
says = ["smtp.auth-required"]
reply = ["550 not without {user}"]
source = "our own server"
confidence = "verbatim"
[[rules]]
name = "greeting_delay"
value = 1
source = "our own server"
confidence = "verbatim"
"""


def test_generic_is_not_read_from_disk() -> None:
    assert load("generic") is GENERIC
    program = (
        "import sys\n"
        "import fakemail.dialects.dialect\n"
        "from fakemail.dialects.names import names\n"
        "assert 'qq' in names()\n"
        "sys.exit(any(name in sys.modules for name in"
        " ('tomllib', 'fakemail.dialects.load', 'fakemail.dialects.record')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_generic_with_a_year_is_postfix_and_dovecot() -> None:
    real = load("generic@2026")
    assert real.say("smtp", "smtp.greeting", "", {"host": "h"}) == "220 h ESMTP Postfix"
    now, before = (load(f"generic@{year}") for year in (2026, 2016))
    assert "Cleartext" in now.word("pop3", AUTH_TLS_REQUIRED, {})
    assert "Plaintext" in before.word("pop3", AUTH_TLS_REQUIRED, {})


def test_loading_is_quick(name: str) -> None:
    wanted = "generic@2026" if name == "generic" else name
    load(wanted)
    best = 1.0
    for _ in range(9):
        load.cache_clear()
        _file.cache_clear()
        began = process_time()
        load(wanted)
        best = min(best, process_time() - began)
    assert best <= 0.010


def test_inheritance() -> None:
    for child, parent in (("foxmail", "qq"), ("yeah", "163"), ("sina_vip", "sina")):
        assert load(child).word("smtp", WRONG_CODE, {}) == load(parent).word("smtp", WRONG_CODE, {})
        assert load(child).rules.keys() >= load(parent).rules.keys()
    assert load("yeah").has("id_before_select")
    assert load("163").has("no_idle") and not load("yeah").has("no_idle")
    assert load("hotmail").ehlo(True) is not None
    assert load("exmail").hosts == (
        "smtp.exmail.qq.com",
        "pop.exmail.qq.com",
        "imap.exmail.qq.com",
    )


def test_an_own_reply_replaces_all_that_is_inherited_under_its_slug() -> None:
    for command in ("LOGIN", "AUTHENTICATE"):
        text = load("hotmail").word("imap", PASSWORD_NOT_CODE, {"command": command})
        assert text == "NO Basic authentication is disabled."


@pytest.mark.parametrize(
    ("year", "beginning"),
    [
        (2012, "535 Error: 请使用授权码登录"),
        (2017, "535 Error: 请使用授权码登录"),
        (2019, "535 Error: 请使用授权码登录"),
        (2020, "535 Login Fail. Please enter your authorization code"),
        (2023, "535 Login Fail. Please enter your authorization code"),
        (2024, "535 Login fail. Account is abnormal"),
        (2090, "535 Login fail. Account is abnormal"),
    ],
)
def test_the_text_of_a_year_is_the_nearest_before_it(year: int, beginning: str) -> None:
    found = load(f"qq@{year}")
    assert found.name == f"qq@{year}"
    assert found.word("smtp", PASSWORD_NOT_CODE, {}).startswith(beginning)


def test_what_is_over_is_not_said_today() -> None:
    assert load("qq@2011").has("login_ignores_initial_response")
    assert not load("qq").has("login_ignores_initial_response")
    assert "XOAUTH" not in str(load("qq@2017").ehlo(True))
    assert years("qq") == (2017, 2018, 2020, 2021, 2023, 2024, 2026)


def fact(since: int | None = None, until: int | None = None) -> RuleFact:
    return RuleFact(name="no_idle", source="s", confidence="quoted", since=since, until=until)


def test_choosing() -> None:
    old, middle, new, over = fact(), fact(2015), fact(2020), fact(2010, until=2012)
    assert chosen([new, old, middle], None) is new
    assert chosen([new, old, middle], 2019) is middle
    assert chosen([new, old, middle], 2001) is old
    assert chosen([new, middle], 2001) is middle
    assert chosen([over], None) is None
    assert chosen([over], 2011) is over
    assert chosen([over], 2013) is None
    assert chosen([], 2013) is None


def write(text: str) -> str:
    return add("./ours.toml", text.encode())


def test_a_file_of_ones_own() -> None:
    ours = load(write(OWN))
    assert load("./ours.toml@2018").word("smtp", PASSWORD_NOT_CODE, {}).endswith("1001256")
    assert ours.title == "Ours"
    assert ours.word("smtp", AUTH_REQUIRED, {"login": "me"}) == "550 not without me"
    assert ours.word("smtp", WRONG_CODE, {}).startswith("535 Login fail.")
    assert ours.seconds("greeting_delay") == 1.0
    assert ours.has("silent_idle")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("reply = ", "replies = "), "replies"),
        (('says = ["smtp.auth-required"]', 'says = ["smtp.nonsense"]'), "smtp.nonsense"),
        (("{user}", "{nobody}"), "{nobody}"),
        (("value = 1", 'value = "soon"'), "greeting_delay: 'soon' is not a number of seconds"),
        (('"greeting_delay"', '"greeting"'), "there is no rule 'greeting'; the rules are "),
        (
            ('confidence = "verbatim"', 'confidence = "sure"'),
            "'sure' - at `$.smtp.replies[0].confidence`; allowed are",
        ),
        (('title = "Ours"', "title = Ours"), "not TOML"),
        (('inherits = "qq"', 'inherits = "nobody"'), "there is no dialect 'nobody'"),
        (('title = "Ours"', ""), "title"),
    ],
)
def test_errors_name_file_key_and_value(change: tuple[str, str], says: str) -> None:
    path = write(OWN.replace(*change))
    with pytest.raises(DialectError) as error:
        load(path)
    assert says in str(error.value)
    assert "ours.toml" in str(error.value) or "nobody" in str(error.value)


def test_an_unknown_key_is_told_with_those_that_there_are() -> None:
    with pytest.raises(DialectError, match=r"`answer`.*keys here are source.*reply"):
        load(write(OWN.replace("reply =", "answer =")))


def test_two_texts_for_one_thing_are_refused() -> None:
    twice = OWN + OWN[OWN.index("[[smtp") : OWN.index("[[rules")]
    with pytest.raises(DialectError, match=r"smtp\.auth-required: 2 replies.*same `since`"):
        load(write(twice))


def test_circles_and_missing_files() -> None:
    path = write(OWN)
    circle = OWN.replace('inherits = "qq"', f"inherits = '{path}'")
    with pytest.raises(DialectError, match="inherits from itself"):
        load(write(circle))
    with pytest.raises(DialectError, match=r"no dialect '\./nothing\.toml'; there are "):
        load("./nothing.toml")
    with pytest.raises(
        DialectError, match=r"there is no dialect 'gmial'; there are .*Did you mean gmail\?$"
    ):
        load("gmial")
