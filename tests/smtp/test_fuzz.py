"""Whatever is sent: no exception, and either NOOP is answered or the session said why it ended."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

VERBS = ["EHLO", "HELO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "VRFY", "HELP", "EXPN"]
PARTS = ["AUTH", "PLAIN", "LOGIN", "FROM:", "TO:", "<a@b.test>", "<>", "<", ">", "@", ":", "=", "*"]
PARTS += ["SIZE=10", "BODY=8BITMIME", "SMTPUTF8", "LAST", "0", "7", "99", "x", ".", "..", "QUIT"]
PARTS += ["AGEAYg==", "dG9t", "<ü@b>", "NOTIFY=SUCCESS", "ENVID=+40", "ORCPT=utf-8;\\x{40}"]
PARTS += ["FROM:<a@b.test>", "TO:<a@b.test>", "NOTIFY=NEVER", "ENVID=+4", "BODY=BINARYMIME"]
WORDS = VERBS + PARTS
ENDS = [b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"", b"\r\n.\r\n", b"\0", b"\xff", b" "]

lines = st.builds(
    lambda words, end: " ".join(words).encode() + end,
    st.lists(st.sampled_from(WORDS), max_size=5),
    st.sampled_from(ENDS),
)
octets = st.lists(st.one_of(lines, st.binary(max_size=30)), max_size=30).map(b"".join)


def check(client, sent: bytes, step: int) -> None:
    client.raw(sent, step)
    if not client.border.closed:
        # whatever it was in: a line, a challenge, content (by DATA or BDAT)
        client.raw(b"\r\n.\r\n" + b"\r\n" * 100)
    if not client.border.closed:
        assert client.say("NOOP").splitlines()[-1] == "250 2.0.0 Ok"
    else:
        last = [entry for entry in client.desk.recorder.entries if entry.kind == "S"][-1]
        assert last.octets[:3] in {b"221", b"421"}
    assert "smtp.local-error" not in client.reasons
    client.session.ended()
    assert client.store.open == 0
    assert client.border.after_close == []


@given(octets, st.integers(0, 9))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_lines(connect, sent, step):
    # STARTTLS is not among the words: what follows it is the host's
    check(connect(), sent, step)


RIGHT = (
    b"EHLO tom\r\nAUTH LOGIN\r\ndG9t\r\ndG9t\r\nMAIL FROM:<a@b.test> SIZE=100\r\nRCPT TO:<c@d>\r\n"
    b"DATA\r\nSubject: x\r\n\r\n..y\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<e@f>\r\nBDAT 4\r\nab\r\n"
    b"BDAT 2 LAST\r\n\r\nVRFY <x>\r\nRSET\r\nHELP\r\n"
)


@pytest.mark.parametrize("seed", range(8))
def test_mutated_conversations(connect, seed):
    dice = random.Random(seed)
    for _ in range(60):
        sent = bytearray(RIGHT)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(sent))
            match dice.randrange(4):
                case 0:
                    sent[at] = dice.randrange(256)
                case 1:
                    del sent[at : at + dice.randint(1, 20)]
                case 2:
                    sent[at:at] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 9)))
                case _:
                    sent[at:at] = sent[: dice.randint(1, 60)]
        check(connect(), bytes(sent), dice.choice([0, 0, 1, 7]))


def test_memory_stays_bounded(client):
    for _ in range(200):
        client.session.received(b"x" * 65536)
    assert len(client.session._conversation.input) <= 65536
    assert client.raw(b"\r\nNOOP\r\n") == "500 5.5.2 Command line too long\n250 2.0.0 Ok"
