"""What providers announce is there: quota, extended LIST, names in UTF-8."""

from __future__ import annotations


def test_quota_is_told_and_obeyed(connect):
    talk = connect(quota_storage=10, quota_messages=3)
    talk.deliver()
    talk.log_in()
    told = b'* QUOTA "" (STORAGE 1 10 MESSAGE 1 3)\r\n'
    assert talk.say('a GETQUOTA ""').startswith(told)
    assert talk.say("b GETQUOTAROOT INBOX").startswith(b'* QUOTAROOT INBOX ""\r\n' + told)
    assert talk.say("c APPEND INBOX {10241}").startswith(b"c NO [OVERQUOTA] The account holds ")
    talk.select()
    assert b"d OK" in talk.say("d COPY 1 INBOX")
    assert b"e OK" in talk.say("e COPY 1 INBOX")
    assert talk.say("f COPY 1 INBOX").startswith(b"f NO [OVERQUOTA] The account holds 3 messages")
    assert b"g OK" in talk.say("g MOVE 1 Trash"), "what only moves needs no room"
    assert talk.say("h APPEND INBOX {1}").startswith(b"h NO [OVERQUOTA]")


def test_gmail_lists_in_one_go(connect):
    talk = connect("gmail").log_in()
    said = talk.say('a LIST (SUBSCRIBED RECURSIVEMATCH) "" "*" RETURN (STATUS (MESSAGES))')
    assert said.startswith(b"a OK")
    talk.say('b SUBSCRIBE "[Gmail]/Spam"')
    said = talk.say('c LIST (SUBSCRIBED RECURSIVEMATCH) "" "%" RETURN (STATUS (MESSAGES))')
    assert said == (
        b'* LIST (\\HasChildren \\NonExistent) "/" [Gmail] ("CHILDINFO" ("SUBSCRIBED"))\r\n'
        b"c OK LIST completed.\r\n"
    )
    said = talk.say('d LIST "" (INBOX "[Gmail]/Spam") RETURN (SUBSCRIBED STATUS (MESSAGES))')
    assert b'\\Subscribed) "/" [Gmail]/Spam\r\n* STATUS [Gmail]/Spam (MESSAGES 0)\r\n' in said


def test_what_a_provider_does_not_announce_is_not_there(connect):
    talk = connect("qq").log_in()
    for command in (
        'LIST (SUBSCRIBED) "" *',
        'LIST "" (a b)',
        'LIST "" * RETURN (STATUS (UIDNEXT))',
    ):
        assert talk.say(f"a {command}").startswith(b"a BAD"), command
    assert talk.say("b CREATE x (USE (\\Sent))").startswith(b"b BAD")
    assert set(talk.refusals()) == {"imap.not-offered"}
    assert talk.say('c GETQUOTA ""') == b"", "an unknown command, at which qq hangs up"


def test_folders_that_were_seen_in_utf_7_are_told_in_utf_8(connect):
    talk = connect("gmail").log_in()
    talk.say('a CREATE "&UXZO1mWHTvZZOQ-"')
    assert b" &UXZO1mWHTvZZOQ-\r\n" in talk.say('b LIST "" "*"')
    talk.say("c ENABLE UTF8=ACCEPT")
    assert '"其他文件夹"'.encode() in talk.say('d LIST "" "其*"')


def test_a_mechanism_that_is_announced_and_nowhere_defined(connect):
    talk = connect("icloud")
    assert talk.say("a AUTHENTICATE ATOKEN").startswith(b"a NO ")
    assert connect("gmail").say("a AUTHENTICATE PLAIN-CLIENTTOKEN").startswith(b"a NO ")
    assert talk.refusals() == ["auth.mechanism-not-here"]
    talk.say("b AUTHENTICATE CRAM-MD5")
    assert talk.refusals()[1:] == ["auth.mechanism-unknown"]


def test_literal_minus_allows_small_literals_only(connect):
    talk = connect("gmail").log_in()
    assert b"b OK" in talk.say(b"b APPEND INBOX {4096+}\r\n" + b"x" * 4096)
    refused = talk.say(b"c APPEND INBOX {4097+}\r\n" + b"c NOOP\r\n" + b"x" * 4089)
    assert refused.startswith(b"c BAD [TOOBIG]") and refused.count(b"\r\n") == 1
    assert talk.say("d APPEND INBOX {4097}").startswith(b"+ ")
    assert (
        connect("generic").log_in().say(b"e APPEND INBOX {9999+}\r\n" + b"x" * 9999)[:4] == b"e OK"
    )
