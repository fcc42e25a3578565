"""``fakemail fault``: on a server that runs."""

from __future__ import annotations

import json
import smtplib

import pytest
from click.testing import CliRunner

import fakemail
from fakemail.cli import cli


@pytest.fixture
def served():
    with fakemail.run(fault=["smtp vrfy close"]) as mail:
        yield mail


def run(mail, *words, code=0):
    folder = str(mail.server.ready.data)
    result = CliRunner().invoke(cli, ["fault", *words, "--data", folder])
    assert result.exit_code == code, result.output
    return result.output


def test_add_list_strike_remove_clear(served):
    added = run(served, "add", "smtp", "rcpt", "nth=1", "reply=451 4.3.0 Later")
    assert added == "  2  struck 0 of 0      smtp rcpt nth=1 reply='451 4.3.0 Later'\n"
    with smtplib.SMTP(served.smtp.host, served.smtp.port) as smtp:
        smtp.ehlo()
        smtp.mail("a@b.test")
        assert smtp.rcpt(served.address) == (451, b"4.3.0 Later")
        assert smtp.rcpt(served.address)[0] == 250
    listed = json.loads(run(served, "list", "--json"))
    assert [(f["number"], f["met"], f["struck"], f["standing"]) for f in listed] == [
        (1, 0, 0, True),
        (2, 2, 1, False),
    ]
    assert "struck 1 of 2" in run(served, "remove", "2")
    assert run(served, "clear") == "1 removed\n"
    assert run(served, "list") == "no faults are planned\n"


def test_a_whole_sentence_as_one_word(served):
    sentence = 'imap noop reply="NO [INUSE] Later"'
    assert json.loads(run(served, "add", sentence, "--json"))["fault"] == sentence


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "smtp", "rcpt", "colour=red"], "'colour=red' is not known; known: nth first"),
        (["add", "smtp", "lunch", "close"], "'lunch' is no moment of smtp: connect, login"),
        (["remove", "77"], "No fault of this number"),
    ],
)
def test_what_cannot_be_done_is_told(served, words, told):
    assert told in run(served, *words, code=1)


def test_without_a_server(tmp_path):
    result = CliRunner().invoke(cli, ["fault", "list", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert f"no server is running over {tmp_path}" in result.output
