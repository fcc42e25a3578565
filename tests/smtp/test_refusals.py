"""What is refused, with which code, and that the session goes on."""

import pytest

from fakemail.smtp.border import SmtpPolicy

HELLO = ["EHLO tom"]
MAIL = [*HELLO, "MAIL FROM:<a@b.test>"]
RCPT = [*MAIL, "RCPT TO:<c@d.test>"]

CASES = [
    # before the command, the command, code and enhanced code, slug
    ([], "MAIL FROM:<a@b.test>", "503 5.5.1", "smtp.hello-first"),
    ([], "DATA", "503 5.5.1", "smtp.hello-first"),
    ([], "BDAT 0 LAST", "503 5.5.1", "smtp.hello-first"),
    ([], "EHLO", "501 5.5.4", "smtp.parameter-missing"),
    ([], "HELO", "501 5.5.4", "smtp.parameter-missing"),
    ([], "", "500 5.5.2", "smtp.empty-command"),
    ([], "   ", "500 5.5.2", "smtp.empty-command"),
    ([], "FROB", "500 5.5.1", "smtp.unknown-command"),
    ([], " NOOP", "500 5.5.1", "smtp.unknown-command"),
    ([], "NOOP \0", "500 5.5.2", "smtp.control-octet"),
    ([], "NO\0OP", "500 5.5.2", "smtp.control-octet"),
    ([], "NOOP \x1b[2J", "500 5.5.2", "smtp.control-octet"),
    ([], "NOOP x\ry", "500 5.5.2", "smtp.control-octet"),
    ([], "NÖÖP", "500 5.5.1", "smtp.unknown-command"),
    ([], "RSET ü", "500 5.5.2", "smtp.command-not-ascii"),
    ([], "RSET now", "501 5.5.4", "smtp.no-parameters"),
    ([], "QUIT now", "501 5.5.4", "smtp.no-parameters"),
    ([], "STARTTLS now", "501 5.5.4", "smtp.no-parameters"),
    ([], "VRFY", "501 5.5.4", "smtp.parameter-missing"),
    ([], "VRFY <a", "501 5.1.3", "smtp.vrfy-address"),
    ([], "EXPN all", "502 5.5.1", "smtp.not-implemented"),
    ([], "HELP frob", "501 5.5.4", "smtp.help-unknown"),
    ([], "NOOP " + "x" * 3000, "500 5.5.2", "smtp.line-too-long"),
    ([], "NOOP " + "x" * 300_000, "500 5.5.2", "smtp.line-too-long"),
    (HELLO, "MAIL", "501 5.5.4", "smtp.mail-syntax"),
    (HELLO, "MAIL FROM:", "501 5.5.4", "smtp.mail-syntax"),
    (HELLO, "MAIL TO:<a@b.test>", "501 5.5.4", "smtp.mail-syntax"),
    (HELLO, "MAIL FROM <a@b.test>", "501 5.5.4", "smtp.mail-syntax"),
    (HELLO, "MAIL FROM:<a@b.test", "501 5.1.7", "smtp.bad-reverse-path"),
    (HELLO, "MAIL FROM:<a b@c.test>", "501 5.1.7", "smtp.bad-reverse-path"),
    (HELLO, "MAIL FROM:<a@b@c.test>", "501 5.1.7", "smtp.bad-reverse-path"),
    (HELLO, "MAIL FROM:<Tom <a@b.test>>", "501 5.1.7", "smtp.bad-reverse-path"),
    (HELLO, "MAIL FROM:<a@b.test>SIZE=1", "501 5.1.7", "smtp.bad-reverse-path"),
    (HELLO, "MAIL FROM:<\0@b.test>", "500 5.5.2", "smtp.control-octet"),
    (HELLO, "MAIL FROM:<ü@b.test>", "553 5.6.7", "smtp.needs-smtputf8"),
    (HELLO, "MAIL FROM:<a@bü.test> SIZE=3", "553 5.6.7", "smtp.needs-smtputf8"),
    (HELLO, "MAIL FROM:<a@b.test> SIZE", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> SIZE=x", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> SIZE=²", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> SIZE=99999999999", "552 5.3.4", "smtp.size-declared"),
    (HELLO, "MAIL FROM:<a@b.test> BODY=9BIT", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> BODY=BINARYMIME", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> SMTPUTF8=1", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> AUTH", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> =", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> BURL=imap", "555 5.5.4", "smtp.parameter-unknown"),
    (HELLO, "MAIL FROM:<a@b.test> NOTIFY=NEVER", "555 5.5.4", "smtp.parameter-unknown"),
    (HELLO, "MAIL FROM:<a@b.test> RET", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> RET=ALL", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> RET=FULL ret=HDRS", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> ENVID", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> ENVID=", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> ENVID=a+b", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> ENVID=a+0D+0A", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> ENVID=ü", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, f"MAIL FROM:<a@b.test> ENVID={'x' * 101}", "501 5.5.4", "smtp.parameter-syntax"),
    (HELLO, "MAIL FROM:<a@b.test> ENVID=1 ENVID=1", "501 5.5.4", "smtp.parameter-syntax"),
    (["HELO tom"], "MAIL FROM:<a@b.test> RET=FULL", "555 5.5.4", "smtp.parameter-unknown"),
    (["HELO tom"], "MAIL FROM:<a@b.test> SIZE=1", "555 5.5.4", "smtp.parameter-unknown"),
    (MAIL, "MAIL FROM:<a@b.test>", "503 5.5.1", "smtp.nested-mail"),
    ([*HELLO, "MAIL FROM:<>"], "MAIL FROM:<>", "503 5.5.1", "smtp.nested-mail"),
    (HELLO, "RCPT TO:<a@b.test>", "503 5.5.1", "smtp.need-mail"),
    (MAIL, "RCPT", "501 5.5.4", "smtp.rcpt-syntax"),
    (MAIL, "RCPT <a@b.test>", "501 5.5.4", "smtp.rcpt-syntax"),
    (MAIL, "RCPT TO:<>", "501 5.1.3", "smtp.bad-forward-path"),
    (MAIL, "RCPT TO:<a@b.test>, <c@d.test>", "501 5.1.3", "smtp.bad-forward-path"),
    (MAIL, "RCPT TO:<ü@b.test>", "553 5.6.7", "smtp.needs-smtputf8"),
    (MAIL, "RCPT TO:<a@b.test> RET=FULL", "555 5.5.4", "smtp.parameter-unknown"),
    (MAIL, "RCPT TO:<a@b.test> NOTIFY", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> NOTIFY=ALWAYS", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> NOTIFY=,", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> NOTIFY=NEVER,SUCCESS", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> NOTIFY=DELAY,never", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> NOTIFY=DELAY NOTIFY=DELAY", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT=a@b.test", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT=rfc822;", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT=rfc822;a+tag@b", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT=rfc822;a+0Ab", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT=rfc822;ü@b.test", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT=r@;a@b.test", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT=utf-8;ü@b.test", "553 5.6.7", "smtp.needs-smtputf8"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT=utf-8;a\\x{41}", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT=utf-8;a\\x{D800}", "501 5.5.4", "smtp.parameter-syntax"),
    (MAIL, "RCPT TO:<a@b.test> ORCPT=utf-8;a+b@c", "501 5.5.4", "smtp.parameter-syntax"),
    (
        MAIL,
        f"RCPT TO:<a@b.test> ORCPT=rfc822;{'x' * 494}",
        "501 5.5.4",
        "smtp.parameter-syntax",
    ),
    (
        MAIL,
        "RCPT TO:<a@b.test> ORCPT=rfc822;x ORCPT=rfc822;x",
        "501 5.5.4",
        "smtp.parameter-syntax",
    ),
    (
        ["HELO tom", "MAIL FROM:<a@b.test>"],
        "RCPT TO:<a@b.test> NOTIFY=NEVER",
        "555 5.5.4",
        "smtp.parameter-unknown",
    ),
    (MAIL, f"RCPT TO:<{'x' * 300}@b.test>", "501 5.1.3", "smtp.bad-forward-path"),
    (HELLO, "DATA", "503 5.5.1", "smtp.need-mail"),
    (MAIL, "DATA", "503 5.5.1", "smtp.need-rcpt"),
    ([*MAIL, "RCPT TO:<>"], "DATA", "554 5.5.1", "smtp.no-valid-recipients"),
    (RCPT, "DATA now", "501 5.5.4", "smtp.no-parameters"),
    (RCPT, "BDAT", "501 5.5.4", "smtp.bdat-syntax"),
    (RCPT, "BDAT x", "501 5.5.4", "smtp.bdat-syntax"),
    (RCPT, "BDAT -1 LAST", "501 5.5.4", "smtp.bdat-syntax"),
    (RCPT, "BDAT 0 FIRST", "501 5.5.4", "smtp.bdat-syntax"),
    ([*RCPT, "BDAT 0"], "DATA", "503 5.5.1", "smtp.chunks-begun"),
    ([*RCPT, "BDAT 0"], "RCPT TO:<e@f.test>", "503 5.5.1", "smtp.chunks-begun"),
    ([*RCPT, "BDAT 0"], "MAIL FROM:<a@b.test>", "503 5.5.1", "smtp.nested-mail"),
]


@pytest.mark.parametrize(
    ("before", "command", "code", "slug"), CASES, ids=[f"{c[1][:40]!r}-{c[2]}" for c in CASES]
)
@pytest.mark.parametrize("step", [0, 1])
def test_refused(client, before, command, code, slug, step):
    if step and len(command) > 500:
        step = 1000
    client.say(*before)
    refused_before = ["smtp.bad-forward-path"] if slug == "smtp.no-valid-recipients" else []
    assert client.reasons == refused_before
    reply = client.raw(command.encode() + b"\r\n", step)
    assert reply.startswith(code + " ") and "\n" not in reply and "{" not in reply
    assert client.reasons[-1] == slug
    assert client.say("NOOP") == "250 2.0.0 Ok"
    assert client.store.open <= 1 and not client.store.messages


def test_recipients_that_are_not_listed(connect, tmp_path):
    client = connect()
    client.desk.directory.mode = "listed"
    client.say("EHLO tom", "MAIL FROM:<a@b.test>")
    assert client.say("RCPT TO:<nobody@b.test>")[:9] == "550 5.1.1"
    assert client.reasons == ["smtp.no-such-user"]
    assert client.say("RCPT TO:<postmaster>")[:9] == "250 2.1.5"
    assert client.say("DATA")[:3] == "354"


def test_8_bit_that_is_not_utf_8(client):
    client.say("EHLO tom")
    assert client.raw(b"MAIL FROM:<m\xfcller@b.test>\r\n")[:9] == "500 5.5.2"
    assert client.raw(b"M\xc3IL\r\n")[:9] == "500 5.5.2"
    assert client.raw(b"EHLO \xc3\xbc\r\n")[:3] == "250"


def test_what_is_let_pass_leaves_a_note(client):
    client.say("EHLO tom")
    assert client.say("mail from: <a@b.test> size=9 body=7bit SIZE=10")[:3] == "250"
    assert client.say("rcpt to:c@d.test")[:3] == "250"
    assert client.say("RCPT TO:<@x.test,@y.test:e@f.test>")[:3] == "250"
    assert client.say("RCPT TO:<Postmaster>")[:3] == "250"
    assert client.say("RCPT TO:<tom@my_host>")[:3] == "250"
    assert list(client.session._conversation.envelope.mailboxes) == (
        ["c@d.test", "e@f.test", "postmaster@fakemail.test", "tom@my_host"]
    )
    for note in (
        "stands twice",
        "a space before",
        "no angle brackets",
        "source route",
        "no domain",
        "underscore",
    ):
        assert note in client.transcript


def test_too_many_recipients(connect):
    client = connect(limits={"recipients": 2})
    client.say("EHLO tom", "MAIL FROM:<a@b.test>")
    replies = [client.say(f"RCPT TO:<{n}@b.test>")[:9] for n in range(4)]
    assert replies == ["250 2.1.5", "250 2.1.5", "452 4.5.3", "452 4.5.3"]
    assert client.say("DATA", "x", ".")[:3] == "250"
    assert len(client.store.messages[0][0]) == 2


def test_unknown_commands_end_the_session_in_the_end(connect):
    client = connect(SmtpPolicy(auth_required=False, unknown_commands=3))
    assert [client.say("FROB")[:9] for _ in range(3)] == ["500 5.5.1", "500 5.5.1", "421 4.7.0"]
    assert client.border.closed


@pytest.mark.parametrize("first", ["GET / HTTP/1.1", "POST /x HTTP/1.0"])
def test_an_http_client_is_told_once(client, first):
    request = f"{first}\r\nHost: x\r\nMAIL FROM:<a@b.test>\r\n\r\n".encode()
    assert client.raw(request)[:9] == "554 5.5.1"
    assert client.border.closed and client.reasons == ["smtp.http-request"]


def test_sender_must_match(connect):
    client = connect(SmtpPolicy(auth_required=True, sender_must_match=True))
    client.say("EHLO tom", "AUTH PLAIN AHRvbUBxcS5jb20AY29kZQ==")
    assert client.say("MAIL FROM:<eve@qq.com>")[:9] == "553 5.7.1"
    assert client.say("MAIL FROM:<tom@qq.com>")[:9] == "250 2.1.0"


def test_a_fault_of_ours_is_451_and_the_session_survives(client, caplog):
    client.say("EHLO tom", "MAIL FROM:<a@b.test>")
    client.desk.directory = None
    assert client.say("RCPT TO:<c@d.test>") == "451 4.3.0 Local error in processing"
    assert "RCPT failed" in caplog.text
    assert client.say("NOOP")[:3] == "250"


def test_dialects_word_replies_and_refusals(connect):
    from fakemail.dialects.dialect import Dialect
    from fakemail.dialects.text import Text

    texts = {
        ("smtp", "smtp.hello-first", ""): Text(("503-Say hello", "503 please")),
        ("smtp", "smtp.ok", ""): Text(("250 Fine",)),
        ("smtp", "smtp.greeting", ""): Text(("220 {host} here",)),
    }
    client = connect(dialect=Dialect("odd", texts=texts))
    assert client.greeting == "220 mail.fakemail.test here"
    assert client.say("MAIL FROM:<a@b.test>") == "503-Say hello\n503 please"
    assert client.say("NOOP") == "250 Fine"
