"""The small parts: rules by hand, made-up values, openings, the page."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.dialects.made_up import date, maker, shuffled
from fakemail.dialects.opening import templates, without_permanent
from fakemail.dialects.rules import RULES, RuleError, by_hand
from fakemail.dialects.text import Text, samples_of

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80)


def test_rules_by_hand() -> None:
    assert by_hand("id_before_select") == ("id_before_select", True)
    assert by_hand("no_idle") == ("no_idle", True)
    assert by_hand("no-no_idle") == ("no_idle", False)
    assert by_hand("no-login_before_tls") == ("login_before_tls", False)
    assert by_hand("no-visible_after") == ("visible_after", 0.0)
    assert by_hand("no-messages_limit") == ("messages_limit", "")
    assert by_hand("auth_before_tls=off") == ("auth_before_tls", False)
    assert by_hand("search_keys=ALL, SINCE") == ("search_keys", ("ALL", "SINCE"))
    assert by_hand("uidl_length=22") == ("uidl_length", 22)
    assert by_hand("greeting_delay=2") == ("greeting_delay", 2.0)
    assert by_hand("sender_must_match=data") == ("sender_must_match", "data")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("nonsense", "there is no rule 'nonsense'; the rules are auth_on_every_port, "),
        ("no-nonsense", "there is no rule 'nonsense'"),
        ("mesages_limit=2/min", "Did you mean messages_limit?"),
        ("id_before_select=perhaps", "'perhaps' is not true or false"),
        ("uidl_length=x", "'x' is not a whole number"),
        ("uidl_length", "rule uidl_length wants a whole number: uidl_length=..."),
        ("greeting_delay=nan", "nan is not a number of seconds"),
        ("greeting_delay=-1", "-1.0 is not a number of seconds"),
        ("greeting_delay=1e9", "is not a number of seconds, at most 3600"),
        ("sender_must_match=often", "'often' is not one of \"\", mail, data, rewrite"),
        ("local_part_logs_in=http", "is not a list of words of smtp, pop3, imap"),
    ],
)
def test_wrong_rules_say_what_is_allowed(typed: str, says: str) -> None:
    with pytest.raises(RuleError, match=re.escape(says)):
        by_hand(typed)


def test_every_rule_has_a_sentence_and_a_sound_default() -> None:
    for name, rule in RULES.items():
        assert rule.name == name
        assert rule.does.endswith(".")
        assert rule.check(rule.default) == rule.default
        assert rule.room in {"smtp", "pop3", "imap", "services", "accounts", "store", "rates"}


@given(PRINTABLE, PRINTABLE)
def test_shuffled_keeps_the_shape(sample: str, seed: str) -> None:
    made = shuffled(sample, seed)
    assert made == shuffled(sample, seed)
    assert shape(made) == shape(sample) or re.fullmatch("[0-9a-fA-F]{9,}", sample)
    assert len(made) == len(sample)


def shape(text: str) -> str:
    return re.sub("[A-Z]", "A", re.sub("[a-z]", "a", re.sub(r"[0-9]", "0", text)))


def test_hexadecimal_stays_so() -> None:
    assert re.fullmatch(r"[0-9A-F]{16}", shuffled("08DE2A6028D26C22", "1"))
    assert re.fullmatch(r"[0-9a-f]{32}", shuffled("b62aaa251425b4be4eaec4ab4744cf47", "1"))


def test_dates_in_three_forms() -> None:
    assert date(0, "Wed, 9 Nov 2022 10:09:41 +0000") == "Thu, 1 Jan 1970 00:00:00 +0000"
    assert date(0, "January 25, 2018 12:17:24 AM PST") == "January 1, 1970 12:00:00 AM UTC"
    assert date(46800, "January 25, 2018 12:17:24 AM PST") == "January 1, 1970 1:00:00 PM UTC"
    assert date(0, "2024-Feb-13 08:17:42") == "1970-Jan-01 00:00:00"


def test_places_of_which_nothing_was_seen_are_still_filled() -> None:
    make = maker(1, lambda: 12.5)
    assert make("epoch", "", "") == "12"
    assert make("ts", "", "") == "1970-01-01T00:00:12.500Z"
    assert re.fullmatch(r"\d\d\.\d{5}:\d{8}", make("diagnostics", "", ""))
    assert make("syntax", "", "") == ""
    assert make("node", "mx.example", "") == "mx.example"
    assert make("qid", "abc1", "one") != make("qid", "abc1", "two")


def test_samples() -> None:
    assert samples_of(("220 {node} at {date}", "x"), "220 h at now") == {"node": "h", "date": "now"}
    assert samples_of(("250-{node} [{client_ip}]",), "250-h [{client_ip}]") == {"node": "h"}
    assert samples_of(("no place",), "no place") == {}
    assert samples_of(("{node}",), "") == {}


def test_texts_without_places_are_encoded_once() -> None:
    text = Text(("250 OK",))
    make = maker(1, lambda: 0.0)
    assert text.octets({}, make) is text.octets({}, make)
    assert text.fill({}, make) is text.lines


def test_openings() -> None:
    seen = ("* {n} EXISTS", "* 0 RECENT", "* OK [UNSEEN {n}] x", "* OK [PERMANENTFLAGS (\\*)] y")
    named = templates(seen)
    assert named[:3] == ("* {exists} EXISTS", "* {recent} RECENT", "* OK [UNSEEN {unseen}] x")
    assert without_permanent(named, True)[3] == "* OK [PERMANENTFLAGS ()] y"
    assert without_permanent(named, False) == named
    assert templates(("* {n} RECENT",)) == ("* {exists} EXISTS", "* {recent} RECENT")
    assert templates(()) == ()


def test_the_page_is_up_to_date() -> None:
    root = Path(__file__).parents[2]
    spec = importlib.util.spec_from_file_location("make_dialects", root / "docs/make_dialects.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run = "run: .venv/bin/python docs/make_dialects.py"
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), run
    for rule in RULES:
        assert f"`{rule}`" in module.page()
