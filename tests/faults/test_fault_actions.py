"""What a client sees of each action, on a socket, and what the transcript says of it."""

from __future__ import annotations

import re

import pytest

MESSAGE = ["Subject: hello", "", "hello", "."]


def transaction(*recipients):
    return [
        "EHLO laptop",
        "MAIL FROM:<me@fakemail.test>",
        *[f"RCPT TO:<{who}@fakemail.test>" for who in recipients or ["you"]],
        "DATA",
    ]


def codes(octets):
    """The code of each reply."""
    lines = octets.decode().splitlines()
    return [line[:3] for line in lines if line[3:4] != "-"]


def test_refuse_has_the_words_of_the_dialect_and_the_reason(served, call):
    mail = served("smtp rcpt nth=2 refuse=smtp.no-such-user")
    line = call(mail.smtp)
    line.say(*transaction("a", "b", "c")[:-1], "QUIT")
    assert codes(line.rest()) == ["220", "250", "250", "250", "550", "250", "221"]
    session = mail.session("smtp")
    assert session.reasons == ["smtp.no-such-user"]
    assert "fault 1: smtp rcpt nth=2 refuse=smtp.no-such-user (time 2)" in session.transcript


def test_a_provider_refuses_in_its_own_words(served, call):
    mail = served("smtp connect refuse=host.client-blocked", dialect="163")
    assert call(mail.submission).until("\r\n").startswith(b"554 Ip is rejected, smtp auth error")


def test_a_reply_of_a_provider_that_takes_a_broken_disk(served, call):
    """163 is known to say it (zmail, issue 22); nothing has to be broken to see it."""
    mail = served("pop3 retr nth=1 refuse=pop3.message-unreadable", dialect="163")
    mail.deliver("Subject: x\r\n\r\nhi", to="you@163.com")
    line = call(mail.pop3s, mail.ca_file)
    line.say("USER you@163.com", f"PASS {mail.code}", "RETR 1", "RETR 1", "QUIT")
    heard = line.rest()
    assert re.search(rb"-ERR Can't get the letter \S+, try again later\r\n\+OK \d+ octets", heard)


@pytest.mark.parametrize("answer", ["451 4.3.0 Later", "250 2.0.0 Not really"])
def test_reply_is_said_as_it_stands(served, call, answer):
    mail = served(f'smtp content reply="{answer}"')
    line = call(mail.smtp)
    line.say(*transaction())
    line.until("354")
    line.say(*MESSAGE)
    assert line.until("\r\n") == f"{answer}\r\n".encode()
    assert mail.messages == []
    line.say(*transaction()[1:])
    line.until("354")
    assert mail.session("smtp").reasons == ["fault.said"]


def test_replies_of_pop3_and_imap(served, call):
    mail = served('pop3 stat reply="-ERR [SYS/TEMP] Later"', 'imap noop reply="NO [INUSE] Later"')
    pop3, imap = call(mail.pop3), call(mail.imap)
    pop3.say("USER you@fakemail.test", "PASS x", "STAT", "NOOP", "QUIT")
    assert b"-ERR [SYS/TEMP] Later\r\n+OK" in pop3.rest()
    imap.say("a LOGIN you@fakemail.test x", "b NOOP", "c CAPABILITY", "d LOGOUT")
    heard = imap.rest()
    assert b"\r\nb NO [INUSE] Later\r\n" in heard
    assert b"\r\nd OK" in heard


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("listener", ["smtp", "pop3", "imap"])
def test_close_says_nothing_at_all(served, call, listener, inside):
    mail = served("any command close")
    ports = {"smtp": mail.smtps, "pop3": mail.pop3s, "imap": mail.imaps} if inside else None
    endpoint = ports[listener] if ports else getattr(mail, listener)
    line = call(endpoint, mail.ca_file if inside else None)
    line.until("\r\n")
    line.say({"imap": "a NOOP", "pop3": "CAPA", "smtp": "EHLO x"}[listener], "QUIT")
    assert line.rest() == b""
    shown = mail.session(listener if not inside else "").transcript
    assert "closed by a fault" in shown
    assert "fault 1: any command close" in shown


@pytest.mark.parametrize("listener", ["smtp", "pop3", "imap"])
def test_close_at_connect(served, call, listener):
    mail = served(f"{listener} connect close")
    assert call(getattr(mail, listener)).rest() == b""


def test_reset_is_a_reset(served, call):
    mail = served("imap noop reset")
    line = call(mail.imap)
    line.until("\r\n")
    line.say("a NOOP")
    with pytest.raises(ConnectionResetError):
        line.rest()
    assert mail.session().how == "reset by a fault"


def test_hang_says_nothing_and_stays(served, call):
    mail = served("smtp rcpt hang")
    line = call(mail.smtp)
    line.say(*transaction()[:2])
    line.until("250 2.1.0")
    line.say("RCPT TO:<you@fakemail.test>", "QUIT")
    assert line.silent_for(0.3)
    line.close()


def test_lose_carries_the_command_out(served, call):
    """The message that is there twice when a client tries again."""
    mail = served("smtp content first=1 lose")
    for _ in range(2):
        line = call(mail.smtp)
        line.say(*transaction())
        line.until("354")
        line.say(*MESSAGE, "QUIT")
        line.rest()
    assert [message.subject for message in mail.messages] == ["hello", "hello"]
    assert codes(line.heard)[-2:] == ["250", "221"]
    first, last = mail.sessions
    assert first.how == "closed by a fault"
    assert "delivered" in first.transcript
    assert "QUIT" in last.commands


def test_close_at_the_end_of_a_message_keeps_nothing(served, call):
    mail = served("smtp content close")
    line = call(mail.smtp)
    line.say(*transaction())
    line.until("354")
    line.say(*MESSAGE)
    assert line.rest() == b""
    assert mail.messages == []


def test_what_was_pipelined_behind_it_is_not_carried_out(served, call):
    mail = served("smtp content nth=1 lose")
    line = call(mail.smtp)
    line.say(*transaction())
    line.until("354")
    line.say(*MESSAGE, *transaction()[1:], *MESSAGE)
    assert line.rest() == b""
    assert len(mail.messages) == 1
    imap = served("imap create argument=a* close")
    line = call(imap.imap)
    line.say("a LOGIN u@fakemail.test x", "b CREATE abc", "c CREATE xyz", "d LOGOUT")
    assert b"b " not in line.rest()
    line = call(imap.imap)
    line.say("a LOGIN u@fakemail.test x", 'b LIST "" *', "c LOGOUT")
    assert b"abc" not in line.rest()
    assert b"xyz" not in line.heard


@pytest.mark.parametrize("count", [0, 1, 20])
def test_cut_sends_so_many_octets(served, call, count):
    mail = served(f"imap capability cut={count}")
    line = call(mail.imap)
    line.until("\r\n")
    line.say("a CAPABILITY")
    assert line.rest() == b"* CAPABILITY IMAP4rev1"[:count]
    assert mail.session().how == "cut off by a fault"


def test_drip_is_one_octet_at_a_time(served, call):
    mail = served("pop3 capa drip")
    line = call(mail.pop3, None)
    line.until("\r\n")
    line.say("CAPA")
    assert b"UIDL" in line.until("\r\n.\r\n")
    line.say("QUIT")
    assert line.rest().startswith(b"+OK")


def test_slow_and_delay_come_late_and_whole(served, call):
    """That they are late is seen without a clock: first there is silence, then all of it."""
    mail = served("imap fetch slow=400", "imap select delay=0.5")
    mail.deliver("Subject: x\r\n\r\n" + "y" * 100, to=f"you@{mail.domain}")
    line = call(mail.imap)
    line.say(f"a LOGIN you@{mail.domain} x")
    line.until("a OK")
    line.say("b SELECT INBOX")
    assert line.silent_for(0.2)
    assert b"EXISTS" in line.until("b OK")
    line.pieces.clear()
    line.say("c FETCH 1 BODY[]", "d LOGOUT")
    assert b"y" * 100 in line.rest()
    assert b"d OK" in line.heard
    assert max(map(len, line.pieces)) <= 3 * 40, "at most three tenths of a second at a time"


def test_delay_with_close_waits_first(served, call):
    mail = served("smtp noop delay=0.4 close")
    line = call(mail.smtp)
    line.until("\r\n")
    line.say("NOOP")
    assert line.silent_for(0.15)
    assert line.rest() == b""


def test_an_answer_before_a_fault_is_no_part_of_it(served, call):
    mail = served("smtp rcpt close")
    line = call(mail.smtp)
    line.say(*transaction())
    assert codes(line.rest()) == ["220", "250", "250"]
