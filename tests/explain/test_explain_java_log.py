"""JavaMail's debug log: no signs for who speaks, and the login left out."""

from __future__ import annotations

import pytest

from fakemail.explain.explain import explain
from fakemail.explain.java_log import translated
from fakemail.explain.logs import sessions

SMTP = """\
DEBUG SMTP: trying to connect to host "127.0.0.1", port 33023, isSSL false
220 163.com Anti-spam GT for Coremail System (163com[20141201])
DEBUG SMTP: connected to host "127.0.0.1", port: 33023
EHLO localhost
250-mail
250-AUTH LOGIN PLAIN XOAUTH2
250 8BITMIME
DEBUG SMTP: Found extension "AUTH", arg "LOGIN PLAIN XOAUTH2"
DEBUG SMTP: Using mechanism LOGIN
DEBUG SMTP: AUTH LOGIN command trace suppressed
DEBUG SMTP: AUTH LOGIN failed
jakarta.mail.AuthenticationFailedException: 535 Error: authentication failed

	at org.eclipse.angus.mail.smtp.SMTPTransport$Authenticator.authenticate(SMTPTransport.java:954)
"""
IMAP = """\
DEBUG IMAP: trying to connect to host "127.0.0.1", port 44005, isSSL false
* OK Coremail System IMap Server Ready(163com[63cbc5f7db8e13c9e93cd094c82091f7])
A0 CAPABILITY
* CAPABILITY IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS UIDPLUS X-CM-EXT-1
A0 OK CAPABILITY completed
DEBUG IMAP: LOGIN command trace suppressed
DEBUG IMAP: LOGIN command result: A1 OK LOGIN completed
A3 EXAMINE INBOX
A3 NO EXAMINE Unsafe Login. Please contact kefu@188.com for help
Exception in thread "main" jakarta.mail.MessagingException: A3 NO EXAMINE Unsafe Login.;
"""
POP3 = """\
DEBUG POP3: connecting to host "127.0.0.1", port 43449, isSSL false
+OK ready
CAPA
+OK capability list follows
USER
UIDL
.
DEBUG POP3: Using mechanism LOGIN
USER me@qq.com
+OK
PASS secret-of-mine
-ERR [AUTH] Authentication failed: user name or authorization code incorrect
QUIT
+OK bye
Exception in thread "main" jakarta.mail.AuthenticationFailedException: Authentication failed
"""


@pytest.mark.parametrize(
    ("log", "slug", "said"),
    [
        (SMTP, "auth.wrong-code", "AUTH LOGIN ********"),
        (IMAP, "imap.id-required", "A3 EXAMINE INBOX"),
        (POP3, "auth.wrong-code", "PASS ********"),
    ],
)
def test_the_refusal_is_found_and_explained(log, slug, said):
    (session,) = sessions(log)
    first = explain(session, around=log)[0]
    assert (first.slug, first.said) == (slug, said)
    assert "JavaMail" in first.client
    assert first.fix


def test_a_suppressed_login_that_went_well_is_no_refusal():
    log = SMTP.replace("AUTH LOGIN failed", "AUTH LOGIN succeeded").partition("jakarta")[0]
    (session,) = sessions(log)
    assert [each.slug for each in explain(session, around=log)] == []


def test_what_stands_in_a_message_or_a_list_is_nobodys_command():
    log = "\n".join([
        "DEBUG SMTP: x", "220 mail", "DATA", "354 go on", "QUIT is a word", "550 too", ".",
        "250 done",
    ])  # fmt: skip
    assert list(translated(log)) == [
        "  S: 220 mail",
        "  C: DATA",
        "  S: 354 go on",
        "  S: 250 done",
    ]


def test_secrets_are_left_out():
    shown = "\n".join(translated(POP3 + "AUTH PLAIN c2VjcmV0\n+\nc2VjcmV0\n"))
    assert "secret-of-mine" not in shown
    assert "c2VjcmV0" not in shown


def test_an_answer_of_our_own_words_is_known():
    """Where a provider's words are not known, fakemail's stand in the log."""
    (session,) = sessions(POP3)
    assert explain(session)[0].cites
