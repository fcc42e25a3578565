"""BDAT (RFC 3030)."""

import pytest

ENVELOPE = ("EHLO tom", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>")


@pytest.fixture
def sender(client):
    client.say(*ENVELOPE)
    return client


@pytest.mark.parametrize("step", [0, 1, 5])
def test_chunks_make_a_message(sender, step):
    octets = b"BDAT 7\r\na\r\n.\r\nbBDAT 0\r\nBDAT 5 LAST\r\n\r\n.\r\nNOOP\r\n"
    replies = sender.raw(octets, step).splitlines()
    assert replies[0] == "250 2.0.0 Ok: 7 octets received"
    assert replies[1] == "250 2.0.0 Ok: 0 octets received"
    assert replies[2].startswith("250 2.0.0 Ok: queued as")
    assert replies[3] == "250 2.0.0 Ok"
    assert sender.store.contents == [b"a\r\n.\r\nb\r\n.\r\n"]


def test_case_does_not_matter_and_one_chunk_is_enough(sender):
    assert sender.raw(b"bdat 3 last\r\nx\r\n")[:3] == "250"
    assert sender.store.contents == [b"x\r\n"]
    assert sender.say("BDAT 0 LAST")[:9] == "503 5.5.1"


def test_a_refused_chunk_is_read_all_the_same(client):
    client.say("EHLO tom")
    assert client.raw(b"BDAT 6\r\nQUIT\r\nNOOP\r\n").splitlines() == [
        "503 5.5.1 Error: need MAIL command",
        "250 2.0.0 Ok",
    ]
    assert client.raw(b"BDAT 6 LAST\r\nQUIT\r\n", 1)[:9] == "503 5.5.1"


def test_after_a_failed_chunk_only_rset_helps(connect):
    client = connect(limits={"message_octets": 4})
    client.say(*ENVELOPE)
    assert client.raw(b"BDAT 5\r\nNOOP\nBDAT 6 LAST\r\nQUIT\r\n").splitlines() == [
        "552 5.3.4 Error: too much mail data",
        "503 5.5.1 Error: an earlier BDAT failed, send RSET",
    ]
    assert client.say("RSET") == "250 2.0.0 Ok"
    client.say(*ENVELOPE[1:])
    assert client.raw(b"BDAT 3 LAST\r\nx\r\n")[:3] == "250"
    assert client.store.open == 0


@pytest.mark.parametrize("chunks", [(b"a\r", b"\n"), (b"a\r\nb", b"\r", b"\n", b"c\r\n")])
def test_a_line_end_cut_by_a_chunk_is_not_bare(sender, chunks):
    for chunk in chunks:
        sender.raw(b"BDAT %d\r\n" % len(chunk) + chunk)
    assert sender.say("BDAT 0 LAST")[:3] == "250"
    assert sender.store.contents == [b"".join(chunks)] and "bare CR" not in sender.transcript


@pytest.mark.parametrize(
    ("chunks", "at"), [((b"a\r", b"b"), 1), ((b"a", b"\nb"), 1), ((b"ab\r",), 2)]
)
def test_a_bare_one_at_the_edge_is(sender, chunks, at):
    for chunk in chunks:
        sender.raw(b"BDAT %d\r\n" % len(chunk) + chunk)
    sender.say("BDAT 0 LAST")
    assert f"bare CR or LF at offset {at};" in sender.transcript


@pytest.mark.parametrize("end", ["RSET", "EHLO tom", "QUIT"])
def test_chunks_are_forgotten(sender, end):
    sender.raw(b"BDAT 3\r\nabc")
    assert sender.store.open == 1
    sender.say(end)
    sender.session.ended()
    assert sender.store.open == 0 and not sender.store.messages


def test_without_login(submitter):
    submitter.say("EHLO tom")
    assert submitter.raw(b"BDAT 6 LAST\r\nQUIT\r\n")[:9] == "530 5.7.0"
