r"""X-GM-MSGID, X-GM-THRID, X-GM-LABELS and X-GM-RAW, where a dialect announces them."""

from __future__ import annotations

import re

import pytest

from fakemail.imap.search.keys import (
    All,
    And,
    Arrived,
    HasFlag,
    InHeader,
    InText,
    Labelled,
    Larger,
    Not,
    Or,
    Smaller,
)
from fakemail.imap.search.raw import raw
from fakemail.reasons.reason import Refusal

FIRST = b"Message-ID: <1@x>\r\nSubject: one\r\n\r\nfirst\r\n"
REPLY = b"Message-ID: <2@x>\r\nReferences: <1@x>\r\nSubject: Re: one\r\n\r\nsecond\r\n"


@pytest.fixture
def talk(connect):
    talk = connect("gmail")
    talk.deliver(FIRST)
    talk.deliver(REPLY)
    return talk.select()


def test_numbers_are_the_same_wherever_the_message_is(talk):
    said = talk.say("a FETCH 1:2 (X-GM-MSGID X-GM-THRID)")
    found = re.findall(rb"X-GM-MSGID (\d+) X-GM-THRID (\d+)", said)
    assert len({message for message, _ in found}) == 2
    assert len({thread for _, thread in found}) == 1
    assert all(0 < int(n) < 1 << 63 for pair in found for n in pair)
    message, thread = (n.decode() for n in found[1])
    assert talk.say(f"b SEARCH X-GM-MSGID {message}").startswith(b"* SEARCH 2\r\n")
    assert talk.say(f"c SEARCH X-GM-THRID {thread}").startswith(b"* SEARCH 1 2\r\n")
    talk.say("d CREATE Work")
    talk.say("e COPY 2 Work")
    talk.select("Work")
    assert found[1][0] in talk.say("f FETCH 1 X-GM-MSGID")


def test_a_label_is_a_mailbox_that_holds_the_message(talk):
    said = talk.say("a FETCH 1 X-GM-LABELS")
    assert said == b'* 1 FETCH (X-GM-LABELS ("\\\\Inbox"))\r\na OK FETCH completed.\r\n'
    said = talk.say('b STORE 1 +X-GM-LABELS (Work "Muy Importante" \\Starred)')
    assert said.startswith(
        b'* 1 FETCH (X-GM-LABELS ("\\\\Inbox" "\\\\Starred" "Muy Importante" Work))\r\n'
    )
    assert b"MESSAGES 1" in talk.say("c STATUS Work (MESSAGES)")
    assert b"\\Flagged" in talk.say("d FETCH 1 FLAGS")
    assert talk.say("e SEARCH X-GM-LABELS work").startswith(b"* SEARCH 1\r\n")
    assert talk.say('f SEARCH X-GM-LABELS "\\\\Starred"').startswith(b"* SEARCH 1\r\n")
    assert talk.say("g SEARCH NOT X-GM-LABELS Work").startswith(b"* SEARCH 2\r\n")
    assert b"X-GM-LABELS" not in talk.say('h STORE 1 -X-GM-LABELS.SILENT ("Muy Importante")')
    assert b"MESSAGES 0" in talk.say('i STATUS "Muy Importante" (MESSAGES)')
    assert b"UID 1 " in talk.say("j UID STORE 1 +X-GM-LABELS Work"), "which it has already"
    assert b"MESSAGES 1" in talk.say("k STATUS Work (MESSAGES)")


def test_without_the_inbox_it_is_archived_and_never_lost(talk):
    talk.say("a STORE 1 +X-GM-LABELS (Work)")
    talk.say('b STORE 1 -X-GM-LABELS ("\\\\Inbox")')
    assert talk.say("c NOOP").startswith(b"* 1 EXPUNGE\r\n")
    assert talk.say('d STATUS "[Gmail]/All Mail" (MESSAGES)').startswith(b"* STATUS")
    talk.say("e STORE 1 -X-GM-LABELS (\\Inbox)")
    assert talk.say("f NOOP").startswith(b"* 1 EXPUNGE\r\n")
    assert b"MESSAGES 1" in talk.say('g STATUS "[Gmail]/All Mail" (MESSAGES)')
    talk.select('"[Gmail]/All Mail"')
    assert talk.say("h FETCH 1 X-GM-LABELS").startswith(b"* 1 FETCH (X-GM-LABELS ())\r\n")
    talk.say("i STORE 1 +X-GM-LABELS (\\Inbox)")
    assert b"MESSAGES 1" in talk.say("j STATUS INBOX (MESSAGES)")


def test_labels_are_replaced(talk):
    talk.say("a STORE 1 +X-GM-LABELS (Work Home)")
    said = talk.say("b STORE 1 X-GM-LABELS (\\Inbox Home Play)")
    assert said.startswith(b'* 1 FETCH (X-GM-LABELS ("\\\\Inbox" Home Play))\r\n')


def test_equal_messages_of_another_day_are_others(connect):
    talk = connect("gmail")
    talk.deliver(FIRST)
    talk.provider.clock.advance(5)
    talk.log_in()
    talk.say("a CREATE Work")
    talk.deliver(FIRST, "Work")
    talk.select()
    assert b'("\\\\Inbox")' in talk.say("b FETCH 1 X-GM-LABELS")


def test_only_where_it_is_announced(connect):
    talk = connect("generic")
    talk.deliver(FIRST)
    talk.select()
    for command in (
        "FETCH 1 X-GM-MSGID",
        "STORE 1 +X-GM-LABELS (a)",
        "SEARCH X-GM-RAW from:tom",
        "SEARCH X-GM-MSGID 1",
    ):
        assert talk.say(f"a {command}").startswith(b"a BAD"), command
    assert set(talk.refusals()) == {"imap.not-offered"}


@pytest.mark.parametrize(
    "command",
    [
        "STORE 1 +X-GM-LABELS (\\Nonsense)",
        "STORE 1 +X-GM-LABELS",
        "STORE 1 +X-GM-LABELS (a",
        "SEARCH X-GM-MSGID x",
        "SEARCH X-GM-RAW has:attachment",
        "SEARCH X-GM-RAW (a)",
    ],
)
def test_what_is_not_understood_is_bad(talk, command):
    assert talk.say(f"a {command}").startswith(b"a BAD")


def test_a_raw_search(talk):
    assert talk.say('a SEARCH X-GM-RAW "subject:one -second"').startswith(b"* SEARCH 1\r\n")
    assert talk.say('b UID SEARCH X-GM-RAW "first OR second in:inbox"').startswith(
        b"* SEARCH 1 2\r\n"
    )
    assert talk.say('c SEARCH X-GM-RAW "rfc822msgid:<2@x>"').startswith(b"* SEARCH 2\r\n")
    assert talk.say('d SEARCH UNSEEN X-GM-RAW "is:read"').startswith(b"* SEARCH\r\n")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", All()),
        ("a b", And((InText("a"), InText("b")))),
        ('"a b"', And((InText("a b"),))),
        ("a OR b OR c", And((Or((InText("a"), InText("b"), InText("c"))),))),
        ("-is:unread", And((Not(Not(HasFlag("\\Seen"))),))),
        ("from:tom to:ann", And((InHeader(b"from", "tom"), InHeader(b"to", "ann")))),
        ("label:work", And((Labelled("work"),))),
        ("in:drafts", And((Labelled("\\draft"),))),
        ("in:anywhere", And((All(),))),
        ("larger:2K smaller:1m", And((Larger(2048), Smaller(1048576)))),
    ],
)
def test_the_words_of_a_raw_search(text, key):
    assert raw(text) == key


def test_the_days_of_a_raw_search():
    after, before = raw("after:2026/1/2 before:2026-12-31").keys
    assert isinstance(after, Arrived)
    assert (after.relation, after.day.isoformat()) == ("since", "2026-01-02")
    assert (before.relation, before.day.isoformat()) == ("before", "2026-12-31")
    for wrong in ("after:2026/13/1", "after:yesterday", "older_than:2d", "{a b}"):
        with pytest.raises(Refusal):
            raw(wrong)
