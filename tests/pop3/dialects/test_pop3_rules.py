"""Each rule that POP3 obeys, switched on by hand over fakemail's own words."""

from __future__ import annotations

import re

import pytest

from fakemail.dialects.dialect import GENERIC
from fakemail.dialects.names import names
from fakemail.pop3.customs import unique_id


def unique_ids(talk) -> list[str]:
    return [line.split()[1] for line in talk.say("UIDL").decode().split("\r\n")[1:-2]]


@pytest.mark.parametrize("length", [5, 22, 23, 30, 48])
def test_unique_ids_have_the_length_and_last(connect, length):
    first = connect(uidl_length=length)
    for _ in range(5):
        first.deliver()
    found = unique_ids(first.log_in())
    assert first.say("UIDL 2") == b"+OK 2 %b\r\n" % found[1].encode()
    assert len(set(found)) == 5
    assert {len(uid) for uid in found} == {length}
    first.say("DELE 1", "QUIT")
    assert unique_ids(connect(uidl_length=length).log_in()) == found[1:]


def test_upper_hex(connect):
    talk = connect(uidl_length=48, uidl_upper_hex=True)
    talk.deliver()
    [found] = unique_ids(talk.log_in())
    assert re.fullmatch("[0-9A-F]{48}", found)


def test_short_unique_ids_that_collide_differ_all_the_same(connect):
    talk = connect(uidl_length=1)
    for _ in range(12):
        talk.deliver()
    assert len(set(unique_ids(talk.log_in()))) == 12


def test_a_unique_id_hangs_on_the_message_alone():
    assert unique_id("a", 22, False) == unique_id("a", 22, False) != unique_id("b", 22, False)


def test_what_the_account_sent_itself_is_not_shown(connect):
    talk = connect(self_sent_hidden=True)
    talk.deliver()
    talk.deliver(b"From: Me <TOM@fakemail.test>\r\nSubject: to myself\r\n\r\n")
    talk.deliver(b"Subject: nobody's\r\n\r\n")
    assert talk.log_in().say("STAT").startswith(b"+OK 2 ")
    assert b"to myself" not in talk.say("RETR 2")
    talk.say("QUIT")
    assert connect().log_in().say("STAT").startswith(b"+OK 3 ")


def test_the_greeting_comes_late(connect):
    talk = connect(greeting_delay=5.0)
    assert talk.waited == [5.0]
    assert talk.greeting.startswith(b"+OK")


def test_a_failed_login_is_answered_late_and_then_the_connection_ends(connect):
    talk = connect(auth_failure_delay=17.5, closes_after_login_failure=True)
    assert talk.say("USER tom", "PASS WRONG").startswith(b"-ERR [AUTH]")
    assert talk.waited == [17.5]
    assert not talk.open


def test_a_login_that_works_is_answered_at_once(connect):
    assert connect(auth_failure_delay=17.5).log_in().waited == []


def test_no_login_before_tls(connect):
    talk = connect(tls=False, login_before_tls=False)
    refused = b"-ERR [AUTH] Plaintext authentication not allowed without TLS\r\n"
    assert talk.say("USER tom") == refused
    assert talk.say("AUTH PLAIN") == refused
    talk.say("STLS")
    assert talk.log_in().refusals() == ["auth.tls-required"] * 2


def test_basic_auth_disabled(connect):
    talk = connect(basic_auth_disabled=True)
    assert talk.say("USER tom", "PASS UMJLXEIFUZXKOEXK").startswith(b"-ERR [AUTH] Basic")
    assert talk.say("AUTH PLAIN AHRvbQBVTUpMWEVJRlVaWEtPRVhL").startswith(b"-ERR [AUTH] Basic")


def test_authorization_identity_refused(connect):
    talk = connect(authzid_refused=True)
    identity = "dG9tAHRvbQBVTUpMWEVJRlVaWEtPRVhL"  # tom NUL tom NUL code
    assert (
        talk.say(f"AUTH PLAIN {identity}") == b"-ERR [AUTH] Not authorized to act as that user\r\n"
    )
    assert connect().say(f"AUTH PLAIN {identity}").startswith(b"+OK")


def test_a_local_part_logs_in_only_where_it_may(connect):
    talk = connect(local_part_logs_in=("imap",))
    assert talk.say("USER tom", "PASS UMJLXEIFUZXKOEXK").startswith(b"-ERR [AUTH]")
    assert talk.refusals() == ["auth.no-such-account"]
    assert talk.log_in().say("NOOP").startswith(b"+OK")


def test_nothing_of_a_dialect_costs_fakemails_own_words_anything():
    assert not GENERIC.texts
    assert not GENERIC.rules


@pytest.mark.parametrize("name", [n for n in names() if n != "generic"])
def test_every_dialect_gives_a_whole_session(connect, name):
    talk = connect(name)
    talk.deliver()
    assert talk.greeting.startswith(b"+OK")
    talk.log_in()
    for line in ("STAT", "LIST", "LIST 1", "UIDL", "UIDL 1", "TOP 1 0", "RETR 1", "NOOP", "DELE 1"):
        assert talk.say(line).startswith(b"+OK"), line
    assert talk.say("RSET").startswith(b"+OK")
    talk.say("DELE 1")
    assert talk.say("QUIT").startswith(b"+OK")
    assert not talk.open
    assert connect(name).log_in().say("STAT").startswith(b"+OK 0 ")
