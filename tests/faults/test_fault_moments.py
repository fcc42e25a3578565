"""Each moment of the three protocols: that it comes when it should, and that nothing gets out of
step."""

from __future__ import annotations

import pytest

CODE = "umjlxeifuzxkoexk"


def test_a_login_has_the_same_name_everywhere(served, call):
    mail = served("any login every=2 refuse=auth.too-many-attempts", accounts="listed")
    address, code = mail.address, mail.code
    heard = []
    for _ in range(2):
        pop3 = call(mail.pop3)
        pop3.say(f"USER {address}", f"PASS {code}", "QUIT")
        heard.append(pop3.rest())
    imap = call(mail.imap)
    imap.say(f"a LOGIN {address} {code}", f"b LOGIN {address} {code}", "c LOGOUT")
    heard.append(imap.rest())
    assert b"-ERR" not in heard[0]
    assert b"-ERR [SYS/TEMP] Too many" in heard[1]
    assert b"\r\na OK" in heard[2]


def test_whose_login_it_is(served, call):
    mail = served("imap login account=eve@* refuse=auth.wrong-code")
    line = call(mail.imap)
    line.say(f"a LOGIN eve@{mail.domain} x", f"b LOGIN bob@{mail.domain} x", "c LOGOUT")
    heard = line.rest()
    assert b"a NO" in heard
    assert b"b OK" in heard


def test_secrets_are_no_arguments(served, call):
    """What a fault may look at never holds a code: it would tell it by striking."""
    faults = [f"any command argument=*{CODE}* close", f"any command argument=*{CODE[:9]}* close"]
    mail = served(*faults)
    pop3, imap = call(mail.pop3), call(mail.imap)
    pop3.say("USER you@fakemail.test", f"PASS {CODE}", "QUIT")
    assert pop3.rest().count(b"+OK") == 4
    imap.say(f"a LOGIN you@fakemail.test {CODE}", "b LOGOUT")
    assert b"b OK" in imap.rest()
    smtp = call(mail.submission)
    smtp.say("EHLO x", f"AUTH PLAIN {CODE}", "QUIT")
    assert b"221" in smtp.rest()


def test_an_append_that_is_refused_is_read_to_its_end(served, call):
    mail = served("imap append nth=1 refuse=imap.no-such-mailbox")
    line = call(mail.imap)
    line.say("a LOGIN you@fakemail.test x")
    line.until("a OK")
    for tag in ("b", "c"):
        line.say(f"{tag} APPEND INBOX {{18+}}", "Subject: x", "", "hi", "")
    line.say("d STATUS INBOX (MESSAGES)", "e LOGOUT")
    heard = line.rest()
    assert heard.startswith(b"b NO")
    assert b"\r\nc OK" in heard
    assert b"(MESSAGES 1)" in heard


def test_a_chunk_that_is_refused_is_read_to_its_end(served, call):
    mail = served("smtp bdat nth=2 refuse=smtp.rate-limited")
    line = call(mail.smtp)
    line.say("EHLO x", "MAIL FROM:<a@b.test>", f"RCPT TO:<you@{mail.domain}>")
    line.say("BDAT 12", "Subject: x", "BDAT 4", "QU", "BDAT 4 LAST", "NO", "RSET", "QUIT")
    replies = [r[:3] for r in line.rest().split(b"\r\n") if r[3:4] == b" "]
    assert replies == [b"220", b"250", b"250", b"250", b"250", b"450", b"503", b"250", b"221"]
    assert mail.messages == []


def test_content_by_data_and_by_bdat(served, call):
    mail = served("smtp content argument=*slow@* reply='452 4.3.1 Full'")
    line = call(mail.smtp)
    begin = ["MAIL FROM:<a@b.test>"]
    line.say("EHLO x", *begin, f"RCPT TO:<slow@{mail.domain}>", "BDAT 4 LAST", "hi")
    line.until("452 4.3.1 Full")
    line.say(*begin, f"RCPT TO:<slow@{mail.domain}>", "DATA")
    line.until("354")
    line.say("hi", ".")
    line.until("452 4.3.1 Full")
    line.say(*begin, f"RCPT TO:<quick@{mail.domain}>", "DATA")
    line.until("354")
    line.say("hi", ".", "QUIT")
    assert line.rest().startswith(b"250")
    assert len(mail.messages) == 1


@pytest.mark.parametrize("command", ["FETCH 1 FLAGS", "UID FETCH 1 FLAGS"])
def test_fetch_is_uid_fetch_too(served, call, command):
    mail = served("imap fetch refuse=imap.no-such-mailbox")
    line = call(mail.imap)
    line.say("a LOGIN you@fakemail.test x", "b SELECT INBOX", f"c {command}", "d LOGOUT")
    assert b"\r\nc NO" in line.rest()


def test_starttls_and_idle(served, call):
    mail = served("imap idle nth=2 refuse=imap.no-such-mailbox", "smtp starttls hang")
    line = call(mail.imap)
    line.say("a LOGIN you@fakemail.test x", "b SELECT INBOX", "c IDLE")
    line.until("+ ")
    line.say("DONE", "d IDLE")
    line.until("d NO")
    smtp = call(mail.smtp)
    smtp.say("EHLO x")
    smtp.until("250 ")
    smtp.say("STARTTLS")
    assert smtp.silent_for(0.2)


def test_a_session_of_another_client_goes_on(served, call):
    mail = served("smtp rcpt per=session nth=2 hang")
    first, second = call(mail.smtp), call(mail.smtp)
    for line in (first, second):
        line.say("EHLO x", "MAIL FROM:<a@b.test>", f"RCPT TO:<one@{mail.domain}>")
        line.until("250 2.1.5")
    first.say(f"RCPT TO:<two@{mail.domain}>")
    assert first.silent_for(0.1)
    second.say("DATA")
    second.until("354")


def test_a_limit_counts_what_was_accepted_whether_the_client_heard_of_it_or_not(served, call):
    mail = served(
        "smtp content nth=1 reply='451 4.3.0 Later'",
        "smtp content nth=2 lose",
        rule=["messages_limit=1/10min"],
    )
    heard = []
    for _ in range(3):
        line = call(mail.smtp)
        line.say("EHLO x", "MAIL FROM:<a@b.test>", f"RCPT TO:<you@{mail.domain}>", "DATA")
        line.say("hi", ".", "QUIT")
        heard.append([reply[:3] for reply in line.rest().splitlines() if reply[3:4] == b" "])
    assert heard[0] == [b"220", b"250", b"250", b"250", b"354", b"451", b"221"]
    assert heard[1] == [b"220", b"250", b"250", b"250", b"354"]
    assert heard[2][2] == b"450"
    assert len(mail.messages) == 1
    assert mail.sessions[2].reasons[0] == "smtp.rate-limited"


@pytest.mark.parametrize("moment", ["connect", "login"])
def test_a_login_that_a_fault_refuses_is_no_failed_login(served, call, moment):
    """The provider counts what it has looked at."""
    mail = served(
        f"pop3 {moment} first=3 refuse=auth.wrong-code", rule=["failed_logins_limit=2/10min"]
    )
    for turn in range(4):
        line = call(mail.pop3)
        line.say(f"USER you@{mail.domain}", "PASS x", "QUIT")
        assert (b"-ERR" in line.rest()) == (turn < 3)


def test_several_faults_at_one_moment_all_count_and_the_first_strikes(served, call):
    mail = served("imap noop nth=2 refuse=imap.no-such-mailbox", "any command every=2 close")
    line = call(mail.imap)
    line.say("a NOOP", "b NOOP", "c NOOP", "d NOOP")
    heard = line.rest()
    assert b"\r\na OK" in heard
    assert b"\r\nb NO" in heard
    assert b"\r\nc OK" in heard
    assert b"\r\nd " not in heard


@pytest.mark.parametrize("what", ["hang", "slow=1", "close"])
def test_what_one_session_meets_no_other_one_notices(served, call, what):
    mail = served(f"imap login account=eve@* {what}")
    eve, bob = call(mail.imap), call(mail.imap)
    eve.say(f"a LOGIN eve@{mail.domain} x", "b NOOP")
    bob.say(f"a LOGIN bob@{mail.domain} x", "b SELECT INBOX", "c LOGOUT")
    assert b"c OK" in bob.rest()


@pytest.mark.parametrize("word", ["EHLO laptop", "HELO laptop", "VRFY x", "NOOP x"])
def test_a_fault_of_a_test_strikes_who_has_not_said_whose_it_is(fakemail, call, word):
    """What has no address in it is nobody's."""
    with fakemail.fault(f"smtp {word.split()[0].lower()} close") as fault:
        line = call(fakemail.smtp)
        line.say(word)
        assert line.rest().count(b"\r\n") <= 1, "the greeting at most"
        assert fault.struck == 1
    line = call(fakemail.smtp)
    line.say("EHLO x", "QUIT")
    assert b"221" in line.rest()
