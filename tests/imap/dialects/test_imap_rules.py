"""Each rule that IMAP obeys, switched on by hand over fakemail's own words."""

from __future__ import annotations

import re

import pytest

from fakemail.dialects.names import names

UNKNOWN = """SUBJECT x,FROM x,TEXT x,BODY x,HEADER X y,CHARSET UTF-8 ALL,BEFORE 1-Jan-2020,UID 1,
1:2,NOT SINCE 1-Jan-2020,OR SEEN UNSEEN,LARGER 1,SENTSINCE 1-Jan-2020,UNSEEN TO x,NOT SUBJECT x"""
"""To a server that knows ALL and SINCE."""


# -- the session


def test_the_greeting_comes_late(connect):
    assert connect(greeting_delay=5.0).waited == [5.0]


def test_a_failed_login_is_answered_late_and_then_the_connection_ends(connect):
    talk = connect(auth_failure_delay=17.5, closes_after_login_failure=True)
    assert talk.say("a LOGIN tom WRONG").startswith(b"a NO [AUTHENTICATIONFAILED]")
    assert talk.waited == [17.5]
    assert not talk.open


def test_other_refusals_are_not_late(connect):
    talk = connect(auth_failure_delay=17.5, closes_after_login_failure=True).log_in()
    assert talk.say("a SELECT nowhere").startswith(b"a NO")
    assert talk.waited == []
    assert talk.open


def test_no_login_before_tls(connect):
    talk = connect(tls=False, login_before_tls=False)
    assert talk.say("a LOGIN tom UMJLXEIFUZXKOEXK").startswith(b"a NO [PRIVACYREQUIRED]")
    assert talk.say("b AUTHENTICATE PLAIN").startswith(b"b NO [PRIVACYREQUIRED]")
    talk.say("c STARTTLS")
    talk.log_in()


def test_basic_auth_disabled(connect):
    talk = connect(basic_auth_disabled=True)
    assert b"Basic authentication is disabled" in talk.say("a LOGIN tom UMJLXEIFUZXKOEXK")
    plain = "AHRvbQBVTUpMWEVJRlVaWEtPRVhL"
    assert b"Basic authentication" in talk.say(f"b AUTHENTICATE PLAIN {plain}")
    assert talk.refusals() == ["auth.basic-auth-disabled"] * 2


def test_authorization_identity_refused(connect):
    identity = "dG9tAHRvbQBVTUpMWEVJRlVaWEtPRVhL"  # tom NUL tom NUL code
    talk = connect(authzid_refused=True)
    assert b"a NO [AUTHORIZATIONFAILED]" in talk.say(f"a AUTHENTICATE PLAIN {identity}")
    assert b"a OK" in connect().say(f"a AUTHENTICATE PLAIN {identity}")


def test_a_local_part_logs_in_only_where_it_may(connect):
    talk = connect(local_part_logs_in=("pop3",))
    assert talk.say("a LOGIN tom UMJLXEIFUZXKOEXK").startswith(b"a NO")
    assert b"a OK" in connect(local_part_logs_in=("imap",)).say("a LOGIN tom UMJLXEIFUZXKOEXK")


def test_capability_with_login(connect):
    said = connect(capability_with_login=True).say("a LOGIN tom UMJLXEIFUZXKOEXK")
    assert re.fullmatch(rb"\* CAPABILITY IMAP4rev1 .*\r\na OK \[CAPABILITY .*\r\n", said)


def test_bye_twice(connect):
    said = connect(bye_twice=True).say("a LOGOUT")
    assert said == b"* BYE Logging out.\r\n" * 2 + b"a OK LOGOUT completed.\r\n"


def test_an_unknown_command_ends_the_connection_unanswered(connect):
    talk = connect(drops_on_unknown_command=True).log_in()
    assert talk.say("a NOOP") == b"a OK NOOP completed.\r\n"
    assert talk.say("b NONSENSE") == b""
    assert not talk.open
    assert talk.refusals() == ["imap.unknown-command"]


@pytest.mark.parametrize(("rule", "word"), [("no_idle", "IDLE"), ("no_move", "MOVE")])
def test_what_is_taken_away_is_neither_listed_nor_known(connect, rule, word):
    talk = connect(**{rule: True}).select()
    assert word not in talk.say("a CAPABILITY").decode().split()
    assert talk.say(f"b {word}").startswith(b"b BAD")
    assert talk.say(f"c UID {word} 1 Trash").startswith(b"c BAD")
    assert word in connect().say("a CAPABILITY").decode().split()


def test_enable_untold(connect):
    said = connect(enable_untold=True).log_in().say("a ENABLE QRESYNC")
    assert said == b"a OK ENABLE completed.\r\n"


def test_id_before_select(connect):
    talk = connect(id_before_select=True)
    talk.say("in LOGIN tom UMJLXEIFUZXKOEXK")
    assert talk.say("a SELECT INBOX") == b"a NO SELECT refused: send ID first\r\n"
    assert talk.say("b EXAMINE INBOX") == b"b NO EXAMINE refused: send ID first\r\n"
    talk.say("c ID NIL")
    assert b"d OK" in talk.say("d SELECT INBOX")


# -- IDLE


def test_a_silent_idle_says_nothing_until_done(connect):
    talk = connect(silent_idle=True).select()
    assert talk.say("a IDLE") == b"+ idling\r\n"
    talk.deliver()
    assert talk.wait(1000) == b""
    assert talk.say("DONE") == b"* 1 EXISTS\r\n* 1 RECENT\r\na OK IDLE terminated.\r\n"


def test_an_idle_that_closes(connect):
    talk = connect(idle_closes_after=60.0).select()
    talk.say("a IDLE")
    assert talk.wait(59) == b""
    assert talk.open
    talk.wait(1)
    assert not talk.open


def test_an_idle_that_ended_in_time_closes_nothing(connect):
    talk = connect(idle_closes_after=60.0).select()
    talk.say("a IDLE")
    talk.wait(30)
    talk.say("DONE")
    talk.wait(100)
    assert b"b OK" in talk.say("b NOOP")
    talk.say("c IDLE")
    talk.wait(59)
    assert talk.open


def test_an_idle_that_pushes_late(connect):
    talk = connect(idle_push_delay=30.0).select()
    talk.say("a IDLE")
    talk.deliver()
    assert talk.wait(10) == b""
    talk.deliver()
    assert talk.wait(19) == b""
    assert talk.wait(1) == b"* 2 EXISTS\r\n* 2 RECENT\r\n"
    talk.deliver()
    assert talk.wait(29) == b""
    assert talk.wait(1) == b"* 3 EXISTS\r\n* 3 RECENT\r\n"
    assert talk.say("DONE") == b"a OK IDLE terminated.\r\n"


# -- folders


def test_xlist(connect):
    talk = connect(xlist=True).log_in()
    assert b"XLIST" in talk.say("a CAPABILITY")
    said = talk.say('b XLIST "" "*"').decode().split("\r\n")
    assert said[0] == '* XLIST (\\HasNoChildren \\Inbox) "/" INBOX'
    assert '* XLIST (\\HasNoChildren \\Spam) "/" Junk' in said
    assert said[-2] == "b OK XLIST completed."
    assert connect().log_in().say('a XLIST "" "*"').startswith(b"a BAD")


@pytest.mark.parametrize("where", ["xlist", "none"])
def test_roles_are_not_told_by_list(connect, where):
    said = connect(special_use=where, xlist=True).log_in().say('a LIST "" "*"')
    assert b"\\Sent" not in said
    assert b'* LIST (\\HasNoChildren) "/" Sent\r\n' in said


def test_create_refused(connect):
    talk = connect(create_refused=True).log_in()
    assert talk.say("a CREATE new") == b"a NO [NOPERM] CREATE is not allowed here\r\n"
    assert b"new" not in talk.say('b LIST "" "*"')


def test_uidnext_is_left_out(connect):
    talk = connect(no_uidnext=True).log_in()
    assert b"UIDNEXT" not in talk.say("a SELECT INBOX")
    assert talk.say("b STATUS INBOX (UIDNEXT MESSAGES)").startswith(b"* STATUS INBOX (MESSAGES 0)")


def test_uid_validity_is_1(connect):
    talk = connect(uid_validity_1=True).log_in()
    assert b"[UIDVALIDITY 1]" in talk.say("a SELECT INBOX")
    assert b"(UIDVALIDITY 1)" in talk.say("b STATUS Sent (UIDVALIDITY)")
    assert b"[APPENDUID 1 1]" in talk.say(b"c APPEND Sent {3+}\r\nabc")
    talk.deliver()
    talk.say("d NOOP")
    assert b"[COPYUID 1 1 2]" in talk.say("e COPY 1 Sent")


def test_new_mail_is_seen_only_later(connect):
    talk = connect(visible_after=15.0).log_in()
    talk.deliver()
    talk.provider.clock.advance(14)
    said = talk.say("a SELECT INBOX")
    assert b"* 0 EXISTS\r\n* 0 RECENT\r\n" in said
    assert b"UNSEEN" not in said
    assert any(b"not shown yet: 1 of the messages" in e.octets for e in talk.recorder.entries)
    assert talk.say("b NOOP") == b"b OK NOOP completed.\r\n"
    talk.provider.clock.advance(1)
    assert talk.say("c NOOP") == b"* 1 EXISTS\r\n* 1 RECENT\r\nc OK NOOP completed.\r\n"
    assert b"* 1 EXISTS" in talk.say("d EXAMINE INBOX")


def test_what_follows_hidden_mail_waits_too(connect):
    talk = connect(visible_after=15.0).log_in()
    talk.deliver()
    talk.say(b'a APPEND INBOX "01-Jan-2020 00:00:00 +0000" {3+}\r\nabc')
    assert b"* 0 EXISTS" in talk.say("b SELECT INBOX")
    talk.provider.clock.advance(15)
    assert b"* 2 EXISTS" in talk.say("c NOOP")


# -- messages


def test_keywords_are_accepted_and_forgotten(connect):
    talk = connect(keywords_not_stored=True)
    talk.deliver()
    talk.select()
    assert b"a OK" in talk.say(r"a STORE 1 +FLAGS (\Seen work)")
    assert talk.say("b FETCH 1 FLAGS").startswith(b"* 1 FETCH (FLAGS (\\Seen \\Recent))")
    assert b"c OK" in talk.say(b"c APPEND INBOX (work) {3+}\r\nabc")
    assert b"work" not in talk.say("d FETCH 2 FLAGS")


def test_append_limit(connect):
    talk = connect(append_limit=10).log_in()
    assert b"APPENDLIMIT=10" in talk.say("a CAPABILITY")
    assert talk.say("b APPEND INBOX {11}").startswith(b"b NO [TOOBIG]")
    assert talk.say("c APPEND INBOX {10}").startswith(b"+ ")


def test_search_knows_some_keys_only(connect):
    talk = connect(search_keys=("ALL", "SINCE"))
    talk.deliver()
    talk.select()
    for known in ("ALL", "SINCE 1-Jan-2020", "UNSEEN", "SEEN", "NEW", "NOT ANSWERED", "UNSEEN ALL"):
        assert b"a OK" in talk.say(f"a SEARCH {known}"), known
    for unknown in UNKNOWN.replace("\n", "").split(","):
        assert talk.say(f"b UID SEARCH {unknown}").startswith(b"b BAD"), unknown
    assert set(talk.refusals()) == {"imap.search-unsupported"}


def test_search_for_texts_finds_nothing(connect):
    talk = connect(search_text_finds_nothing=True)
    talk.deliver()
    talk.select()
    for key in ("SUBJECT message", "FROM ann", "TEXT text", "BODY text", "HEADER From ann"):
        assert talk.say(f"a SEARCH {key}").startswith(b"* SEARCH\r\na OK"), key
    assert talk.say("b SEARCH SINCE 1-Jan-2020").startswith(b"* SEARCH 1\r\n")


def test_search_for_other_than_ascii_finds_nothing(connect):
    talk = connect(search_non_ascii_finds_nothing=True)
    talk.deliver(b"Subject: =?UTF-8?B?5L2g5aW9?= hello\r\n\r\n")
    talk.select()
    hello = "你好".encode()
    search = b"SEARCH CHARSET UTF-8 SUBJECT {%d+}\r\n%b" % (len(hello), hello)
    assert talk.say(b"a " + search).startswith(b"* SEARCH\r\na OK")
    assert talk.say("b SEARCH SUBJECT hello").startswith(b"* SEARCH 1\r\n")
    assert connect().select().say(b"c " + search).startswith(b"* SEARCH 1\r\n")


def test_search_ignores_headers(connect):
    talk = connect(search_ignores_headers=True)
    talk.deliver()
    talk.select()
    for key in ("FROM nobody", "TO nobody", "HEADER X-None x", "OR FROM nobody DELETED"):
        assert talk.say(f"a SEARCH {key}").startswith(b"* SEARCH 1\r\n"), key
    assert talk.say("b SEARCH SUBJECT nothing").startswith(b"* SEARCH\r\n")


# -- whole sessions


@pytest.mark.parametrize("name", [n for n in names() if n != "generic"])
def test_every_dialect_gives_a_whole_session(connect, name):
    talk = connect(name)
    assert talk.greeting.startswith(b"* OK")
    talk.deliver()
    talk.select()
    delimiter = talk.dialect.delimiter
    for command in ('LIST "" "*"', 'LSUB "" "*"', "STATUS INBOX (MESSAGES UNSEEN)", "NOOP",
                    "FETCH 1 (FLAGS UID INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)",
                    "FETCH 1 BODY[]", r"STORE 1 +FLAGS (\Deleted)", "SEARCH ALL", "EXPUNGE",
                    "CLOSE"):  # fmt: skip
        said = talk.say(f"a {command}")
        assert re.search(rb"^a OK", said, re.MULTILINE), (command, said)
    if not talk.dialect.has("create_refused"):
        assert b"b OK" in talk.say(f'b CREATE "one{delimiter}two"')
        said = talk.say('c LIST "" "one%"').decode()
        assert f'"{delimiter}"' in said
        assert f"one{delimiter}two" in talk.say('d LIST "" "one*"').decode()
        assert b"e OK" in talk.say(f'e SELECT "one{delimiter}two"')
    assert b"* BYE" in talk.say("z LOGOUT")
    assert not talk.open
