"""Mod-sequences and object identifiers where a provider announces them, and where none does."""

from __future__ import annotations

import re

import pytest


@pytest.mark.parametrize(
    ("dialect", "asked", "enabled"),
    [
        ("generic", "QRESYNC CONDSTORE", "CONDSTORE QRESYNC"),
        ("fastmail", "QRESYNC", "QRESYNC"),
        ("gmail", "CONDSTORE QRESYNC", "CONDSTORE"),
        ("yahoo", "CONDSTORE QRESYNC", ""),
    ],
)
def test_enable_tells_what_it_switched_on(connect, dialect, asked, enabled):
    talk = connect(dialect).log_in()
    said = talk.say(f"a ENABLE {asked}").split(b"\r\n")
    assert said[0].decode() == f"* ENABLED {enabled}".rstrip()
    assert said[1].startswith(b"a OK")


@pytest.mark.parametrize("dialect", ["gmail", "zoho", "fastmail", "icloud"])
def test_condstore_is_there_where_it_is_announced(connect, dialect):
    talk = connect(dialect)
    talk.deliver(), talk.deliver()
    talk.log_in()
    talk.provider.clock.advance(60)
    said = talk.say("a SELECT INBOX (CONDSTORE)")
    assert b"[HIGHESTMODSEQ 2]" in said and said.count(b"HIGHESTMODSEQ") == 1
    said = talk.say("b UID STORE 2 (UNCHANGEDSINCE 2) +FLAGS.SILENT (\\Seen)")
    assert said.startswith(b"* 2 FETCH (UID 2 MODSEQ (3))\r\nb OK")
    said = talk.say("c UID FETCH 1:* (FLAGS) (CHANGEDSINCE 2)")
    assert said.startswith(b"* 2 FETCH (UID 2 FLAGS (\\Seen \\Recent) MODSEQ (")
    said = talk.say("d UID STORE 2 (UNCHANGEDSINCE 2) +FLAGS.SILENT (\\Deleted)")
    assert b"d OK [MODIFIED 2]" in said
    assert talk.say("e SEARCH MODSEQ 3").startswith(b"* SEARCH 2 (MODSEQ 3)\r\n")
    assert b"(HIGHESTMODSEQ 3)" in talk.say("f STATUS INBOX (HIGHESTMODSEQ)")
    said = talk.say("g SELECT INBOX")
    assert b"* OK [CLOSED]" in said, "who announces CONDSTORE says it (RFC 7162 §3.2.11)"
    assert b"[HIGHESTMODSEQ 3]" in said


@pytest.mark.parametrize("dialect", ["fastmail", "icloud"])
def test_qresync_is_there_where_it_is_announced(connect, dialect):
    talk = connect(dialect)
    for _ in range(3):
        talk.deliver()
    talk.log_in()
    talk.say("a ENABLE QRESYNC")
    talk.provider.clock.advance(60)
    validity = re.search(rb"UIDVALIDITY (\d+)", talk.say("b SELECT INBOX"))
    assert validity is not None
    talk.say("c STORE 2 +FLAGS.SILENT (\\Deleted)")
    said = talk.say("d EXPUNGE")
    assert said.startswith(b"* VANISHED 2\r\nd OK [HIGHESTMODSEQ 4]")
    said = talk.say(b"e SELECT INBOX (QRESYNC (%b 2))" % validity[1])
    assert b"* VANISHED (EARLIER) 2\r\ne OK" in said


@pytest.mark.parametrize("dialect", ["hotmail", "qq", "yandex"])
@pytest.mark.parametrize(
    "command",
    [
        "SELECT INBOX (CONDSTORE)",
        "SELECT INBOX (QRESYNC (1 1))",
        "STATUS INBOX (HIGHESTMODSEQ)",
        "STATUS INBOX (MAILBOXID)",
        "FETCH 1 (MODSEQ)",
        "FETCH 1 (EMAILID)",
        "FETCH 1 (THREADID)",
        "FETCH 1 (FLAGS) (CHANGEDSINCE 1)",
        "UID FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)",
        "STORE 1 (UNCHANGEDSINCE 1) FLAGS (\\Seen)",
        "SEARCH MODSEQ 1",
        "SEARCH EMAILID x",
    ],
)
def test_what_is_not_announced_is_refused(connect, dialect, command):
    talk = connect(dialect)
    talk.deliver()
    talk.select()
    assert talk.say(f"a {command}").startswith(b"a BAD ")
    assert talk.refusals()[-1] == "imap.not-offered"
    said = talk.say("b SELECT INBOX")
    assert b"MODSEQ" not in said and b"MAILBOXID" not in said


def test_gmail_has_no_qresync(connect):
    talk = connect("gmail").log_in()
    talk.say("a ENABLE QRESYNC")
    assert talk.say("b SELECT INBOX (QRESYNC (1 1))").startswith(b"b BAD ")
    assert talk.refusals() == ["imap.not-offered"]


def test_modseq_minus_one(connect):
    """Zoho's answers, at which MailKit stumbled; what is not an answer to FETCH is right."""
    talk = connect(modseq_minus_one=True)
    talk.deliver()
    talk.select()
    said = talk.say("a FETCH 1 (UID MODSEQ)")
    assert b"* 1 FETCH (UID 1 MODSEQ (-1))\r\n" in said
    said = talk.say("b UID FETCH 1 (FLAGS) (CHANGEDSINCE 1)")
    assert said.startswith(b"* 1 FETCH (UID 1 FLAGS (\\Recent) MODSEQ (-1))\r\nb OK")
    said = talk.say("c STORE 1 +FLAGS.SILENT (\\Seen)")
    assert said.startswith(b"* 1 FETCH (UID 1 MODSEQ (3))\r\nc OK")
    said = connect("zoho").select().say("d FETCH 1 (MODSEQ)")
    assert b"MODSEQ (-1)" not in said, "there is nothing in that account"


def test_zoho_says_minus_one(connect):
    talk = connect("zoho")
    talk.deliver()
    assert b"* 1 FETCH (MODSEQ (-1))\r\n" in talk.select().say("a FETCH 1 (MODSEQ)")


def test_yahoo_names_mailboxes_by_numbers(connect):
    talk = connect("yahoo")
    talk.deliver()
    talk.log_in()
    said = talk.say("a EXAMINE INBOX")
    number = re.search(rb"\* OK \[MAILBOXID \((\d+)\)\] Ok\r\n", said)
    assert number is not None
    assert b"(MAILBOXID (%b))" % number[1] in talk.say("b STATUS INBOX (MAILBOXID)")
    said = talk.say("c FETCH 1 (EMAILID THREADID)")
    assert re.match(rb"\* 1 FETCH \(EMAILID \(M\w{32}\) THREADID \(T\w{32}\)\)\r\nc OK", said)
    said = talk.say("d CREATE Work")
    created = re.match(rb"d OK \[MAILBOXID \((\d+)\)\]", said)
    assert created is not None and created[1] != number[1]
    assert talk.say("e FETCH 1 (MODSEQ)").startswith(b"e BAD ")
