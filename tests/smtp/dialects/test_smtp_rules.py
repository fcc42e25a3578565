"""Each rule of SMTP, set by hand over fakemail's own words; without it, the opposite."""

from __future__ import annotations

import pytest
from dialect_table.smtp import enter, hello, log_in
from dialect_table.talk import CODE, PASSWORD, base64

from fakemail.dialects.dialect import GENERIC
from fakemail.dialects.load import load
from fakemail.dialects.rules import RULES
from fakemail.smtp.border import RELAY
from fakemail.smtp.conduct import USUAL, Conduct, conduct_of

ME = "me@fakemail.test"


def code(reply: bytes) -> int:
    return int(reply[:3])


def test_conduct_has_every_rule_of_smtp_under_its_name() -> None:
    ours = {name for name, rule in RULES.items() if "smtp" in rule.room.split()}
    both = {"greeting_delay", "auth_failure_delay"}
    assert set(Conduct.__dataclass_fields__) - {"reads_headers"} == ours | both
    assert conduct_of(GENERIC) is USUAL
    for name in ours | both:
        assert getattr(USUAL, name) == RULES[name].default, name
    qq = load("qq")
    assert conduct_of(qq) is conduct_of(qq.for_session(qq.make))
    assert conduct_of(qq).rewrites_message_id and conduct_of(qq).reads_headers


# -- who may send, and when ------------------------------------------------------------------


def test_auth_on_every_port(start) -> None:
    without = start(GENERIC, policy=RELAY)
    hello(without)
    assert code(without.say("MAIL FROM:<a@b.test>")) == 250
    talk = start(GENERIC, "auth_on_every_port", policy=RELAY)
    hello(talk)
    assert code(talk.say("MAIL FROM:<a@b.test>")) == 530
    assert talk.reasons == ["smtp.auth-required"]


def test_auth_checked_at_rcpt(start) -> None:
    talk = start(GENERIC, "auth_checked_at_rcpt")
    hello(talk)
    assert code(talk.say("MAIL FROM:<a@b.test>")) == 250
    assert code(talk.say(f"RCPT TO:<{ME}>")) == 530
    assert code(talk.say("DATA")) == 530
    assert code(talk.say("RSET")) == 250
    assert code(log_in(talk, ME, CODE)) == 235
    talk.say(f"MAIL FROM:<{ME}>")
    assert code(talk.say(f"RCPT TO:<{ME}>")) == 250


def test_auth_before_tls(start) -> None:
    talk = start(GENERIC, "no-auth_before_tls")
    talk.say("EHLO laptop.example")
    assert talk.say(f"AUTH LOGIN {base64(ME)}").startswith(b"538 5.7.11 Encryption required")
    assert talk.reasons == ["auth.tls-required"]
    talk.say("STARTTLS")
    talk.shake()
    talk.say("EHLO laptop.example")
    assert code(log_in(talk, ME, CODE)) == 235


def test_tls_before_mail(start) -> None:
    talk = start(GENERIC, "tls_before_mail", policy=RELAY)
    talk.say("EHLO laptop.example")
    assert code(talk.say("MAIL FROM:<a@b.test>")) == 530
    assert talk.reasons == ["smtp.tls-required"]
    talk.say("STARTTLS")
    talk.shake()
    talk.say("EHLO laptop.example")
    assert code(talk.say("MAIL FROM:<a@b.test>")) == 250


def test_auth_after_helo(start) -> None:
    without = start(GENERIC)
    without.say("HELO laptop")
    assert code(log_in(without, ME, CODE)) == 503
    talk = start(GENERIC, "auth_after_helo")
    talk.say("HELO laptop")
    assert code(log_in(talk, ME, CODE)) == 235
    assert code(talk.say(f"MAIL FROM:<{ME}>")) == 250


def test_login_ignores_initial_response(start) -> None:
    talk = start(GENERIC, "login_ignores_initial_response")
    hello(talk)
    assert talk.say(f"AUTH LOGIN {base64(ME)}") == b"334 VXNlcm5hbWU6\r\n"
    assert talk.say(base64(ME)) == b"334 UGFzc3dvcmQ6\r\n"
    assert code(talk.say(base64(CODE))) == 235
    assert "initial response of AUTH LOGIN is ignored" in talk.transcript
    fresh = start(GENERIC)
    hello(fresh)
    assert fresh.say(f"AUTH LOGIN {base64(ME)}") == b"334 UGFzc3dvcmQ6\r\n"


def test_ehlo_forgets_login(start) -> None:
    for rules, expected in (((), 250), (("ehlo_forgets_login",), 530)):
        talk = start(GENERIC, *rules)
        enter(talk)
        talk.say("EHLO again.example")
        assert code(talk.say(f"MAIL FROM:<{ME}>")) == expected
    assert "forget the login" in talk.transcript
    assert code(log_in(talk, ME, CODE)) == 235


@pytest.mark.parametrize(
    ("name", "fine"),
    [
        ("laptop", True),
        ("laptop.example.org", True),
        ("[127.0.0.1]", True),
        ("[IPv6:::1]", True),
        ("my laptop", False),
        ("under_score", False),
        ("-", False),
        ("x..y", False),
        ("[nonsense]", False),
        ("büro", False),
    ],
)
def test_ehlo_name_checked(start, name: str, fine: bool) -> None:
    assert code(start(GENERIC).say(f"EHLO {name}")) == 250
    talk = start(GENERIC, "ehlo_name_checked")
    reply = talk.say(f"EHLO {name}")
    assert code(reply) == (250 if fine else 501)
    if not fine:
        assert code(talk.say("MAIL FROM:<a@b.test>")) == 503  # it counts for no greeting
        assert "smtp.bad-ehlo-name" in talk.reasons


def test_closes_after_auth_failure(start) -> None:
    for rules, closed in (((), False), (("closes_after_auth_failure",), True)):
        talk = start(GENERIC, *rules)
        hello(talk)
        assert code(talk.say("AUTH WIBBLE")) == 504
        assert not talk.closed  # no secret has failed yet
        assert code(log_in(talk, ME, "wrong")) == 535
        assert talk.closed is closed


def test_greeting_delay(start) -> None:
    talk = start(GENERIC, "greeting_delay=5")
    assert talk.at_once == b"" and talk.greeting.startswith(b"220 ")
    began = talk.recorder.began
    said = next(entry.at for entry in talk.recorder.entries if entry.kind == "S")
    assert 5 <= said - began <= 6


def test_a_command_that_comes_too_early_waits(start) -> None:
    talk = start(GENERIC, "auth_failure_delay=17.5")
    hello(talk)
    before = talk.clock.monotonic()
    talk.raw(b"AUTH PLAIN " + base64(f"\0{ME}\0wrong").encode() + b"\r\n")
    assert talk.sent == [] and talk.paused and talk.session.waits
    talk.session.received(b"NOOP\r\n")
    talk.loop.advance(17)
    assert talk.sent == [] and "auth.wrong-code" not in talk.reasons
    assert talk.heard().startswith(b"535 5.7.8 Authentication failed")
    assert talk.clock.monotonic() - before >= 17.5
    assert not talk.paused and not talk.session.waits
    assert [entry.octets for entry in talk.recorder.entries if entry.kind == "S"][-1][:3] == b"250"


def test_a_client_that_leaves_while_it_waits_leaves_nothing(start) -> None:
    talk = start(GENERIC, "auth_failure_delay=60")
    hello(talk)
    talk.raw(b"AUTH PLAIN " + base64(f"\0{ME}\0wrong").encode() + b"\r\n")
    talk.session.ended()
    talk.loop.advance(1000)
    assert talk.sent == [] and not talk.loop.timers


def test_the_servers_own_silence_is_no_timeout(start) -> None:
    talk = start(GENERIC, "auth_failure_delay=1000")
    hello(talk)
    talk.raw(b"AUTH PLAIN " + base64(f"\0{ME}\0wrong").encode() + b"\r\n")
    talk.loop.advance(1000)
    assert b"".join(talk.sent).startswith(b"535")
    talk.loop.advance(301)
    assert b"421 4.4.2" in b"".join(talk.sent) and talk.closed


def test_a_server_that_stops_says_so_to_those_who_wait(start) -> None:
    talk = start(GENERIC, "auth_failure_delay=60")
    hello(talk)
    talk.raw(b"AUTH PLAIN " + base64(f"\0{ME}\0wrong").encode() + b"\r\n")
    talk.session.shutting_down()
    assert b"".join(talk.sent).startswith(b"421 ") and talk.closed
    talk.loop.advance(100)
    assert len(talk.sent) == 1


@pytest.mark.parametrize("sender", ["other@b.test", ""])
def test_sender_must_match_at_mail(start, sender: str) -> None:
    without = start(GENERIC)
    enter(without)
    assert code(without.say(f"MAIL FROM:<{sender}>")) == 250
    talk = start(GENERIC, "sender_must_match=mail")
    enter(talk)
    assert code(talk.say(f"MAIL FROM:<{sender}>")) == 553
    assert talk.reasons == ["smtp.sender-not-owned"]
    assert code(talk.say(f"MAIL FROM:<{ME.upper()}>")) == 250


def test_size_limit(start) -> None:
    talk = start(GENERIC, "size_limit=1000")
    enter(talk)
    assert b"250-SIZE 1000\r\n" in talk.say("EHLO laptop.example")
    assert code(talk.say(f"MAIL FROM:<{ME}> SIZE=1001")) == 552
    assert code(talk.say(f"MAIL FROM:<{ME}> SIZE=1000")) == 250
    talk.say(f"RCPT TO:<{ME}>")
    talk.say("DATA")
    assert code(talk.say(b"Subject: x\r\n\r\n" + b"y" * 1000 + b"\r\n.\r\n")) == 552
    assert talk.stored(ME) == []


def test_more_is_never_announced_than_is_taken(start) -> None:
    assert b"SIZE 73400320\r\n" in start("qq").say("EHLO laptop.example")
    assert b"SIZE 5000\r\n" in start("qq", "size_limit=5000").say("EHLO laptop.example")
    assert b"SIZE 9000\r\n" in start("qq", message_octets=9000).say("EHLO laptop.example")
    assert b"SIZE 10240000\r\n" in start("generic@2026").say("EHLO laptop.example")


def test_without_a_certificate_no_dialect_offers_starttls(start) -> None:
    talk = start("qq")
    assert b"STARTTLS" in talk.say("EHLO laptop.example")
    talk.desk.can_tls = False
    assert b"STARTTLS" not in talk.say("EHLO laptop.example")
    assert code(talk.say("STARTTLS")) == 454


# -- logging in ------------------------------------------------------------------------------


def test_basic_auth_disabled(start) -> None:
    talk = start(GENERIC, "basic_auth_disabled")
    hello(talk)
    assert talk.say("AUTH PLAIN " + base64(f"\0{ME}\0{CODE}")).startswith(b"535 5.7.8")
    assert talk.reasons == ["auth.basic-auth-disabled"]


def test_authzid_refused(start) -> None:
    for rules, expected in (((), 235), (("authzid_refused",), 535)):
        talk = start(GENERIC, *rules)
        hello(talk)
        assert code(talk.say("AUTH PLAIN " + base64(f"{ME}\0{ME}\0{CODE}"))) == expected
    assert talk.reasons == ["auth.authorization-refused"]


def test_local_part_logs_in(start) -> None:
    for setting, expected in (("", 235), ("smtp", 235), ("pop3,imap", 535)):
        talk = start(GENERIC, *([f"local_part_logs_in={setting}"] if setting else []))
        hello(talk)
        assert code(log_in(talk, "me", CODE)) == expected, setting


@pytest.mark.parametrize(("dialect", "fine"), [("qq", False), ("21cn", True), ("exmail", True)])
def test_the_password_logs_in_where_the_provider_lets_it(start, dialect: str, fine: bool) -> None:
    talk = start(dialect)
    hello(talk)
    assert (code(log_in(talk, talk.me, PASSWORD)) == 235) is fine
    assert (talk.reasons == ["auth.password-not-code"]) is not fine
    assert PASSWORD not in talk.transcript


def test_the_password_opens_no_service_that_is_switched_off(start) -> None:
    talk = start("exmail")
    (talk.desk.directory._file).write_text(  # type: ignore[union-attr]
        f'[accounts."{talk.me}"]\npassword = "{PASSWORD}"\nsmtp = false\n'
    )
    hello(talk)
    assert code(log_in(talk, talk.me, PASSWORD)) == 535
    assert talk.reasons == ["auth.service-off"]


def test_a_mechanism_that_the_provider_does_not_list_is_unknown(start) -> None:
    talk = start("office365")
    hello(talk)
    assert talk.say("AUTH PLAIN " + base64(f"\0{talk.me}\0{CODE}")).startswith(b"504 5.7.4 ")
    assert code(talk.say("AUTH LOGIN")) == 334


def test_who_the_server_is_may_change_with_tls(start) -> None:
    talk = start(GENERIC, policy=RELAY)
    assert talk.greeting == b"220 mail.fakemail.test ESMTP fakemail\r\n"
    talk.say("EHLO laptop.example")
    talk.say("STARTTLS")
    talk.desk.dialect, talk.desk.host_name = load("163"), "smtp.163.com"
    talk.shake()
    assert b"coremail" in talk.say("EHLO laptop.example")
    assert talk.say(f"MAIL FROM:<{ME}>").startswith(b"553 authentication is required")
