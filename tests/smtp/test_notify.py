"""Delivery status notifications: who asks for them gets them, and nobody else (RFC 3461)."""

import re
from email import policy
from email.parser import BytesParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakemail.dialects.load import load
from fakemail.message.part import parse
from fakemail.store.store import Store

BODY = ("From: <tom@b.test>", "Subject: hello", "", "text", ".")


def send(client, *, mail="", rcpt=("",), sender="tom@b.test", data=BODY):
    """One message; the recipients are r0@d.test, r1@d.test, with these parameters."""
    assert client.say("EHLO tom", f"MAIL FROM:<{sender}> {mail}")[:9] == "250 2.1.0"
    for number, parameters in enumerate(rcpt):
        assert client.say(f"RCPT TO:<R{number}@d.test> {parameters}")[:9] == "250 2.1.5"
    assert client.say("DATA", *data)[:9] == "250 2.0.0"


def reports(client):
    """What came for the sender: the status groups of each report."""
    found = []
    for addresses, first, rest in client.store.messages:
        message = BytesParser(policy=policy.default).parsebytes(first + rest)
        if message.get_content_type() == "multipart/report":
            assert addresses == ["tom@b.test"]
            found.append([part.items() for part in message.get_payload(1).get_payload()])
    return found


GROUPS = [
    "MAIL FROM:<tom@b.test> RET=FULL ENVID=QQ+2B1\r\n",
    "RCPT TO:<R0@d.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;R0+40d.test\r\n",
    "RCPT TO:<R1@d.test> NOTIFY=NEVER\r\n",
    "RCPT TO:<R2@d.test>\r\n",
    "RCPT TO:<R3@d.test> notify=success\r\n",
]


@pytest.mark.parametrize("step", [0, 1, 7])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_whole_conversation(client, step, chunked):
    content = b"From: <tom@b.test>\r\nSubject: hello\r\n\r\ntext\r\n"
    end = (
        b"BDAT 30\r\n%bBDAT %d LAST\r\n%b" % (content[:30], len(content) - 30, content[30:])
        if chunked
        else b"DATA\r\n" + content + b".\r\n"
    )
    replies = client.raw(b"EHLO tom\r\n" + "".join(GROUPS).encode() + end + b"QUIT\r\n", step)
    codes = [line[:3] for line in replies.splitlines() if line[3] == " "]
    assert codes == ["250"] * 6 + (["250", "250"] if chunked else ["354", "250"]) + ["221"]
    (everybody, _, stored), (sender, first, rest) = client.store.messages
    assert everybody == [f"r{n}@d.test" for n in range(4)] and stored == content
    assert sender == ["tom@b.test"] and first.startswith(b"Return-Path: <>\r\n") and not rest
    [[about, one, two]] = reports(client)
    assert about[:2] == [
        ("Original-Envelope-Id", "QQ+1"),
        ("Reporting-MTA", "dns; mail.fakemail.test"),
    ]
    assert one == [
        ("Original-Recipient", "rfc822;R0@d.test"),
        ("Final-Recipient", "rfc822;R0@d.test"),
        ("Action", "delivered"),
        ("Status", "2.0.0"),
    ]
    assert two[0] == ("Final-Recipient", "rfc822;R3@d.test")
    assert b"\r\n\r\nFrom: <tom@b.test>\r\nSubject: hello\r\n\r\n--" in first
    assert b"text\r\n" not in first.replace(b"text/", b"")  # RET is about failures (§4.3)
    assert "delivery status notification to tom@b.test/INBOX as UID 2" in client.transcript
    assert "RET=FULL ENVID=QQ+2B1" in client.transcript


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "NOTIFY=NEVER",
        "NOTIFY=FAILURE",
        "NOTIFY=FAILURE,DELAY",
        "ORCPT=rfc822;x",
        "ORCPT=utf-8;\\x{7528}",
    ],
)
def test_nobody_else_gets_one(client, parameters):
    send(client, mail="RET=HDRS ENVID=1", rcpt=[parameters])
    assert len(client.store.messages) == 1
    assert "status notification" not in client.transcript


@pytest.mark.parametrize("value", ["SUCCESS", "success", "DELAY,Success", "SUCCESS,,FAILURE,"])
def test_success_in_any_spelling(client, value):
    send(client, rcpt=[f"NOTIFY={value}"])
    assert len(reports(client)) == 1


def test_the_next_message_is_another_matter(client):
    send(client, mail="ENVID=1", rcpt=["NOTIFY=SUCCESS"])
    send(client)
    send(client, rcpt=["NOTIFY=SUCCESS"])
    first, second = reports(client)
    assert first[0][0] == ("Original-Envelope-Id", "1")
    assert second[0][0][0] == "Reporting-MTA"
    client.say("MAIL FROM:<x@y.test> ENVID=2", "RCPT TO:<a@b.test> NOTIFY=SUCCESS", "RSET")
    send(client)
    assert len(reports(client)) == 2


def test_a_refused_recipient_is_not_reported(client):
    client.desk.directory.mode = "listed"
    client.say("EHLO tom", "MAIL FROM:<postmaster>")
    assert client.say("RCPT TO:<nobody@d.test> NOTIFY=SUCCESS")[:9] == "550 5.1.1"
    assert client.say("RCPT TO:<postmaster>")[:3] == "250"
    assert client.say("DATA", *BODY)[:3] == "250"
    assert len(client.store.messages) == 1


def test_the_null_reverse_path_gets_none(client):
    send(client, rcpt=["NOTIFY=SUCCESS"], sender="")
    assert len(client.store.messages) == 1
    assert "no delivery status notification: the reverse-path is null" in client.transcript


def test_an_unknown_sender_gets_none(client):
    client.desk.directory.mode = "listed"
    client.say("EHLO tom", "MAIL FROM:<stranger@b.test>", "RCPT TO:<postmaster> NOTIFY=SUCCESS")
    assert client.say("DATA", *BODY)[:9] == "250 2.0.0"
    assert len(client.store.messages) == 1
    note = "no delivery status notification: no account has stranger@b.test"
    assert note in client.transcript and not client.reasons


@pytest.mark.parametrize("error", [OSError(28, "No space left"), ZeroDivisionError()])
def test_a_report_that_fails_takes_nothing_back(client, monkeypatch, caplog, error):
    delivery = client.store.delivery

    def delivery_once():
        if client.store.messages:
            client.store.commit_error = error
        return delivery()

    monkeypatch.setattr(client.store, "delivery", delivery_once)
    send(client, rcpt=["NOTIFY=SUCCESS"])
    assert len(client.store.messages) == 1 and client.store.open == 0
    assert "no delivery status notification: it was not stored" in client.transcript
    assert "a delivery status notification was not stored" in caplog.text


def test_a_message_that_is_refused_is_not_reported(connect):
    client = connect(limits={"message_octets": 10})
    client.say("EHLO tom", "MAIL FROM:<tom@b.test>", "RCPT TO:<r@d.test> NOTIFY=SUCCESS")
    assert client.say("DATA", *BODY)[:3] == "552"
    assert not client.store.messages and client.store.open == 0


def test_utf_8(client):
    client.say("EHLO tom", "MAIL FROM:<用户@例子.测试> SMTPUTF8 BODY=8BITMIME")
    original = "ORCPT=utf-8;\\x{3B4}\\x{2B}@x.test"
    assert client.say(f"RCPT TO:<δ@x.test> NOTIFY=SUCCESS {original}") == "250 2.1.5 Ok"
    assert client.say("RCPT TO:<a@x.test> NOTIFY=SUCCESS ORCPT=utf-8;ü@x.test")[:3] == "250"
    assert client.say("RCPT TO:<b@x.test> NOTIFY=SUCCESS ORCPT=utf-8;ü")[:3] == "250"
    assert client.say("DATA", "Subject: ü", "", ".")[:3] == "250"
    _, (addresses, octets, _) = client.store.messages
    assert addresses == ["用户@例子.测试"]
    for line in (
        "Original-Recipient: utf-8;δ+@x.test\r\nFinal-Recipient: utf-8;δ@x.test",
        "Original-Recipient: utf-8;ü@x.test\r\nFinal-Recipient: rfc822;a@x.test",
        "Original-Recipient: utf-8;ü\r\n",  # no address, so no change
        "message/global-delivery-status",
        "message/global-headers\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: ü\r\n",
    ):
        assert line in octets.decode()


def test_in_ascii_an_address_stays_encoded(client):
    send(client, rcpt=["NOTIFY=SUCCESS ORCPT=utf-8;a\\x{2B}b@x.test"])
    [[_, one]] = reports(client)
    assert one[0] == ("Original-Recipient", "utf-8;a\\x{2B}b@x.test")


@pytest.mark.parametrize(
    ("mail", "rcpt", "said"),
    [
        ("RET=NONE", "", "RET can only be FULL or HDRS"),
        ("ENVID=1 ENVID=2", "", "ENVID stands twice"),
        (
            "ENVID=a+3dz",
            "",
            "ENVID: '+' at position 2; the like is written as + and two upper-case",
        ),
        ("", "NOTIFY=NEVER,DELAY", "NOTIFY=NEVER stands alone"),
        ("", "NOTIFY=SOMETIMES", "NOTIFY has no 'SOMETIMES', only NEVER, SUCCESS, FAILURE, DELAY"),
        ("", "ORCPT=tom@d.test", "ORCPT takes a type, a semicolon and an address: rfc822;"),
    ],
)
def test_a_refusal_names_what_is_wrong(client, mail, rcpt, said):
    reply = client.say("EHLO tom", f"MAIL FROM:<tom@b.test> {mail}")
    if rcpt:
        reply = client.say(f"RCPT TO:<r@d.test> {rcpt}")
    assert reply.startswith(f"501 5.5.4 Error: bad parameter: {said}")


def test_the_longest_that_must_be_taken(client):
    """RFC 3461 §5.4."""
    client.say("EHLO tom")
    assert client.say(f"MAIL FROM:<tom@b.test> RET=HDRS ENVID={'x' * 94}")[:3] == "250"
    rcpt = f"RCPT TO:<{'x' * 60}@d.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;{'+40' * 162}"
    assert client.say(rcpt)[:3] == "250"


@pytest.mark.parametrize(("name", "listed"), [("qq", False), ("office365", True), ("yandex", True)])
def test_a_providers_list_decides(connect, name, listed):
    client = connect(dialect=load(name))
    conversation = client.session._conversation
    assert conversation.offers("DSN") == listed
    assert ("DSN" in client.say("EHLO tom.test").replace("-", " ").split()) == listed


def test_a_provider_that_lists_none_refuses_the_parameters(connect):
    client = connect(dialect=load("qq"))
    client.say("EHLO tom.test", "AUTH PLAIN AHRvbUBxcS5jb20AY29kZWNvZGVjb2RlY29k")
    client.say("MAIL FROM:<tom@qq.com> RET=HDRS")
    assert client.reasons[-1] == "smtp.parameter-unknown"


def test_the_header_in_any_pieces_and_of_any_length(connect, tmp_path):
    from fakemail.clock import SystemClock

    store = Store(tmp_path / "mail", SystemClock(), watch=False)
    try:
        client = connect(store=store)
        lines = b"".join(b"X-Line: %06d\r\n" % number for number in range(30_000))
        client.say("EHLO tom", "MAIL FROM:<tom@b.test>", "RCPT TO:<r@d.test> NOTIFY=SUCCESS")
        client.say("DATA")
        assert client.raw(lines + b"\r\nbody\r\n.\r\n", 9_973)[:9] == "250 2.0.0"
        inbox = store.home("tom@b.test").mailbox("INBOX")
        inbox.refresh()
        [message] = inbox.messages()
        octets = inbox.read(message.uid)
        assert octets.startswith(b"Return-Path: <>\r\nFrom: Mail Delivery System <postmaster@")
        returned = octets.partition(b"rfc822-headers\r\n\r\n")[2].partition(b"\r\n\r\n--")[0]
        assert lines.startswith(returned) and 255_000 < len(returned) <= 256 * 1024
    finally:
        store.close()


NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            ["+", "=", "\\x{", "}", "\\x{e9}", "+0D", "+0A", "+40", ";", ",", "SUCCESS", "NEVER"]
        ),
        st.sampled_from(
            ["utf-8;", "rfc822;", "ü", "\u3000", "\u2028", "\U0001f600", '"', "(", ":", "@x.test"]
        ),
        st.characters(codec="utf-8", exclude_characters="\r\n"),
    ),
    max_size=12,
).map("".join)


@given(NASTY, NASTY, NASTY)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_there(connect, envid, orcpt, notify):
    client = connect()
    client.say("EHLO tom")
    if client.say(f"MAIL FROM:<tom@b.test> SMTPUTF8 ENVID={envid}")[:3] != "250":
        assert client.say("MAIL FROM:<tom@b.test> SMTPUTF8")[:3] == "250"
    for number, text in enumerate((f"ORCPT={orcpt}", f"ORCPT=utf-8;{orcpt}", f"NOTIFY={notify}")):
        reply = client.say(f"RCPT TO:<r{number}@d.test> {text} NOTIFY=SUCCESS")
        assert reply[:3] in {"250", "500", "501", "553", "555"}
    client.say("RCPT TO:<last@d.test> NOTIFY=SUCCESS")
    assert client.say("DATA", *BODY)[:3] == "250"
    assert not {"smtp.local-error"} & set(client.reasons)
    report = b"".join(client.store.messages[1][1:])
    assert b"\r" not in report.replace(b"\r\n", b"") and b"\n" not in report.replace(b"\r\n", b"")
    _, status, _ = (part.body for part in parse(report).children)
    about, *groups = status.removesuffix(b"\r\n").split(b"\r\n\r\n")
    assert b"Reporting-MTA: dns; mail.fakemail.test" in about and 1 <= len(groups) <= 3
    assert groups[-1].startswith(b"Final-Recipient: rfc822;last@d.test\r\n")
    for group in groups:
        assert re.fullmatch(rb"(Original-.*\r\n)?Final-.*\r\nAction: .*\r\nStatus: .*", group)
