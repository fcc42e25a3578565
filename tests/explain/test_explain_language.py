"""Every text has its Chinese counterpart, with the same facts in it; only code stays as it is."""

from __future__ import annotations

import re

import pytest

from fakemail.explain.clients import clients
from fakemail.explain.explain import explain
from fakemail.explain.explanation import wrapped
from fakemail.explain.language import phrase, table, tables, wanted
from fakemail.explain.logs import sessions
from fakemail.reasons.catalogue import catalogue
from fakemail.transcript.read import Record

HAN = re.compile(r"[\u4e00-\u9fff]")
PROSE = re.compile(r"(?<![\w'\".])(the|and|before|after|in place of|which|that|is)(?![\w'\".=])")
FACT = re.compile(r"\{(\w+)\}")


def assert_counterpart(english, chinese, what):
    assert set(FACT.findall(english)) == set(FACT.findall(chinese)), what
    assert not PROSE.search(re.sub(r"“[^”]*”", "", chinese)), f"{what}: {chinese}"
    assert HAN.search(chinese) or not PROSE.search(english) or "，" in chinese, what


def test_phrases():
    assert table("phrases").keys() == table("phrases", "zh").keys()
    for key, english in table("phrases").items():
        assert_counterpart(english, table("phrases", "zh")[key], key)
        assert HAN.search(table("phrases", "zh")[key]) or not PROSE.search(english), key


def test_every_reason():
    chinese = table("reasons", "zh")
    assert chinese.keys() == catalogue().keys()
    for slug, reason in catalogue().items():
        assert chinese[slug].keys() == {"because", "instead"}
        assert_counterpart(reason.because, chinese[slug]["because"], slug)
        assert_counterpart(reason.instead, chinese[slug]["instead"], slug)
        assert HAN.search(chinese[slug]["because"]), slug


def test_every_scenario():
    english, chinese = tables("scenarios"), tables("scenarios", "zh")
    assert english.keys() == chinese.keys()
    for key, texts in chinese.items():
        assert texts.keys() == {"program", "mistake", "cause", "fix"}
        for what, text in texts.items():
            assert_counterpart(english[key][what].replace("{", ""), text.replace("{", ""), key)
            assert what in ("program", "fix") or HAN.search(text), f"{key} {what}"


def test_every_program():
    chinese = table("clients", "zh")
    assert chinese.keys() == clients().keys()
    for key, client in clients().items():
        assert chinese[key].get("fix", {}).keys() == client.fixes.keys(), key
        for topic, english in client.fixes.items():
            assert_counterpart(english, chinese[key]["fix"][topic], f"{key} {topic}")
        assert len(chinese[key].get("shows", ())) == len(client.habits), key


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "C", "LC_ALL": "zh_TW"}, "zh"),
        ({"LANG": "de_DE", "LC_MESSAGES": "zh_CN"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, "zh"),
    ],
)
def test_the_language_is_that_of_the_environment(environment, language):
    assert wanted(environment) == language


def test_a_chinese_explanation_has_no_english_sentence():
    text = (
        "smtp  session 1  127.0.0.1:5  port 587  dialect qq\n"
        "  C: ehlo x\n  S: 250 AUTH PLAIN\n  C: mail FROM:<a@qq.com> size=1\n"
        "  !  A command that sends mail arrived  smtp.auth-required\n"
        "  S: 503 Error: need EHLO and AUTH first !\n"
    )
    [session] = sessions(text)
    assert isinstance(session, Record)
    [found] = explain(session, "zh")
    for paragraph in (found.what, *found.why, found.fix, found.fix_for_client, found.client):
        assert HAN.search(paragraph), paragraph
    assert phrase("label-change", "zh") in found.as_text("zh")


def test_lines_of_chinese_are_as_wide_as_those_of_english():
    text = "登录用户是 me@qq.com，方式是 LOGIN。" * 12
    lines = wrapped(text, 60)
    assert "".join(line.replace(" ", "") for line in lines) == text.replace(" ", "")
    for line in lines:
        assert sum(2 if ord(c) > 0x2E7F else 1 for c in line) <= 62
        assert line[0] not in "，。"
