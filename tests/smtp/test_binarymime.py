"""BODY=BINARYMIME, where a provider lists it (RFC 3030 §3)."""

from base64 import encodebytes
from itertools import pairwise

import pytest

from fakemail.dialects.load import load

HEAD = b"Subject: x\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: "
BODY = bytes(range(256)) * 3
ENVELOPE = ("EHLO tom.test", "MAIL FROM:<a@b.test> BODY=BINARYMIME", "RCPT TO:<c@d.test>")


@pytest.fixture
def sender(connect):
    """Port 25 of a server that lists it; the login is another matter."""
    client = connect(dialect=load("office365"))
    conversation = client.session._conversation
    assert "BINARYMIME" in client.say("EHLO tom.test")
    conversation._auth_required = False
    return client


def bdat(content, *cuts):
    edges = [0, *cuts, len(content)]
    pieces = [content[a:b] for a, b in pairwise(edges)]
    chunks = [b"BDAT %d\r\n%b" % (len(piece), piece) for piece in pieces[:-1]]
    return b"".join(chunks) + b"BDAT %d LAST\r\n%b" % (len(pieces[-1]), pieces[-1])


@pytest.mark.parametrize("step", [0, 1, 100])
@pytest.mark.parametrize("cuts", [(), (1,), (0, 90, 91, 500)])
def test_every_bit_is_delivered(sender, step, cuts):
    content = HEAD + b"binary\r\n\r\n" + BODY
    said = "".join(f"{line}\r\n" for line in ENVELOPE).encode() + bdat(content, *cuts)
    replies = sender.raw(said + b"NOOP\r\n", step).splitlines()
    codes = [line[:3] for line in replies if line[3] == " "]
    assert codes == ["250"] * (3 + len(cuts) + 2)
    text = encodebytes(BODY).replace(b"\n", b"\r\n")
    assert sender.store.contents == [HEAD + b"base64\r\n\r\n" + text]
    changed = f"a binary part put in base64 ({len(content)} octets are "
    assert changed in sender.transcript and sender.store.open == 0


def test_what_needs_no_other_spelling_keeps_it(sender):
    sender.say(*ENVELOPE)
    content = HEAD + b"binary\r\n\r\nlines\r\nand \xff\r\n"
    assert sender.raw(bdat(content))[:3] == "250"
    assert sender.store.contents == [content]
    assert "base64" not in sender.transcript


def test_data_is_refused_and_rset_helps(sender):
    sender.say(*ENVELOPE)
    assert sender.say("DATA")[:9] == "503 5.5.1"
    assert sender.reasons[-1] == "smtp.binary-needs-bdat"
    sender.say("RSET", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>")
    assert sender.say("DATA", "x", ".")[:3] == "250"


def test_a_nul_where_no_binary_is_announced(sender):
    sender.say(*ENVELOPE)
    assert sender.raw(bdat(HEAD + b"8bit\r\n\r\n\0"))[:9] == "554 5.6.0"
    sender.say("RSET", "MAIL FROM:<a@b.test> BODY=8BITMIME", "RCPT TO:<c@d.test>")
    assert sender.raw(bdat(HEAD + b"binary\r\n\r\n\0"))[:9] == "554 5.6.0"
    assert not sender.store.messages and sender.store.open == 0


def test_base64_may_be_larger_than_the_limit_but_not_what_is_sent(sender):
    content = HEAD + b"binary\r\n\r\n" + b"\0" * 3000
    sender.session._conversation.size_limit = len(content)
    sender.say(*ENVELOPE)
    assert sender.raw(bdat(content))[:3] == "250"
    assert len(sender.store.contents[0]) > len(content)
    sender.say(*ENVELOPE[1:])
    assert sender.raw(b"BDAT 9000\r\n" + b"\0" * 9000)[:9] == "552 5.3.4"
    assert sender.raw(b"BDAT 1 LAST\r\nx")[:9] == "503 5.5.1"
    sender.say("RSET", *ENVELOPE[1:])
    assert sender.raw(bdat(content + b"\0"))[:9] == "552 5.3.4"
    assert sender.store.open == 0


@pytest.mark.parametrize("end", ["RSET", "EHLO tom.test", "QUIT"])
def test_what_was_kept_aside_is_forgotten(sender, end):
    sender.say(*ENVELOPE)
    sender.raw(b"BDAT 300000\r\n" + b"\0" * 300_000)
    assert sender.store.open == 2  # the message, and what it is made of
    sender.say(end)
    sender.session.ended()
    assert sender.store.open == 0 and not sender.store.messages


def test_a_disk_that_is_full(sender):
    sender.say(*ENVELOPE)
    assert sender.raw(b"BDAT 3\r\nabc")[:9] == "250 2.0.0"
    sender.store.write_error = OSError(28, "No space left on device")
    assert sender.raw(b"BDAT 3\r\nabc")[:9] == "451 4.3.0"
    assert sender.raw(b"BDAT 3 LAST\r\nabc")[:9] == "503 5.5.1"
    assert sender.store.open == 0 and "No space left" in sender.transcript
    assert sender.say("RSET")[:3] == "250"


def test_a_report_returns_the_header(sender):
    sender.say(ENVELOPE[0], ENVELOPE[1], "RCPT TO:<c@d.test> NOTIFY=SUCCESS")
    assert sender.raw(bdat(HEAD + b"binary\r\n\r\n\0"))[:3] == "250"
    _, (addresses, report, _) = sender.store.messages
    assert addresses == ["a@b.test"] and HEAD + b"base64\r\n\r\n--" in report


def test_without_such_a_list_it_is_not_offered(client):
    assert "BINARYMIME" not in client.say("EHLO tom")
    reply = client.say("MAIL FROM:<a@b.test> BODY=BINARYMIME")
    assert reply == "501 5.5.4 Error: bad parameter: BODY can only be one of 7BIT, 8BITMIME"


def test_in_the_real_store_and_from_its_spool(connect, tmp_path):
    from fakemail.clock import SystemClock
    from fakemail.store.store import Store

    store = Store(tmp_path / "mail", SystemClock(), watch=False)
    try:
        client = connect(store=store, dialect=load("office365"))
        client.session._conversation._auth_required = False
        client.say(*ENVELOPE)
        body = BODY * 1000
        content = HEAD + b"binary\r\n\r\n" + body
        assert client.raw(bdat(content, 300_000, 300_001), 70_000)[-60:].count("250") >= 1
        inbox = store.home("c@d.test").mailbox("INBOX")
        inbox.refresh()
        [message] = inbox.messages()
        octets = inbox.read(message.uid)
        assert octets.endswith(HEAD + b"base64\r\n\r\n" + encodebytes(body).replace(b"\n", b"\r\n"))
        assert message.size == len(octets) and not list((store.root / ".spool").iterdir())
    finally:
        store.close()
