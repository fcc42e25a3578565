"""Programs are recognised by what they really sent (read off sessions with them), or not at all."""

from __future__ import annotations

import pytest

from fakemail.explain import clients
from fakemail.explain.explain import explain
from fakemail.explain.language import table
from fakemail.explain.scene import scene
from fakemail.explain.topics import TOPICS
from fakemail.reasons.catalogue import catalogue
from fakemail.transcript.parse import parse

REFUSED = "S: 530 5.7.0 Authentication required"


def smtp(*client):
    lines = ["S: 220 mail ESMTP", f"C: {client[0]}", "S: 250-mail", "S: 250 AUTH PLAIN LOGIN"]
    return "\n".join(lines + [f"C: {line}" if line != REFUSED else line for line in client[1:]])


def imap(*client):
    return "\n".join(["S: * OK ready", *(f"C: {line}" for line in client)])


SEEN = [
    ("smtplib", "likely", smtp("ehlo [127.0.0.1]", "mail FROM:<a@b.test> size=15", REFUSED)),
    ("smtplib", "likely", smtp("ehlo [127.0.0.1]", "AUTH PLAIN ********", REFUSED)),
    ("imaplib", "likely", imap("EGPA0 CAPABILITY", "EGPA1 LOGIN z@b.test ********")),
    ("nodemailer", "likely", smtp("EHLO [127.0.0.1]", "MAIL FROM:<a@b.test>", REFUSED)),
    ("imapflow", "named", imap('1 ID ("name" "imapflow" "version" "1.0.164")', "2 LOGIN z ****")),
    ("curl", "likely", imap("A001 CAPABILITY", "A002 AUTHENTICATE PLAIN ********")),
    (
        "msmtp", "perhaps",
        smtp("EHLO localhost", "MAIL FROM:<a@b.test>", REFUSED, "RCPT TO:<b@b.test>", "DATA"),
    ),
    ("smtpmail", "perhaps", smtp("EHLO vm", "MAIL FROM:<a@b.test> SIZE=61", REFUSED, "QUIT")),
    ("net-smtp", "likely", smtp("EHLO localhost.localdomain", "MAIL FROM:<a@b.test>", REFUSED)),
    (
        "go", "likely",
        smtp("EHLO localhost", "MAIL FROM:<a@b.test> BODY=8BITMIME SMTPUTF8", REFUSED),
    ),
    ("javamail", "likely", smtp("EHLO vm", "MAIL FROM:<a@b.test>", REFUSED, "RSET", "QUIT")),
    ("javamail", "perhaps", imap("B0 AUTHENTICATE PLAIN", "********", "B1 EXAMINE nope")),
    ("dotnet", "likely", smtp("EHLO DESKTOP-4K2", "AUTH login ********", REFUSED)),
    ("mailkit", "likely", imap("A00000000 CAPABILITY", "A00000001 AUTHENTICATE PLAIN ********")),
    ("mbsync", "likely", imap('1 LOGIN "z@b.test" ********', "2 NAMESPACE", '3 SELECT "INBOX"')),
    ("fetchmail", "likely", imap('A0001 LOGIN "z@b.test" ********', 'A0002 SELECT "INBOX"')),
    ("mutt", "likely", imap("a0000 CAPABILITY", 'a0001 LOGIN "z" "********"')),
    ("thunderbird", "named", imap("1 capability", '2 ID ("name" "Thunderbird" "version" "128")')),
]  # fmt: skip

UNKNOWN = [
    smtp("EHLO vm", "MAIL FROM:<a@b.test>", REFUSED, "QUIT"),  # curl, swaks, PHPMailer, ...
    smtp("EHLO vm", "AUTH LOGIN", "********"),
    "S: +OK ready\nC: USER a\nC: PASS ********\n",  # poplib, Net::POP3
]


@pytest.mark.parametrize(("key", "sure", "said"), SEEN, ids=[key for key, _, _ in SEEN])
def test_a_program_is_recognised_by_its_habits(key, sure, said):
    found = clients.on_the_wire(scene(parse(said)[0]))
    assert found
    assert (found.key, found.sure) == (key, sure)
    assert found.shows in found.described("en")


@pytest.mark.parametrize("said", UNKNOWN)
def test_a_program_without_habits_stays_unknown(said):
    assert clients.on_the_wire(scene(parse(said)[0])) is None


def test_a_stranger_that_names_itself_is_called_so():
    found = clients.on_the_wire(scene(parse(imap('x ID ("name" "Wonder\x1b[2JMail")'))[0]))
    assert found
    assert found.key == ""
    assert found.described("en") == r"The program calls itself Wonder\x1b[2JMail"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("smtplib.SMTPSenderRefused: (530, b'5.7.0 x', 'a@b.test')", "smtplib"),
        ('File "flask_mail.py", line 3\nsmtplib.SMTPSenderRefused: (530,', "flask-mail"),
        ("com.sun.mail.smtp.SMTPSendFailedException: 530", "javamail"),
        ("Error: Invalid login: 535 5.7.8 no\n code: 'EAUTH'", "nodemailer"),
        ("SMTP ERROR: MAIL FROM command failed: 530", "phpmailer"),
        ("msmtp: server message: 530 5.7.0", "msmtp"),
        ("curl: (55) MAIL failed: 530", "curl"),
        ("poplib.error_proto: b'-ERR no'", "poplib"),
        ("X-Mailer: swaks v20201014.0 jetmore.org/john/code/swaks/", "swaks"),
        ("530 5.7.0 Authentication required", None),
    ],
)
def test_a_program_is_recognised_by_its_errors(text, key):
    found = clients.in_text(text)
    assert (found.key if found else None) == key


def test_the_fix_is_in_the_terms_of_the_program():
    said = smtp("EHLO [127.0.0.1]", "MAIL FROM:<a@b.test>", REFUSED)
    said = said.replace(REFUSED, f"! x  smtp.auth-required\n{REFUSED}")
    [found] = explain(parse(said)[0])
    assert "auth: { user: address, pass: authorization_code }" in found.fix_for_client
    assert found.slug == "smtp.auth-required"
    [found] = explain(parse(said)[0], "zh")
    assert "授权码" in found.fix_for_client


def test_topics_are_those_of_reasons_and_each_is_answered_for_somebody():
    assert TOPICS.keys() <= catalogue().keys()
    topics = {topic for client in clients.clients().values() for topic in client.fixes}
    assert topics <= set(TOPICS.values())
    assert set(TOPICS.values()) <= topics


def test_every_program_that_scenarios_name_has_fixes_or_another_that_it_uses():
    for client in clients.clients().values():
        assert client.fixes
        assert not client.same_wire or client.same_wire in table("clients")
