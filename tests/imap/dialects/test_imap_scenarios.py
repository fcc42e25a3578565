"""Mistakes that people made with IMAP at providers, and what these said (scenario numbers of the
collected facts)."""

from __future__ import annotations

from base64 import b64encode

import pytest

from fakemail.dialects.load import load

CODE = "UMJLXEIFUZXKOEXK"
UNSAFE = b"NO SELECT Unsafe Login. Please contact kefu@188.com for help\r\n"
QQ_2026 = (
    b"a NO Login fail. Account is abnormal, service is not open, password is incorrect, login"
    b" frequency limited, or system is busy.\r\n"
)
QQ_2017 = (
    b"a NO Please using authorized code to login. More information at"
    b" http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=28&&no=1001256\r\n"
)


def login(talk, secret: str, user: str = "tom") -> bytes:
    return talk.say(f"a LOGIN {user}@{talk.domain} {secret}")


# -- B: wrong secret


def test_b08_account_and_host_mixed_up(connect):
    assert connect("qq").say(f"a LOGIN tom@163.com {CODE}") == QQ_2026
    other = connect("163").say(f"a LOGIN tom@qq.com {CODE}")
    assert other == b"a NO LOGIN Login error or password error\r\n"


def test_b09_the_code_of_another_protocol(connect):
    talk = connect("qq@2017")
    assert login(talk, "SMTPONLYSMTPONLY") == QQ_2017
    assert talk.refusals() == ["auth.code-out-of-scope"]
    assert login(connect("qq"), "SMTPONLYSMTPONLY") == QQ_2026


def test_b10_web_password(connect):
    talk = connect("163")
    assert login(talk, "webpass") == b"a NO LOGIN Login error or password error\r\n"
    assert talk.refusals() == ["auth.password-not-code"]


def test_b14_gmail_tells_three_causes_apart(connect):
    talk = connect("gmail")
    assert b"a NO [ALERT] Application-specific password required: " in login(talk, "webpass")
    assert login(talk, "x") == b"a NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n"
    assert b"a NO [ALERT] Your account is not enabled for IMAP use." in login(talk, CODE, "off")


def test_b18_yahoo_names_the_command(connect):
    talk = connect("yahoo")
    assert login(talk, "webpass") == b"a NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials\r\n"
    plain = b64encode(f"\0{talk.address}\0webpass".encode()).decode()
    answer = talk.say(f"b AUTHENTICATE PLAIN {plain}")
    assert answer == b"b NO [AUTHENTICATIONFAILED] AUTHENTICATE Invalid credentials\r\n"


def test_b19_yandex_has_one_text_for_two_causes(connect):
    talk = connect("yandex@2017")
    for answer in (login(talk, CODE, "off"), login(talk, "x")):
        assert b"LOGIN Invalid credentials or IMAP is disabled sc=" in answer
    assert talk.refusals() == ["auth.service-off", "auth.wrong-code"]


def test_b25_icloud_refuses_an_authorization_identity(connect):
    talk = connect("icloud")
    plain = b64encode(f"{talk.address}\0{talk.address}\0{CODE}".encode()).decode()
    answer = talk.say(f"a AUTHENTICATE PLAIN {plain}")
    assert answer == b"a NO [AUTHENTICATIONFAILED] Authentication Failed\r\n"
    assert not talk.open
    assert b"a OK" in login(connect("icloud"), CODE)


# -- D: IMAP


def test_d01_no_id_before_select(connect):
    for name in ("163", "126", "yeah"):
        talk = connect(name)
        assert login(talk, CODE) == b"a OK LOGIN completed\r\n"
        assert talk.say("b SELECT INBOX") == b"b " + UNSAFE
        assert talk.say("c SEARCH ALL").startswith(b"c BAD")  # nothing is selected
        assert talk.say("d EXAMINE INBOX") == b"d " + UNSAFE.replace(b"SELECT", b"EXAMINE")
        answer = talk.say('e ID ("name" "test" "version" "1")')
        assert answer.startswith(b'* ID ("name" "Coremail Imap" "vendor" "Mailtech" "TransID" "')
        assert answer.endswith(b'")\r\ne OK ID completed\r\n')
        assert b"f OK [READ-WRITE] SELECT completed\r\n" in talk.say("f SELECT INBOX")


def test_d02_a_space_in_the_list_of_id(connect):
    talk = connect("163").log_in()
    assert talk.say('a ID ( "name" "aioimaplib" )') == b"a BAD Parse command error\r\n"


def test_d03_login_with_odd_quotes(connect):
    talk = connect("qq")
    assert talk.say(r'a LOGIN "to\m" "secret"') == b"a BAD Login parameters!\r\n"
    plain = b64encode(f"\0{talk.address}\0{CODE}".encode())
    assert talk.say("b AUTHENTICATE PLAIN") == b"+\r\n"
    assert talk.say(plain) == b"b OK Success login ok\r\n"


@pytest.mark.parametrize(
    ("name", "hears_after", "closes_after"),
    [("qq", None, None), ("sina", None, 60), ("gmail", 30, None), ("hotmail", 10, None)],
)
def test_d04_relying_on_idle(connect, name, hears_after, closes_after):
    talk = connect(name).select()
    assert talk.say("a IDLE").startswith(b"+ ")
    talk.deliver()
    if hears_after:
        assert talk.wait(hears_after - 1) == b""
        assert b"* 1 EXISTS" in talk.wait(1)
        assert b"a OK" in talk.say("DONE")
    elif closes_after:
        assert talk.wait(closes_after - 1) == b""
        assert talk.open
        assert talk.wait(1) == b""
        assert not talk.open
    else:
        assert talk.wait(900) == b""
        assert b"* 1 EXISTS" in talk.say("DONE")


def test_d04_idle_that_is_not_there(connect):
    for name in ("163", "126"):
        talk = connect(name).select()
        assert talk.say("a IDLE").startswith(b"a BAD")
        assert b"IDLE" not in talk.say("b CAPABILITY")


def test_d05_search_that_knows_little(connect):
    talk = connect("sina")
    talk.deliver()
    talk.select()
    for key in ("SUBJECT x", "FROM x", "TEXT x"):
        answer = talk.say(f"a SEARCH {key}")
        assert answer == b"a BAD Missing or invalid or unimplemented argument\r\n"
    assert talk.say("b SEARCH SINCE 1-Jan-2020") == b"* search 1\r\nb OK SEARCH completed\r\n"


def test_d05_search_that_finds_nothing(connect):
    hello = "你好".encode()
    talk = connect("qq")
    talk.deliver(b"Subject: " + hello + b"\r\n\r\n")
    talk.select()
    search = b"a SEARCH CHARSET UTF-8 SUBJECT {%d}" % len(hello)
    assert talk.say(search) == b"+ OK\r\n"
    assert talk.say(hello) == b"* SEARCH\r\na OK SEARCH completed\r\n"
    other = connect("163")
    other.deliver()
    other.select()
    assert other.say("a SEARCH SUBJECT message").startswith(b"* SEARCH\r\na OK")


def test_d06_utf8_accept_that_is_not_understood(connect):
    talk = connect("gmail")
    talk.deliver("Subject: 你好\r\n\r\n".encode())
    talk.select()
    assert talk.say("a ENABLE UTF8=ACCEPT").startswith(b"* ENABLED UTF8=ACCEPT\r\na OK")
    assert talk.say('b SEARCH SUBJECT "你好"') == b"b BAD Could not parse command\r\n"
    assert talk.say("c SEARCH CHARSET UTF-8 SUBJECT {6}") == b"+ OK\r\n"
    assert talk.say("你好").startswith(b"* SEARCH 1\r\n")


def test_d07_folders_have_other_names(connect):
    talk = connect("163").log_in()
    assert talk.say("a SELECT Sent").startswith(b"a NO")
    assert talk.say('b SELECT "已发送"').startswith((b"b NO", b"b BAD"))
    assert b'* LIST (\\Sent) "/" "&XfJT0ZAB-"\r\n' in talk.say('c LIST "" "*"')
    assert b"d OK" in talk.say('d SELECT "&XfJT0ZAB-"')


def test_d08_no_uidnext(connect):
    talk = connect("163").log_in()
    said = talk.say("a SELECT INBOX")
    assert b"* OK [UIDVALIDITY 1] UIDs valid\r\n" in said
    assert b"UIDNEXT" not in said + talk.say("b STATUS INBOX (UIDNEXT MESSAGES)")


def test_d09_a_password_where_only_oauth_is_taken(connect):
    talk = connect("hotmail")
    assert b" LOGINDISABLED " in talk.say("a CAPABILITY")
    assert login(talk, CODE) == b"a NO Basic authentication is disabled.\r\n"
    assert talk.waited == [17.5]
    assert connect("hotmail").log_in().recorder.login == talk.address


def test_d10_a_command_without_a_tag(connect):
    for name in ("generic", "generic@2026"):
        answer = connect(name).log_in().say("select INBOX")
        assert answer == b"select BAD Error in IMAP command INBOX: Unknown command.\r\n"


def test_d11_append_of_a_large_message(connect):
    talk = connect("qq", append_limit=1000).log_in()
    assert talk.say("a APPEND INBOX {1001}") == b"a NO Mail length 1001 exceeded!\r\n"


def test_d12_a_folder_that_cannot_be_selected(connect):
    talk = connect("gmail").log_in()
    assert b'* LIST (\\HasChildren \\NonExistent) "/" [Gmail]\r\n' in talk.say('a LIST "" "*"')
    for name in ("[Gmail]", "[Google Mail]/All Mail"):
        assert talk.say(f'b SELECT "{name}"').startswith(b"b NO"), name
        assert talk.say("c SEARCH ALL").startswith(b"c BAD")
    assert b"[READ-WRITE]" in talk.say('d SELECT "[Gmail]/All Mail"')


def test_d13_an_unknown_command(connect):
    talk = connect("qq").log_in()
    assert talk.say("a XYZZY") == b""
    assert not talk.open
    other = connect("163").log_in()
    assert other.say("a XYZZY").startswith(b"a BAD")
    assert b"b OK" in other.say("b NOOP")


def test_d14_envelopes_that_parsers_fail_at(connect):
    talk = connect("qq@2015")
    talk.deliver(b"From: a@sina.com\r\nSubject: x\r\n\r\n")
    said = talk.select().say("a FETCH 1 (UID ENVELOPE)").partition(b"\r\n")[0]
    address = b'((NIL NIL "a" "sina.com"))'
    stray = address.replace(b'com"', b'com\\"')
    assert said == (
        b'* 1 FETCH (UID 1 ENVELOPE (NIL "x" %b %b %b NIL NIL NIL NIL))' % (stray, address, address)
    )


def test_d15_uid_fetch_with_arguments_that_are_not_understood(connect):
    talk = connect("qq")
    talk.deliver()
    talk.select()
    assert talk.say("a UID FETCH 1:* (X-GM-LABELS)") == b"a BAD UID parameters!\r\n"
    assert b"b OK UID FETCH completed\r\n" in talk.say("b UID FETCH 1:* FLAGS")


# -- E: TLS and mechanisms


def test_e19_login_before_starttls_on_dovecot(connect):
    talk = connect("generic@2017", tls=False)
    assert login(talk, CODE) == (
        b"* BAD [ALERT] Plaintext authentication not allowed without SSL/TLS, but your client did"
        b" it anyway. If anyone was listening, the password was exposed.\r\n"
        b"a NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS)"
        b" connections.\r\n"
    )
    assert b"b OK" in talk.say("b STARTTLS")
    assert b"c OK" in talk.say(f"c LOGIN {talk.address} {CODE}")


def test_e20_what_an_imap_client_reads_at_the_smtp_port():
    greeting = load("generic@2026").say("smtp", "smtp.greeting", "", {"host": "mail.test"})
    assert greeting.startswith("220 mail.test ESMTP")


# -- folders


def names_of(talk, command: str = "LIST") -> list[str]:
    lines = talk.say(f'a {command} "" "*"').decode().split("\r\n")
    return [line.rpartition('" ')[2].strip('"') for line in lines if line.startswith("* ")]


def test_qq_has_its_folders_in_its_order_and_no_others(connect):
    talk = connect("qq").log_in()
    assert names_of(talk) == [
        "&UXZO1mWHTvZZOQ-",
        "INBOX",
        "Sent Messages",
        "Drafts",
        "Deleted Messages",
        "Junk",
        "&UXZO1mWHTvZZOQ-/QQ&kK5O9ouilgU-",
    ]
    assert talk.say("b SELECT &UXZO1mWHTvZZOQ-").startswith(b"b NO")
    said = talk.say('c XLIST "" "*"')
    assert b'* XLIST (\\HasNoChildren \\Sent) "/" "Sent Messages"\r\n' in said
    assert b'* XLIST (\\HasNoChildren \\Inbox) "/" INBOX\r\n' in said


def test_folders_of_sina_lost_their_roles(connect):
    assert b"\\Sent" in connect("sina@2017").log_in().say('a LIST "" "*"')
    assert b"\\Sent" not in connect("sina").log_in().say('a LIST "" "*"')


@pytest.mark.parametrize(("name", "delimiter"), [("yandex", "|"), ("fastmail", ".")])
def test_another_delimiter(connect, name, delimiter):
    talk = connect(name).log_in()
    one, two = f"one{delimiter}two", f"a/b{delimiter}c"
    for made in (one, two):
        assert b"OK" in talk.say(f'a CREATE "{made}"')
        assert b"OK" in talk.say(f'a SUBSCRIBE "{made}"')
        assert made in names_of(talk)
        assert made in names_of(talk, "LSUB")
        assert f"STATUS {made} (" in talk.say(f'a STATUS "{made}" (MESSAGES)').decode()
    home = talk.provider.store.home(talk.address)
    assert {"one", "one/two", f"a{delimiter}b", f"a{delimiter}b/c"} <= set(home.mailboxes())
    assert names_of(talk).count("one") == 1
    said = talk.say('b LIST "" "%"').decode()
    assert f'"{delimiter}" ' in said
    assert one not in said
    assert b"c OK" in talk.say(f'c RENAME "{one}" "three{delimiter}four"')
    assert f"three{delimiter}four" in names_of(talk)
    assert b'(("" "%b"))' % delimiter.encode() in talk.say("d NAMESPACE")


def test_fastmail_has_everything_below_inbox(connect):
    talk = connect("fastmail").log_in()
    assert "INBOX.Sent Items" in names_of(talk)
    assert b"a OK" in talk.say('a SELECT "INBOX.Sent Items"')


def test_folders_in_use_are_not_taken_away(connect, provider):
    talk = connect("fastmail")
    assert "Archive" in provider.store.home(talk.address).mailboxes()
    talk.deliver(mailbox="Archive")
    talk.log_in()
    assert "Archive" in names_of(talk)
    assert b"* 1 EXISTS" in talk.say("a SELECT Archive")


def test_folders_that_nobody_used_make_way(connect, provider):
    talk = connect("fastmail")
    assert "Archive" in provider.store.home(talk.address).mailboxes()
    talk.log_in()
    assert "Archive" not in names_of(talk)
    assert b"a OK" in talk.say("a DELETE INBOX.Archive")
    assert "INBOX.Archive" not in names_of(connect("fastmail").log_in())


# -- what is taken in, is taken in


def test_a_bad_token_is_told_why_before_it_is_refused(connect):
    talk = connect("hotmail")
    token = b64encode(f"user={talk.address}\x01auth=Bearer nonsense\x01\x01".encode()).decode()
    assert talk.say(f"a AUTHENTICATE XOAUTH2 {token}").startswith(b"+ eyJzdGF0dXMi")
    assert talk.say("") == b"a NO AUTHENTICATE failed.\r\n"
    assert talk.waited == [17.5]


def test_mechanisms_are_those_that_are_listed(connect):
    assert connect("163").say("a AUTHENTICATE PLAIN").startswith(b"a NO")
    assert connect("generic").say("a AUTHENTICATE XOAUTH2").startswith(b"a NO")
    assert connect("gmail").say("a AUTHENTICATE XOAUTH2") == b"+ \r\n"


def test_no_starttls_where_the_port_has_none(connect):
    assert connect("qq", tls=False).say("a STARTTLS") == b""  # an unknown command ends it there
    assert connect("163", tls=False).say("a STARTTLS").startswith(b"a OK")
    assert connect("gmail", tls=False).say("a STARTTLS").startswith(b"a OK")


def test_what_is_not_listed_is_unknown_where_the_whole_list_was_seen(connect):
    sina = connect("sina").select()
    for command in ("MOVE 1 x", "NAMESPACE", "UNSELECT", "ENABLE X"):
        assert sina.say(f"a {command}").startswith(b"a BAD"), command
    assert sina.say("b UID EXPUNGE 1").startswith(b"b OK")
    fastmail = connect("fastmail")  # only the list before the login was seen
    assert b"a OK" in fastmail.say('a ID ("name" "test")')
