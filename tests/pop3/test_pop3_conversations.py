"""Whole conversations: the one of the project's notes, and RFC 1939 §10."""

from __future__ import annotations

import pytest

SLICES = pytest.mark.parametrize("slices", [0, 1, 7])

ONE = b"Subject: one\r\n\r\n" + b"x" * 102 + b"\r\n"
TWO = b"Subject: two\r\n\r\n" + b"y" * 182 + b"\r\n"


@SLICES
def test_the_conversation_of_the_notes(place, slices):
    place.deliver(b"Subject: hello\r\n\r\nHi\r\n.\r\n..x\r\n")
    host = place.session(slices)
    assert host.say(b"user antladdie") == b"+OK send PASS\r\n"
    assert host.say(b"pass QWERTYUIOPPOIUYT") == b"+OK maildrop has 1 message (30 octets)\r\n"
    assert host.say(b"stat") == b"+OK 1 30\r\n"
    assert host.say(b"list") == b"+OK maildrop has 1 message (30 octets)\r\n1 30\r\n.\r\n"
    assert host.say(b"retr 1") == (
        b"+OK 30 octets\r\nSubject: hello\r\n\r\nHi\r\n..\r\n...x\r\n.\r\n"
    )
    assert host.say(b"quit") == b"+OK bye (1 message left)\r\n"
    assert host.over
    assert len(place.messages()) == 1


@SLICES
def test_the_example_of_rfc_1939(place, slices):
    assert (len(ONE), len(TWO)) == (120, 200)
    place.deliver(ONE, TWO)
    host = place.session(slices)
    assert host.log_in() == b"+OK send PASS\r\n+OK maildrop has 2 messages (320 octets)\r\n"
    assert host.say(b"STAT") == b"+OK 2 320\r\n"
    listing = b"+OK maildrop has 2 messages (320 octets)\r\n1 120\r\n2 200\r\n.\r\n"
    assert host.say(b"LIST") == listing
    assert host.say(b"RETR 1") == b"+OK 120 octets\r\n" + ONE + b".\r\n"
    assert host.say(b"DELE 1") == b"+OK message 1 deleted\r\n"
    assert host.say(b"RETR 2") == b"+OK 200 octets\r\n" + TWO + b".\r\n"
    assert host.say(b"DELE 2") == b"+OK message 2 deleted\r\n"
    assert place.messages() == [ONE, TWO]
    assert host.say(b"QUIT") == b"+OK bye (maildrop empty)\r\n"
    assert host.over
    assert place.messages() == []


def test_pipelined_in_one_piece_and_octet_by_octet_the_answers_are_the_same(place):
    place.deliver(ONE, TWO)
    commands = (
        b"CAPA\r\nUSER antladdie\r\nPASS QWERTYUIOPPOIUYT\r\nSTAT\r\nNONSENSE\r\nRETR 1\r\n"
        b"DELE 1\r\nLIST 1\r\nTOP 2 0\r\nRSET\r\nUIDL\r\nNOOP\r\nQUIT\r\nSTAT\r\n"
    )
    answers = [place.session(slices).send(commands) for slices in (0, 1, 5)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0].count(b"-ERR") == 2
    assert answers[0].endswith(b"+OK\r\n+OK bye (2 messages left)\r\n")


def test_the_transcript_of_a_session(place):
    place.deliver(ONE)
    host = place.session()
    host.log_in()
    host.say(b"RETR 1", b"DELE 2", b"QUIT")
    assert host.transcript() == "\n".join(
        [
            "S +OK mail.test POP3 server ready (fakemail)",
            "C USER antladdie",
            "S +OK send PASS",
            "C PASS ********",
            "* logged in as antladdie@fakemail.test (PASS, any code)",
            "S +OK maildrop has 1 message (120 octets)",
            "C RETR 1",
            "S +OK 120 octets\r\n(120 octets)\r\n.",
            "C DELE 2",
            "!  pop3.no-such-message",
            "S -ERR No such message, this maildrop has 1",
            "C QUIT",
            "S +OK bye (1 message left)",
        ]
    )
