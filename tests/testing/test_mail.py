"""What a test holds: ports, accounts, mail, waiting, sessions."""

from __future__ import annotations

import asyncio
import imaplib
import poplib
import re
import smtplib
import subprocess
import sys
import threading
import urllib.request
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from fakemail.testing.waiting import NoMail


def test_the_eight_ports_take_logins_and_tls(fakemail, send):
    context = fakemail.ssl_context()
    fakemail.deliver(subject="hello")
    with smtplib.SMTP_SSL(fakemail.smtps.host, fakemail.smtps.port, context=context) as smtp:
        assert smtp.login(fakemail.address, fakemail.code)[0] == 235
    with smtplib.SMTP(fakemail.smtp_alt.host, fakemail.smtp_alt.port) as smtp:
        smtp.starttls(context=context)
        assert smtp.login(fakemail.address, fakemail.code)[0] == 235
    with smtplib.SMTP(fakemail.smtp.host, fakemail.smtp.port) as smtp:
        smtp.sendmail("a@example.com", [fakemail.address], "Subject: unasked\n\n")
    pop = poplib.POP3_SSL(fakemail.pop3s.host, fakemail.pop3s.port, context=context)
    pop.user(fakemail.address)
    pop.pass_(fakemail.code)
    assert pop.stat()[0] == 2
    pop.quit()
    for imap in (
        imaplib.IMAP4_SSL(fakemail.imaps.host, fakemail.imaps.port, ssl_context=context),
        imaplib.IMAP4(fakemail.imap.host, fakemail.imap.port),
    ):
        with imap:
            imap.login(fakemail.address, fakemail.code)
            assert imap.select() == ("OK", [b"2"])
    listeners = [session.listener for session in fakemail.sessions]
    assert listeners == ["submissions", "smtp-alt", "smtp", "pop3s", "imaps", "imap"]
    assert {s.login for s in fakemail.sessions} == {fakemail.address, None}
    assert fakemail.submission.url == f"smtp://{fakemail.host}:{fakemail.submission.port}"
    assert fakemail.imaps.tls
    assert not fakemail.imap.tls


def test_what_was_sent_is_found_by_what_it_is(fakemail, send):
    send(fakemail, fakemail.address, "bob@example.com", subject="Grüße")
    send(fakemail, f"carol@{fakemail.domain}", subject="code 123456", body="Your code: 123456")
    assert [m.recipient for m in fakemail.messages] == [
        fakemail.address,
        "bob@example.com",
        f"carol@{fakemail.domain}",
    ]
    assert fakemail.wait(to="CAROL").subject == "code 123456"
    assert fakemail.wait(to="Bob@Example.com").sender == fakemail.address
    assert fakemail.wait(subject=re.compile(r"\d{6}")).recipient.startswith("carol@")
    assert fakemail.wait(text="123456", sender=fakemail.address).recipient.startswith("carol@")
    assert fakemail.wait(where=lambda m: "bob" in m.recipient).to[1] == "bob@example.com"
    assert len(fakemail.wait(count=2)) == 2
    assert fakemail.find(subject="nothing like it") == []


def test_nobody_sees_what_was_there_before(fakemail_server, send):
    with fakemail_server.fresh_mail() as first:
        send(first, first.address, "fixed@example.com")
        assert len(first.messages) == 2
        with fakemail_server.fresh_mail() as other:
            assert other.messages == []
            assert other.address != first.address
    with fakemail_server.fresh_mail() as second:
        assert second.messages == []
        assert second.sessions == []
        with imaplib.IMAP4(second.imap.host, second.imap.port) as imap:
            imap.login("fixed@example.com", "any")
            assert imap.select() == ("OK", [b"0"])
        with pytest.raises(imaplib.IMAP4.error), imaplib.IMAP4(*address(second.imap)) as imap:
            imap.login(second.address, "not its code")
    with pytest.raises(RuntimeError, match="over"):
        first.find()


def test_a_wait_ends_when_the_message_comes(fakemail, send):
    began = threading.Event()

    def later():
        assert began.wait(20)
        send(fakemail, fakemail.address, subject="one")
        send(fakemail, fakemail.address, subject="two")

    thread = threading.Thread(target=later)
    thread.start()
    began.set()
    found = fakemail.wait(count=2, timeout=20)
    thread.join()
    assert [m.subject for m in found] == ["one", "two"]
    assert fakemail.wait(subject="two") is not found[1]  # asked again, answered again


def test_a_wait_in_vain_shows_what_came_and_what_was_said(fakemail, send):
    fakemail.deliver(subject="something else", sender="eve@example.com")
    with smtplib.SMTP(*address(fakemail.submission)) as smtp:
        with pytest.raises(smtplib.SMTPSenderRefused):
            smtp.sendmail("a@example.com", ["b@example.com"], "")
        with pytest.raises(NoMail) as caught:
            fakemail.wait(to="bob", subject="hello", timeout=0.01)
    text = str(caught.value)
    assert f"to='bob@{fakemail.domain}' subject='hello' came within 0.01 s" in text
    assert f"to {fakemail.address} from eve@example.com  'something else'  in INBOX" in text
    assert "mail from:<a@example.com>" in text.lower()
    assert "smtp.auth-required" in text
    assert "(goes on)" in text
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, TimeoutError)
    with pytest.raises(NoMail, match="1 of 2 messages"):
        fakemail.wait(count=2, timeout=0)


def test_silence_is_said_to_be_silence(fakemail, send):
    with pytest.raises(NoMail, match="Nobody has talked") as caught:
        fakemail.wait(timeout=0)
    assert "Nothing came since the test began." in str(caught.value)
    send(fakemail, "x@example.com")
    with pytest.raises(NoMail, match=r"nothing was refused: \d+ \(submission\)"):
        fakemail.wait(to="y", timeout=0)


def test_an_error_in_a_condition_is_the_tests_own(fakemail):
    fakemail.deliver(subject="hello")
    with pytest.raises(ZeroDivisionError):
        fakemail.wait(where=lambda m: 1 / 0)

    def impatient(message):
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        fakemail.wait(where=impatient)
    assert fakemail.wait(where=lambda m: fakemail.find(subject=m.subject)).subject == "hello"


def test_messages_are_delivered_as_they_are(fakemail, tmp_path):
    octets = b"Subject: exactly\r\n\r\n\xff\x00 8 bit\r\n"
    assert fakemail.deliver(octets).raw == octets
    file = tmp_path / "one.eml"
    file.write_bytes(b"Subject: from a file\n\n.\n")
    assert fakemail.deliver(file, to=["a", "b"]).raw == b"Subject: from a file\r\n\r\n.\r\n"
    assert [m.recipient for m in fakemail.find(subject="file")] == [
        f"a@{fakemail.domain}",
        f"b@{fakemail.domain}",
    ]
    made = EmailMessage()
    made["Subject"] = "Grüße"
    made.set_content("schön")
    found = fakemail.deliver(made, mailbox="Sent", flags=["\\Seen"])
    assert (found.subject, found.text, found.flags) == ("Grüße", "schön\n", {"\\Seen"})
    assert found not in fakemail.messages
    assert [m.subject for m in fakemail.find(mailbox="Sent")] == ["Grüße"]
    fakemail.reset()
    assert fakemail.find(mailbox=None) == []


@pytest.mark.parametrize("before", [True, False])
def test_other_programs_may_deliver(fakemail, before):
    """Whether they are done before anybody looks, or only afterwards."""
    command = [sys.executable, "-m", "fakemail", "deliver", "-", "--to"]
    data = ["--data", fakemail.server.ready.data]
    started = [
        subprocess.Popen([*command, to, *data], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        for to in (fakemail.address, "new@example.com")
    ]
    for process in started:
        process.stdin.write(b"Subject: from beside\n\n")
        process.stdin.close()
        if before:
            assert process.wait(30) == 0
    try:
        assert fakemail.wait(subject="beside", timeout=30).recipient == fakemail.address
        assert fakemail.wait(to="new@example.com", timeout=30).subject == "from beside"
        assert len(fakemail.messages) == 2
    finally:
        assert [process.wait(30) for process in started] == [0, 0]


def test_accounts_have_codes_that_can_be_wrong_in_every_way(fakemail):
    def says(account, code=""):
        with smtplib.SMTP(*address(fakemail.submission)) as smtp:
            try:
                smtp.login(account.address, code or account.code)
            except smtplib.SMTPAuthenticationError:
                return fakemail.session().reasons[0]
        return "in"

    bob = fakemail.account("bob", addresses=["sales"])
    assert says(bob) == "in"
    assert says(bob, bob.password) == "auth.password-not-code"
    assert says(bob, "wrong") == "auth.wrong-code"
    assert says(fakemail.account("old", expires=1.0)) == "auth.code-expired"
    yesterday = datetime(2001, 2, 3, tzinfo=UTC)
    assert says(fakemail.account("older", expires=yesterday)) == "auth.code-expired"
    assert says(fakemail.account("gone", revoked=True)) == "auth.code-revoked"
    assert says(fakemail.account("reader", scopes=["imap"])) == "auth.code-out-of-scope"
    assert says(fakemail.account("off", services=["imap"])) == "auth.service-off"
    assert says(fakemail.account("odd", suspended="policy")) == "auth.policy"
    fakemail.suspend("bob")
    assert says(bob) == "auth.account-suspended"
    fakemail.resume("bob")
    assert says(bob) == "in"
    fakemail.suspend(because="web-login")
    assert says(fakemail.own) == "auth.web-login-required"
    with pytest.raises(KeyError):
        fakemail.suspend("nobody")
    assert bob.code not in repr(bob)
    assert bob.code not in fakemail.session().transcript
    with pytest.raises(ValueError, match="already"):
        fakemail.account("bob")
    with smtplib.SMTP(*address(fakemail.smtp)) as smtp:
        smtp.sendmail("a@example.com", [f"sales@{fakemail.domain}"], "Subject: to sales\n\n")
    assert fakemail.wait(to="sales").recipient == bob.address
    assert fakemail.wait(to="bob").subject == "to sales"
    assert fakemail.find(to="test") == []
    assert fakemail.account('o"dd\\ @example.com').address == 'o"dd\\ @example.com'


@pytest.mark.fakemail(dialect="qq", accounts="listed")
def test_codes_look_as_the_provider_makes_them(fakemail):
    assert re.fullmatch("[a-z]{16}", fakemail.code)
    assert re.fullmatch("[a-z]{16}", fakemail.account("me@foxmail.com").code)
    assert re.fullmatch("[A-Z]{16}", fakemail.account("me@163.com").code)
    assert re.fullmatch("[a-z]{16}", fakemail.account("bob").code)
    assert not re.fullmatch("[A-Za-z]{16}", fakemail.own.password)
    with smtplib.SMTP(*address(fakemail.submission)) as smtp:
        assert smtp.login(fakemail.address, fakemail.code)[0] == 235


@pytest.mark.fakemail(accounts="listed", rules=["greeting_delay=0"])
def test_accounts_that_the_api_made_stay(fakemail):
    body = b'{"address": "api@example.com", "code": {"code": "THECODEOFTHEAPI1"}}'
    order = urllib.request.Request(
        f"{fakemail.http.url}/api/v1/accounts", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(order) as answer:
        assert answer.status == 201
    bob = fakemail.account("bob")
    for user, code in (("api@example.com", "THECODEOFTHEAPI1"), (bob.address, bob.code)):
        with smtplib.SMTP(*address(fakemail.submission)) as smtp:
            assert smtp.login(user, code)[0] == 235


def test_async_twins(fakemail, send):
    async def both():
        waiting = asyncio.create_task(fakemail.aio.wait(subject="late", count=2))
        await fakemail.aio.deliver(subject="late 1")
        await asyncio.to_thread(send, fakemail, fakemail.address, subject="late 2")
        found = await waiting
        with pytest.raises(NoMail):
            await fakemail.aio.wait(subject="never", timeout=0)
        given_up = asyncio.create_task(fakemail.aio.wait(subject="never"))
        await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        return found, await fakemail.aio.messages(), await fakemail.aio.sessions()

    found, messages, sessions = asyncio.run(both())
    assert [m.subject for m in found] == ["late 1", "late 2"]
    assert len(messages) == 2
    assert [s.protocol for s in sessions] == ["smtp"]


def test_sessions_are_found_and_explained(fakemail):
    with imaplib.IMAP4(*address(fakemail.imap)) as imap, pytest.raises(imaplib.IMAP4.error):
        imap.login(fakemail.address, "wrong")
    with smtplib.SMTP(*address(fakemail.smtp)) as smtp:
        smtp.noop()
    session = fakemail.session("imap")
    assert session.reasons == ["auth.wrong-code"]
    assert session.explanations[0].slug == "auth.wrong-code"
    assert "wrong" not in " ".join(session.commands).split("LOGIN")[1]
    assert fakemail.session().protocol == "smtp"
    assert fakemail.session(session.number).number == session.number
    with pytest.raises(LookupError, match="pop3; there are: "):
        fakemail.session("pop3")


def test_the_same_facts_for_others(fakemail):
    env = fakemail.env()
    with urllib.request.urlopen(f"{env['FAKEMAIL_URL']}/api/v1/info") as answer:
        assert answer.status == 200
    assert env["IMAPS_PORT"] == str(fakemail.imaps.port)
    assert (env["SMTP_USER"], env["SMTP_PASSWORD"]) == (fakemail.address, fakemail.code)
    assert all(isinstance(value, str) for value in env.values())
    assert fakemail.django_settings()["EMAIL_PORT"] == fakemail.submission.port
    assert fakemail.flask_mail_settings()["MAIL_SUPPRESS_SEND"] is False


@pytest.mark.fakemail(accounts="listed", rules=["no-auth_before_tls"])
def test_a_marker_makes_the_server_another_one(fakemail, fakemail_server):
    assert fakemail.server is not fakemail_server
    with smtplib.SMTP(*address(fakemail.submission)) as smtp:
        with pytest.raises(smtplib.SMTPException):
            smtp.login(fakemail.address, fakemail.code)
        smtp.starttls(context=fakemail.ssl_context())
        smtp.login(fakemail.address, fakemail.code)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail(fakemail.address, [f"stranger@{fakemail.domain}"], "")


@pytest.mark.parametrize("time", ["first", "second"])
@pytest.mark.fakemail(dialect="gmail", rules=["messages_per_day=1", "failed_logins_ban=2/h"])
def test_limits_of_one_test_are_not_those_of_the_next(fakemail, send, time):
    with smtplib.SMTP(*address(fakemail.submission)) as smtp:
        smtp.starttls(context=fakemail.ssl_context())
        smtp.login(fakemail.address, fakemail.code)
        for expected in (None, "5.4.5 Daily user sending limit exceeded"):
            try:
                smtp.sendmail(fakemail.address, [fakemail.address], f"Subject: {time}\n\n")
            except smtplib.SMTPDataError as error:
                assert expected is not None
                assert expected in error.smtp_error.decode()
    assert fakemail.session().reasons == ["smtp.daily-limit"]
    with smtplib.SMTP(*address(fakemail.submission)) as smtp:
        smtp.starttls(context=fakemail.ssl_context())
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login(fakemail.address, "wrong")
    with pytest.raises(smtplib.SMTPConnectError):
        smtplib.SMTP(*address(fakemail.submission))


def address(endpoint):
    return endpoint.host, endpoint.port
