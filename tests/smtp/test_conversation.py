"""Whole conversations, among them those of the project's notes."""

from base64 import b64encode

import pytest

USER = b64encode(b"tom@qq.com").decode()
CODE = "VU1KTFhFSUZVWlhLT0VYSw=="

TYPED = f"""ehlo tom
auth login
{USER}
{CODE}
mail from:<tom@qq.com>
rcpt to:<jerry@163.com>
data
from: <tom@qq.com>
to: <jerry@163.com>
subject: hello

hello from tom
.
quit
"""


def test_as_typed_into_telnet(submitter):
    replies = [submitter.say(line)[:3] for line in TYPED.splitlines()]
    assert replies == ["250", "334", "334", "235", "250", "250", "354", *[""] * 5, "250", "221"]
    [(addresses, trace, content)] = submitter.store.messages
    assert addresses == ["jerry@163.com"]
    assert content == (
        b"from: <tom@qq.com>\r\nto: <jerry@163.com>\r\nsubject: hello\r\n\r\nhello from tom\r\n"
    )
    assert trace.startswith(b"Return-Path: <tom@qq.com>\r\nReceived: from tom ([127.0.0.1])\r\n")
    assert b"with ESMTPA id " in trace and b"for <jerry@163.com>;" in trace
    assert submitter.border.closed
    assert "UMJLXEIFUZXKOEXK" not in submitter.transcript and CODE not in submitter.transcript
    assert "logged in as tom@qq.com (LOGIN, any code)" in submitter.transcript
    assert f"delivered {len(content)} octets to jerry@163.com/INBOX" in submitter.transcript


@pytest.mark.parametrize("step", [1, 2, 7, 0])
def test_pipelined_or_octet_by_octet(submitter, step):
    octets = TYPED.replace("\n", "\r\n").encode()
    replies = submitter.raw(octets, step).splitlines()
    assert [reply[:3] for reply in replies if reply[3] == " "] == (
        ["250", "334", "334", "235", "250", "250", "354", "250", "221"]
    )
    assert len(submitter.store.messages) == 1


def test_prompts_are_those_that_clients_expect(submitter):
    submitter.say("EHLO tom")
    assert submitter.say("AUTH LOGIN") == "334 VXNlcm5hbWU6"
    assert submitter.say(USER) == "334 UGFzc3dvcmQ6"
    assert submitter.say(CODE) == "235 2.7.0 Authentication successful"


def test_without_auth_the_step_that_is_missing_is_named(submitter):
    assert submitter.say("ehlo tom", "mail from:<tom@qq.com>") == (
        "530 5.7.0 Authentication required"
    )
    assert submitter.say("rcpt to:<jerry@163.com>")[:3] == "530"
    assert submitter.say("noop") == "250 2.0.0 Ok"
    assert "smtp.auth-required" in submitter.transcript
    assert "login(address, code)" in submitter.transcript
    assert not submitter.store.messages


def test_port_25_takes_mail_for_anybody(client):
    assert client.greeting == "220 mail.fakemail.test ESMTP fakemail"
    client.ready()
    assert client.say("Subject: x", "", "y", ".").startswith("250 2.0.0 Ok: queued as ")
    assert client.store.contents == [b"Subject: x\r\n\r\ny\r\n"]


def test_ehlo_lists_every_extension_in_one_write(connect):
    client = connect(can_tls=True)
    client.border.sent.clear()
    client.session.received(b"EHLO tom\r\n")
    [reply] = client.border.sent
    assert reply.decode().replace("\r\n", "\n") == (
        "250-mail.fakemail.test\n250-PIPELINING\n250-SIZE 52428800\n250-STARTTLS\n"
        "250-AUTH PLAIN LOGIN\n250-ENHANCEDSTATUSCODES\n250-8BITMIME\n250-DSN\n250-SMTPUTF8\n"
        "250-CHUNKING\n250 HELP\n"
    )


def test_helo(client):
    assert client.say("HELO tom") == "250 mail.fakemail.test"
    assert client.say("MAIL FROM:<a@b.test>") == "250 2.1.0 Ok"
    assert client.say("RCPT TO:<c@d.test>") == "250 2.1.5 Ok"
    assert client.say("DATA", "x", ".")[:3] == "250"
    assert b" with SMTP id " in client.store.messages[0][1]


def test_several_messages_and_a_group_of_commands(client):
    group = (
        b"EHLO tom\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n"
        b"one\r\n.\r\nMAIL FROM:<e@f.test>\r\nRCPT TO:<g@h.test>\r\nDATA\r\n..two\r\n.\r\nQUIT\r\n"
    )
    replies = client.raw(group).splitlines()
    assert [reply[:3] for reply in replies if reply[3] == " "] == (
        ["250", "250", "250", "250", "354", "250", "250", "250", "354", "250", "221"]
    )
    (first, trace, _), (second, _, _) = client.store.messages
    assert (first, second) == (["a@b.test", "c@d.test"], ["g@h.test"])
    assert trace.startswith(b"Return-Path: <>\r\n") and b"for <" not in trace
    assert client.store.contents == [b"one\r\n", b".two\r\n"]


def test_one_mailbox_gets_one_copy(client):
    client.say("EHLO tom", "MAIL FROM:<a@b.test>", "RCPT TO:<Tom@d.test>", "RCPT TO:<tom@D.test>")
    client.say("DATA", "x", ".")
    assert client.store.messages[0][0] == ["tom@d.test"]


def test_the_small_commands(client):
    assert client.say("NOOP hello") == "250 2.0.0 Ok"
    assert client.say("RSET") == "250 2.0.0 Ok"
    assert client.say("VRFY <tom@b.test>").startswith("252 2.0.0 ")
    assert client.say("VRFY tom").startswith("252 2.0.0 ")
    assert client.say("EXPN list") == "502 5.5.1 EXPN not implemented"
    assert client.say("HELP") == (
        "214 2.0.0 Supported commands: "
        "AUTH BDAT DATA EHLO HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY"
    )
    assert client.say("help mail") == "214 2.0.0 Syntax: MAIL FROM:<address>"
    assert client.say("QUIT") == "221 2.0.0 Bye"
    assert client.border.closed


def test_rset_gives_the_transaction_up(client):
    client.say("EHLO tom", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>")
    assert client.say("RSET", "DATA")[:3] == "503"
    assert client.say("MAIL FROM:<a@b.test>", "EHLO tom", "RCPT TO:<c@d.test>")[:3] == "503"


def test_lines_that_end_in_lf_alone_are_commands_with_a_note(client):
    assert client.raw(b"NOOP\nNOOP\r\n") == "250 2.0.0 Ok\n250 2.0.0 Ok"
    assert client.transcript.count("not in CR LF") == 1


def test_smtputf8(client):
    client.say("EHLO tom")
    assert client.say("MAIL FROM:<用户@例子.测试> SMTPUTF8 BODY=8BITMIME") == "250 2.1.0 Ok"
    assert client.say("RCPT TO:<δοκιμή@παράδειγμα.test>") == "250 2.1.5 Ok"
    client.say("DATA", "Subject: ü", ".")
    [(addresses, trace, content)] = client.store.messages
    assert addresses == ["δοκιμή@παράδειγμα.test"]
    assert "Return-Path: <用户@例子.测试>\r\n".encode() in trace
    assert b"with UTF8SMTP id" in trace
    assert content == "Subject: ü\r\n".encode()


def test_auth_plain_with_and_without_initial_response(connect):
    blob = b64encode(b"\0tom@qq.com\0secret-code-1").decode()
    for lines in (["AUTH PLAIN " + blob], ["auth plain", blob]):
        client = connect()
        assert client.say("EHLO tom", *lines) == "235 2.7.0 Authentication successful"
        assert blob not in client.transcript and "secret-code-1" not in client.transcript
        assert "AUTH" not in client.say("EHLO tom")
        assert client.say("MAIL FROM:<a@b.test>")[:3] == "250"


def test_auth_login_with_initial_response(submitter):
    assert submitter.say("EHLO tom", f"AUTH LOGIN {USER}") == "334 UGFzc3dvcmQ6"
    assert submitter.say(CODE)[:3] == "235"


def test_auth_cancelled_refused_and_tried_again(submitter):
    submitter.say("EHLO tom")
    assert submitter.say("AUTH LOGIN", "*")[:9] == "501 5.7.0"
    assert submitter.say("AUTH LOGIN", USER, "*")[:9] == "501 5.7.0"
    assert submitter.say("AUTH PLAIN", "=")[:3] in {"501", "535"}
    assert submitter.say("AUTH PLAIN not~base64")[:9] == "501 5.5.2"
    assert submitter.say("AUTH LOGIN", USER, "")[:3] == "535"
    assert submitter.say("AUTH CRAM-MD5")[:9] == "504 5.5.4"
    assert submitter.say("AUTH")[:9] == "501 5.5.4"
    assert submitter.say("AUTH LOGIN a b c")[:9] == "501 5.5.4"
    assert submitter.say("AUTH LOGIN", "A" * 20000)[:9] == "500 5.5.6"
    assert submitter.say("AUTH LOGIN", USER, CODE)[:3] == "235"
    assert submitter.say("AUTH LOGIN")[:9] == "503 5.5.1"


def test_auth_not_inside_a_transaction_nor_before_ehlo(client):
    assert client.say("AUTH LOGIN") == "503 5.5.1 Error: send EHLO first"
    assert client.say("HELO tom", "AUTH LOGIN")[:9] == "503 5.5.1"
    assert client.say("EHLO tom", "MAIL FROM:<a@b.test>", "AUTH LOGIN")[:9] == "503 5.5.1"


def test_a_stray_secret_is_neither_shown_nor_echoed(submitter):
    submitter.say("EHLO tom", "AUTH NONSENSE")
    assert submitter.say(CODE) == '500 5.5.1 Error: command "********" not recognized'
    submitter.say("PASS QWERTYUIOPPOIUYT", "A LOGIN tom QWERTYUIOPPOIUYT")
    submitter.say("AUTHPLAIN QWERTYUIOPPOIUYT", "auth\tplain\tQWERTYUIOPPOIUYT")
    assert CODE not in submitter.transcript
    assert "QWERTYUIOPPOIUYT" not in submitter.transcript


def test_a_client_that_forgets_to_encode_leaves_no_secret(submitter):
    submitter.say("EHLO tom")
    assert submitter.say("AUTH LOGIN", "tom@qq.com")[:9] == "501 5.5.2"
    assert "correct horse" not in submitter.say("correct horse battery!")
    submitter.raw(b"b\xe4ttery stapl\xe9\r\n")
    assert submitter.say("NOOP", "FROB it") == '500 5.5.1 Error: command "FROB" not recognized'
    for secret in ("correct", "horse", "battery", "ttery", "stapl"):
        assert secret not in submitter.transcript
    assert "FROB it" in submitter.transcript
