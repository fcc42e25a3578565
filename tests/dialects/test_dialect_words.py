"""What engines are told: refusals, replies, lists and rules."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.dialects.dialect import GENERIC
from fakemail.dialects.load import load
from fakemail.dialects.made_up import maker
from fakemail.dialects.rules import by_hand
from fakemail.reasons import auth, imap, pop3, provider, smtp, smtp_transaction
from fakemail.smtp.replies import lines

NOW = 1_763_896_340.25  # 2025-11-23 11:12:20.25 UTC


def dialect(name: str, session: int = 7):
    return load(name).for_session(maker(session, lambda: NOW))


# -- refusals --------------------------------------------------------------------------------


def test_generic_says_everything_in_our_own_words() -> None:
    assert GENERIC.word("smtp", smtp.AUTH_REQUIRED, {}) == smtp.AUTH_REQUIRED.smtp
    assert GENERIC.octets("smtp", smtp.AUTH_REQUIRED) is None
    assert GENERIC.say("smtp", "smtp.bye", "221 2.0.0 Bye") == "221 2.0.0 Bye"
    assert GENERIC.say("smtp", "smtp.queued", "250 as {id}", {"id": 4}) == "250 as 4"
    assert GENERIC.say("imap", "imap.id", 'OK {x} {"a": {id}} {', {"id": 4}) == 'OK {x} {"a": 4} {'
    assert GENERIC.ehlo(False) is GENERIC.capa(False) is GENERIC.capability(False, True) is None
    assert GENERIC.opening(False) is GENERIC.mechanisms("smtp", True) is None
    assert GENERIC.word("smtp", smtp.UNKNOWN_COMMAND, {}) == (
        '500 5.5.1 Error: command "{command}" not recognized'
    )
    assert GENERIC.for_session(maker(1, lambda: NOW)) is GENERIC


def test_the_reply_that_people_come_for() -> None:
    qq = dialect("qq")
    assert qq.word("smtp", smtp.AUTH_REQUIRED, {}) == "503 Error: need EHLO and AUTH first !"
    assert qq.octets("smtp", smtp.AUTH_REQUIRED) == b"503 Error: need EHLO and AUTH first !\r\n"


def test_what_a_dialect_does_not_know_it_says_as_fakemail() -> None:
    qq = dialect("qq")
    assert qq.word("smtp", smtp.NO_VRFY, {"address": "x"}) == "501 5.1.3 Could not VRFY x"
    assert qq.octets("smtp", smtp.NO_VRFY, {"address": "x"}) is None
    assert dialect("263").word("smtp", smtp.AUTH_REQUIRED, {}) == smtp.AUTH_REQUIRED.smtp


def test_finer_reasons_fall_back_to_their_family() -> None:
    netease = dialect("163")
    wrong = netease.word("smtp", auth.WRONG_CODE, {})
    assert wrong == "535 Error: authentication failed"
    for reason in (auth.CODE_EXPIRED, auth.CODE_REVOKED, auth.NO_SUCH_ACCOUNT, auth.EMPTY_SECRET):
        assert netease.word("smtp", reason, {}) == wrong
    assert netease.word("smtp", auth.SERVICE_OFF, {}) == "550 User has no permission"
    assert netease.word("smtp", auth.CODE_OUT_OF_SCOPE, {}) == "550 User has no permission"


def test_several_lines_in_both_shapes() -> None:
    gmail = dialect("gmail")
    text = gmail.word("smtp", auth.PASSWORD_NOT_CODE, {})
    octets = gmail.octets("smtp", auth.PASSWORD_NOT_CODE)
    assert octets is not None
    assert octets.startswith(
        b"534-5.7.9 Application-specific password required. For more information, go to\r\n"
        b"534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor "
    )
    assert lines(text) == octets, "the engine's own shape comes to the same octets"


def test_gbk_stays_gbk() -> None:
    octets = dialect("163").octets("pop3", auth.SERVICE_OFF)
    assert octets == "-ERR 您没有权限使用pop3功能\r\n".encode("gbk")
    old = dialect("qq@2018").octets("smtp", auth.PASSWORD_NOT_CODE)
    assert old is not None
    assert "请使用授权码登录".encode("gbk") in old


def test_imap_tags() -> None:
    qq = dialect("qq")
    assert qq.word("imap", auth.WRONG_CODE, {"tag": "A1"}).startswith("NO Login fail. Account")
    octets = qq.octets("imap", auth.WRONG_CODE, {"tag": "A1"})
    assert octets is not None
    assert octets.startswith(b"A1 NO Login fail. Account")
    gmail = dialect("gmail")
    text = gmail.word("imap", provider.WEB_LOGIN_REQUIRED, {})
    assert text.startswith("NO [ALERT] Please log in via your web browser")
    (before,) = gmail.untagged(provider.WEB_LOGIN_REQUIRED.slug)
    assert before.startswith("* NO [WEBALERT ")
    bye = dialect("generic@2026").word("imap", imap.TOO_MANY_BAD, {})
    assert bye == "BYE Too many invalid IMAP commands.", "the engine adds the asterisk"


def test_the_command_selects() -> None:
    netease = dialect("163")
    for command in ("SELECT", "EXAMINE"):
        text = netease.word("imap", provider.ID_REQUIRED, {"command": command})
        assert text == f"NO {command} Unsafe Login. Please contact kefu@188.com for help"
    assert netease.word("imap", imap.SYNTAX, {"command": "id"}) == "BAD Parse command error"
    other = netease.word("imap", imap.SYNTAX, {"command": "FETCH", "detail": "x."})
    assert other == "BAD Error in IMAP command FETCH: x."
    microsoft = dialect("office365")
    assert microsoft.word("imap", auth.WRONG_CODE, {"command": "LOGIN"}) == "NO LOGIN failed."
    assert microsoft.word("imap", auth.WRONG_CODE, {"command": "AUTHENTICATE"}) == (
        "NO AUTHENTICATE failed."
    )


def test_facts_of_the_engine_come_first_and_cannot_break_a_line() -> None:
    facts = {"address": "a@b\r\n250 ok", "login": "me@zoho.com"}
    text = dialect("zoho").word("smtp", smtp.NOT_YOUR_ADDRESS, facts)
    assert text == "553 Relaying disallowed as a@b??250 ok"
    octets = dialect("163").octets("smtp", auth.NO_SUCH_USER, {"recipient": "ü@163.com"})
    assert octets == b"550 User not found: \\xfc@163.com\r\n"


@settings(max_examples=40)
@given(
    st.text(), st.sampled_from(["zoho", "163", "sina", "aliyun_qiye", "qq@2018", "generic@2026"])
)
def test_whatever_the_facts_a_reply_has_its_lines_and_no_others(text: str, name: str) -> None:
    facts = dict.fromkeys(("address", "login", "recipient", "tag", "command", "detail"), text)
    spoken = dialect(name)
    for reason in (smtp.NOT_YOUR_ADDRESS, auth.NO_SUCH_USER, auth.PASSWORD_NOT_CODE):
        octets = spoken.octets("smtp", reason, facts)
        if octets is not None:
            assert octets.endswith(b"\r\n")
            for line in octets[:-2].split(b"\r\n"):
                assert re.match(rb"[45]\d\d[ -]", line)
                assert all(octet >= 32 and octet != 127 for octet in line)


def test_made_up_values_have_their_shape_and_their_session() -> None:
    first = dialect("163", 7).word("smtp", smtp.AUTH_REQUIRED, {})
    assert first == dialect("163", 7).word("smtp", smtp.AUTH_REQUIRED, {})
    assert first != dialect("163", 8).word("smtp", smtp.AUTH_REQUIRED, {})
    assert re.fullmatch(
        r"553 authentication is required,163 smtp12,\w{22}--\.\d{5}[A-Z]\d 1763896340", first
    )
    gmail = dialect("gmail")
    greeting = gmail.say("smtp", "smtp.greeting", "220 x")
    assert greeting.split()[3] in gmail.word("smtp", auth.WRONG_CODE, {}), "one id a session"
    mail = dialect("163")
    queued = {mail.say("smtp", "smtp.queued", "", {"id": n}) for n in ("a", "b")}
    assert len(queued) == 2, "every message has a queue id of its own"


# -- replies and lists -----------------------------------------------------------------------


def test_greetings_and_dates() -> None:
    assert dialect("qq").say("smtp", "smtp.greeting", "220 x") == (
        "220 newxmesmtplogicsvrszc8.qq.com XMail Esmtp QQ Mail Server."
    )
    assert "ready at Sun, 23 Nov 2025 11:12:20 +0000 [" in (
        dialect("office365").say("smtp", "smtp.greeting", "")
    )
    assert (
        dialect("zoho")
        .say("smtp", "smtp.greeting", "")
        .endswith("November 23, 2025 11:12:20 AM UTC")
    )
    imap_greeting = dialect("yandex").say("imap", "imap.greeting", "", {"client_ip": "10.1.2.3"})
    assert "::ffff:10.1.2.3:" in imap_greeting
    assert ", 2025-Nov-23 11:12:20, " in imap_greeting


def test_ehlo_before_and_inside_tls() -> None:
    facts = {"client_name": "laptop", "client_ip": "10.1.2.3"}
    gmail = dialect("gmail")
    clear, inside = gmail.ehlo(False, facts), gmail.ehlo(True, facts)
    assert clear is not None and inside is not None
    assert clear[0] == "smtp.gmail.com at your service, [10.1.2.3]"
    assert "STARTTLS" in clear and not any(line.startswith("AUTH") for line in clear)
    assert "STARTTLS" not in inside and any(line.startswith("AUTH ") for line in inside)
    assert gmail.mechanisms("smtp", False) == ()
    assert "XOAUTH2" in (gmail.mechanisms("smtp", True) or ())
    netease = dialect("163").ehlo(True) or ()
    assert "STARTTLS" in netease, "still listed inside TLS"
    qq = dialect("qq").ehlo(True) or ()
    assert "STARTTLS" not in qq and "AUTH=LOGIN" in qq, "derived from the list in clear"


def test_malformed_lines_stay_malformed() -> None:
    assert "8 BITMIME" in (dialect("yahoo@2019").ehlo(False) or ())
    first = (dialect("yahoo").ehlo(False, {"client_name": "me", "client_ip": "::1"}) or ("",))[0]
    assert first.endswith(" Hello me [::1])")


def test_capabilities() -> None:
    microsoft = dialect("hotmail")
    assert "LOGINDISABLED" in (microsoft.capability(False, True) or ())
    netease = dialect("163")
    assert "STARTTLS" in (netease.capability(False, False) or ())
    assert "STARTTLS" not in (netease.capability(False, True) or ())
    yandex = dialect("fastmail").capability(True, True) or ()
    assert "IDLE" in yandex and not any(word.startswith("AUTH=") for word in yandex)
    assert dialect("sina").capability(False, False) == ("IMAP4rev1", "ID"), "from the greeting"
    gmail = dialect("gmail")
    assert "SASL PLAIN XOAUTH2" in (gmail.capa(False) or ())
    assert "PIPELINING" in (gmail.capa(True) or ())
    assert gmail.mechanisms("pop3", True) == ("PLAIN", "XOAUTH2")
    assert dialect("office365").capa(True) == ("TOP", "UIDL", "SASL PLAIN", "USER")
    assert dialect("office365").mechanisms("smtp", True) == ("LOGIN", "XOAUTH2")


def test_select_as_the_provider_opens_a_mailbox() -> None:
    netease = dialect("163").opening(False) or ()
    assert netease[:2] == ("* {exists} EXISTS", "* {recent} RECENT")
    assert "* OK [UIDVALIDITY {uid_validity}] UIDs valid" in netease
    assert not any("UIDNEXT" in line for line in netease)
    examined = dialect("163").opening(True) or ()
    assert "* OK [PERMANENTFLAGS ()] Limited" in examined
    assert (dialect("sohu").opening(False) or ("",))[0] == "* {exists} EXISTS"
    assert dialect("zoho").opening(False) is None, "only its EXAMINE was seen"
    assert dialect("qq").say("imap", "imap.select", "OK x") == "OK [READ-WRITE] SELECT complete"


def test_lists_of_folders() -> None:
    qq = dialect("qq")
    assert qq.list_line("&UXZO1mWHTvZZOQ-") == (
        '* LIST (\\NoSelect \\HasChildren) "/" "&UXZO1mWHTvZZOQ-"'
    )
    assert qq.list_line("Mine") is None
    assert dialect("gmail").list_line("[Gmail]/Trash", xlist=True) == (
        '* XLIST (\\HasNoChildren \\Trash) "/" "[Gmail]/Trash"'
    )
    assert dialect("yandex").delimiter == "|"
    assert dialect("fastmail").delimiter == "."
    assert dialect("qq").delimiter == "/"
    assert {f.role for f in dialect("163").folders} >= {"sent", "drafts", "trash", "junk"}


def test_continuations() -> None:
    assert dialect("gmail").continuation("imap.idle") == "+ okay, go ahead"
    assert dialect("gmail").say("imap", "imap.idle", "OK IDLE completed.") == "OK Success"
    assert dialect("sina").continuation("imap.idle", "+ idling") == "+ idling"


# -- conduct ---------------------------------------------------------------------------------


def test_rules_are_asked_by_name() -> None:
    netease = dialect("163")
    assert netease.has("id_before_select")
    assert not GENERIC.has("id_before_select")
    assert netease.text("sender_must_match") == "mail"
    assert netease.words("header_fields_required") == ("From", "To", "Subject")
    assert dialect("sina").seconds("greeting_delay") == 5.0
    assert GENERIC.seconds("greeting_delay") == 0.0
    assert dialect("qq").count("size_limit") == 73400320
    assert GENERIC.has("auth_before_tls")
    assert not dialect("gmail").has("auth_before_tls")
    with pytest.raises(KeyError):
        GENERIC.has("no_such_rule")


def test_rules_by_hand() -> None:
    made = GENERIC.with_rules([by_hand("id_before_select"), by_hand("greeting_delay=0.5")])
    assert made.has("id_before_select")
    assert made.seconds("greeting_delay") == 0.5
    assert not dialect("163").with_rules([by_hand("no-id_before_select")]).has("id_before_select")
    assert not GENERIC.has("id_before_select")


def test_secrets() -> None:
    secret = dialect("qq").secret
    assert secret is not None and secret.pattern is not None
    assert secret.pattern.value == "^[a-z]{16}$"
    assert secret.refuses_password
    assert not secret.off_at_first
    sina = dialect("sina_cn").secret
    assert sina is not None and sina.off_at_first, "inherited"
    exmail = dialect("exmail").secret
    assert exmail is not None and not exmail.refuses_password, "its own, where qq has another"


def test_pop3_reasons_and_replies() -> None:
    assert dialect("163").say("pop3", "pop3.logged-in", "+OK", {"n": 7, "size": 281652}) == (
        "+OK 7 message(s) [281652 byte(s)]"
    )
    assert dialect("office365").word("pop3", pop3.NOT_LOGGED_IN, {"command": "STAT"}) == (
        "-ERR Command is not valid in this state."
    )
    assert dialect("163").word("smtp", smtp_transaction.TOO_MUCH_DATA, {}) == (
        "552 Requested mail action aborted: exceeded mailsize limit"
    )
