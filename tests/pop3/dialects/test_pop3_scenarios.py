"""Mistakes that people made with POP3 at providers, and what these said (scenario numbers of the
collected facts)."""

from __future__ import annotations


def test_b21_qq_password_in_place_of_the_code(connect):
    talk = connect("qq")
    answer = talk.say(f"USER {talk.address}", "PASS webpass")
    assert answer == b"-ERR Please using authorized code to login.\r\n"
    assert talk.refusals() == ["auth.password-not-code"]


def test_b22_163_pop3_is_switched_off_and_says_so_in_gbk(connect):
    talk = connect("163")
    answer = talk.say(f"USER off@{talk.domain}", "PASS UMJLXEIFUZXKOEXK")
    assert answer == "-ERR 您没有权限使用pop3功能\r\n".encode("gbk")
    assert answer.decode("utf-8", "replace") != answer.decode("gbk")
    assert talk.refusals() == ["auth.service-off"]


def test_b23_yeah_pop3_is_switched_off(connect):
    talk = connect("yeah")
    answer = talk.say(f"USER off@{talk.domain}", "PASS UMJLXEIFUZXKOEXK")
    assert answer == b"-ERR Unable to log on\r\n"
    assert talk.refusals() == ["auth.service-off"]


def test_e18_hotmail_wants_the_token_on_a_line_of_its_own(connect, token):
    talk = connect("hotmail")
    secret = token(talk.address, "UMJLXEIFUZXKOEXK")
    answer = talk.say(f"AUTH XOAUTH2 {secret}")
    assert answer == b"-ERR Protocol error. Connection is closed. 10\r\n"
    assert not talk.open
    assert talk.refusals() == ["pop3.xoauth2-one-line"]
    right = connect("hotmail")
    assert right.say("AUTH XOAUTH2") == b"+ \r\n"
    assert right.say(secret) == b"+OK User successfully authenticated.\r\n"


def test_hotmail_takes_no_password_and_says_so_late(connect):
    talk = connect("hotmail")
    answer = talk.say(f"USER {talk.address}", "PASS UMJLXEIFUZXKOEXK")
    assert answer == b"-ERR Basic authentication is disabled\r\n"
    assert talk.waited == [17.5]


def test_e19_user_before_stls_on_dovecot(connect):
    old, new = connect("generic@2017", tls=False), connect("generic@2026", tls=False)
    ending = b" authentication disallowed on non-secure (SSL/TLS) connections.\r\n"
    assert old.say("USER tom") == b"-ERR [AUTH] Plaintext" + ending
    assert new.say("USER tom") == b"-ERR [AUTH] Cleartext" + ending


def test_a_bad_token_is_told_why_before_it_is_refused(connect, token):
    talk = connect("gmail")
    challenge = talk.say("AUTH XOAUTH2", token(talk.address, "WRONG"))
    assert challenge.startswith(b"+ eyJzdGF0dXMi")
    assert talk.say("") == b"-ERR [AUTH] Invalid credentials.\r\n"
    assert talk.log_in().say("CAPA").startswith(b"+OK Capability list follows\r\nUSER\r\n")


def test_gmail_hides_what_the_account_sent_itself(connect):
    talk = connect("gmail")
    talk.deliver()
    talk.deliver(b"From: %b\r\n\r\nto myself\r\n" % talk.address.encode())
    assert talk.log_in().say("STAT").startswith(b"+OK 1 ")
