"""With the real store: what comes in by SMTP is on disk when the 250 goes out."""

import mailbox as stdlib

import pytest

from fakemail.store.store import Store


@pytest.fixture
def store(tmp_path):
    from fakemail.clock import SystemClock

    store = Store(tmp_path / "mail", SystemClock(), watch=False)
    yield store
    store.close()


def read(store: Store, address: str) -> list[bytes]:
    mailbox = store.home(address).mailbox("INBOX")
    mailbox.refresh()
    return [mailbox.read(message.uid) for message in mailbox.messages()]


@pytest.mark.parametrize("size", [0, 100, 300_000])
@pytest.mark.parametrize("verb", ["DATA", "BDAT"])
def test_trace_and_content(connect, store, size, verb):
    client = connect(store=store)
    content = b"Subject: x\r\n\r\n" + b".dots\r\n\x80\xff bare \n and \r.\r\n" * (size // 20)
    client.say("EHLO tom", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>")
    if verb == "DATA":
        client.say("DATA")
        client.raw(content.replace(b"\r\n.", b"\r\n..") + b".\r\n", 70_001)
    else:
        client.raw(b"BDAT %d LAST\r\n" % len(content) + content)
    [stored] = read(store, "c@d.test")
    lines = stored.split(b"\r\n")
    assert lines[0] == b"Return-Path: <a@b.test>"
    assert lines[1] == b"Received: from tom ([127.0.0.1])"
    assert stored.endswith(content)
    assert stored.count(b"\r\n", 0, len(stored) - len(content)) == 5


def test_many_recipients_one_message_each(connect, store):
    client = connect(store=store)
    client.say("EHLO tom", "MAIL FROM:<>")
    for number in range(12):
        client.say(f"RCPT TO:<user{number}@d.test>")
    client.say("RCPT TO:<USER3@d.test>", "DATA", "x", ".")
    assert " and 7 more" in client.transcript
    for number in range(12):
        [stored] = read(store, f"user{number}@d.test")
        assert stored.startswith(b"Return-Path: <>\r\n") and b"for <" not in stored


def test_other_programs_find_it(connect, store):
    connect(store=store).ready().say("Subject: hello", "", "text", ".")
    [message] = stdlib.Maildir(store.path("c@d.test"), create=False)
    assert message["Subject"] == "hello" and message["Return-Path"] == "<a@b.test>"


@pytest.mark.parametrize(
    "address",
    [
        "../../x@d.test",
        "a/b@d.test",
        ".x@d.test",
        '"../.."@d.test',
        '"a b"@[127.0.0.1]',
        "ü@ü.test",
    ],
)
def test_no_address_leads_out_of_the_store(connect, store, address):
    client = connect(store=store)
    client.say("EHLO tom", "MAIL FROM:<> SMTPUTF8")
    if client.say(f"RCPT TO:<{address}>")[:3] == "250":
        [mailbox] = client.session._conversation.envelope.mailboxes
        assert client.say("DATA", "x", ".")[:3] == "250"
        assert len(read(store, mailbox)) == 1
    outside = [path for path in store.root.parent.iterdir() if path != store.root]
    assert outside == []


def test_a_longest_local_part(connect, store):
    client = connect(store=store)
    client.say("EHLO tom", "MAIL FROM:<>", f"RCPT TO:<{'x' * 64}@d.test>")
    assert client.say("DATA", "x", ".")[:3] == "250"
    assert len(read(store, f"{'x' * 64}@d.test")) == 1
