"""A session in which a fault struck: nothing is wrong with the program, and it is told which it
was."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from fakemail.cli.explain import command
from fakemail.explain.explain import explain
from fakemail.explain.logs import sessions
from fakemail.faults.action import Kind

HEAD = (
    "smtp  session 7  127.0.0.1:51324  port 3025  dialect generic\n  S: 220 x ESMTP\n  C: EHLO x\n"
)
HEAD += "  S: 250 x\n"


def talk(*lines):
    """One session, from its transcript."""
    return sessions(HEAD + "\n".join(f"  {line}" for line in lines) + "\n")[0]


REFUSED = (
    "C: RCPT TO:<you@fakemail.test>",
    "*  fault 1: smtp rcpt first=2 refuse=smtp.rate-limited (time 1)",
    "!  The sender has sent too many messages in a short time.                smtp.rate-limited",
    "S: 450 4.7.1 Too many messages, please try again later",
)


@pytest.mark.parametrize(
    ("language", "innocent", "change"),
    [
        ("en", "Nothing is wrong with the program", "Nothing, unless"),
        ("zh", "没有任何问题", "不用改"),
    ],
)
def test_a_refusal_that_was_planned(language, innocent, change):
    (found,) = explain(talk(*REFUSED), language)
    assert innocent in found.what
    assert "smtp rcpt first=2 refuse=smtp.rate-limited" in found.what
    assert found.fix.startswith(change)
    assert found.slug == "smtp.rate-limited"
    assert found.reply.startswith("450")
    assert found.scenarios == ()


def test_its_consequence_is_explained_after_it():
    more = (
        "C: DATA",
        "!  No recipient.                                                         smtp.need-rcpt",
        "S: 503 5.5.1 RCPT first",
    )
    first, second = explain(talk(*REFUSED, *more))
    assert "planned" in first.what
    assert second.slug == "smtp.need-rcpt"
    assert any("RCPT TO" in why for why in second.why)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("lose", "closed without the answer"),
        ("cut=20", "20 octets more"),
        ("slow=7", "7 octets a second"),
        ("drip", "one by one"),
        ("delay=2", "2 seconds late"),
        ("delay=2 lose", "2 seconds late"),
    ],
)
def test_where_nothing_was_refused(what, told):
    said = ("C: NOOP", f"*  fault 3: smtp noop {what} (time 2)", "*  closed by a fault")
    (found,) = explain(talk(*said))
    assert found.said == "NOOP"
    assert f"smtp noop {what} (fault 3, time 2)" in found.what
    assert any(told in why for why in found.why)


@pytest.mark.parametrize("what", ["close", "reset", "hang", "reply='451 4.3.0 Later'"])
def test_where_it_was_not_carried_out(what):
    (found,) = explain(talk("C: NOOP", f"*  fault 1: smtp noop {what} (time 1)"))
    assert "not carried out" in found.why[0]


def test_every_kind_has_its_words():
    from typing import get_args

    from fakemail.explain.language import table

    for kind in get_args(Kind):
        assert kind == "run" or f"fault-{kind}" in table("phrases"), kind


def test_what_was_refused_in_earnest_comes_first():
    said = (
        "C: NOOP",
        "*  fault 1: smtp command slow=100 (time 1)",
        "S: 250 2.0.0 Ok",
        "C: MAIL FROM:<a@b.test>",
        "*  fault 1: smtp command slow=100 (time 2)",
        "!  MAIL arrived before a login.          smtp.auth-required",
        "S: 530 5.7.0 Authentication required",
    )
    found = explain(talk(*said))
    assert [each.slug for each in found] == ["smtp.auth-required", ""]
    assert "fault 1, time 1" in found[1].what


def test_a_sentence_of_another_version():
    (found,) = explain(talk("C: NOOP", "*  fault 1: smtp noop explode=3 (time 1)"))
    assert "explode=3" in found.what
    assert found.why == ()


@pytest.mark.parametrize("sentence", ["smtp noop lose", "smtp noop hang"])
def test_the_last_session_is_found_though_nothing_was_refused(tmp_path, sentence):
    import smtplib

    import fakemail

    with fakemail.run(fault=[sentence], data=tmp_path) as mail:
        client = smtplib.SMTP(mail.smtp.host, mail.smtp.port, timeout=0.5)
        with pytest.raises((OSError, smtplib.SMTPServerDisconnected)):
            client.noop()
        client.close()
    done = CliRunner().invoke(command, ["--data", str(tmp_path), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert sentence in done.output
    assert "Nothing is wrong with the program" in done.output
