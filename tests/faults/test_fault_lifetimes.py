"""What outlives what: faults and TLS, compression, one another, a client that goes, a server that
stops."""

from __future__ import annotations

import re
import socket
import ssl
import time
import zlib

import pytest

SHAPES = ["delay=0.3", "slow=400", "drip"]
PREPARED = {
    "smtp": (["EHLO x"], "250 ", "STARTTLS", "EHLO x", b"250-"),
    "pop3": (["CAPA"], "\r\n.\r\n", "STLS", "USER x", b"+OK"),
    "imap": (["a NOOP"], "a OK", "b STARTTLS", "c NOOP", b"c OK"),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("protocol", sorted(PREPARED))
def test_tls_begins_when_the_answer_has_gone_out(served, call, protocol, shape):
    """What is said in clear meanwhile is never heard inside TLS (RFC 3207 §4)."""
    begin, end, command, inside, answer = PREPARED[protocol]
    mail = served(f"{protocol} {command.split()[-1].lower()} {shape}")
    line = call(getattr(mail, protocol))
    line.say(*begin)
    line.until(end)
    line.say(command)
    if "delay" in shape:
        assert line.silent_for(0.05)
        line.say("HELP", "x BAD")
    line.until("\r\n")
    context = ssl.create_default_context(cafile=str(mail.ca_file))
    line._socket = context.wrap_socket(line._socket, server_hostname="localhost")
    line.heard = b""
    line.say(inside)
    assert line.until("\r\n").startswith(answer)
    line.close()


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_compressed_comes_whole(served, call, shape):
    mail = served(f"imap command {shape}")
    line = call(mail.imap)
    line.say("a LOGIN you@fakemail.test x")
    line.until("a OK")
    line.say("b COMPRESS DEFLATE")
    line.until("b OK")
    line.until("\n") if not line.heard.endswith(b"\n") else None
    out, back = zlib.compressobj(wbits=-15), zlib.decompressobj(wbits=-15)
    line.heard = b""
    octets = out.compress(b"c CAPABILITY\r\nd NOOP\r\ne LOGOUT\r\n") + out.flush(zlib.Z_SYNC_FLUSH)
    line._socket.sendall(octets)
    told = back.decompress(line.rest())
    assert [line.split()[0] for line in told.splitlines()] == [b"*", b"c", b"d", b"*", b"e"]


def test_a_second_fault_takes_nothing_from_the_first(served, call):
    """The first one's octets are still on their way when the second one strikes."""
    mail = served("smtp data slow=60", "smtp content delay=0.1")
    line = call(mail.smtp)
    line.say("EHLO x", "MAIL FROM:<a@b.test>", f"RCPT TO:<you@{mail.domain}>")
    line.until("250 2.1.5 Ok\r\n")
    line.say("DATA", "hi", ".", "QUIT")
    heard = line.rest().splitlines()
    assert [reply[:4] for reply in heard] == [b"354 ", b"250 ", b"221 "]
    assert heard[0].endswith(b"<CR><LF>.<CR><LF>")


def test_two_moments_of_one_command(served, call):
    mail = served("smtp auth slow=400", "any login delay=0.1")
    line = call(mail.smtp)
    line.say("EHLO x")
    line.until("250 HELP\r\n")
    line.say("AUTH LOGIN", "dUBmYWtlbWFpbC50ZXN0", "eA==", "QUIT")
    assert [reply[:3] for reply in line.rest().splitlines()] == [b"334", b"334", b"235", b"221"]


def test_a_connection_that_is_to_end_ends_whatever_else_strikes(served, call):
    mail = served("imap authenticate lose", "imap login drip")
    line = call(mail.imap)
    line.until("\r\n")
    line.say("a AUTHENTICATE PLAIN AHVAZmFrZW1haWwudGVzdAB4", "b LOGOUT")
    assert line.rest() == b""


@pytest.mark.parametrize("command", ["FETCH 1:3 BODY[]", "STORE 1:3 +FLAGS (\\Seen)"])
def test_what_is_lost_was_carried_out_to_its_end(served, call, command):
    mail = served(f"imap {command.split()[0].lower()} nth=1 lose")
    for _ in range(3):
        mail.deliver("Subject: x\r\n\r\nhi", to="you@fakemail.test")
    line = call(mail.imap)
    line.say("a LOGIN you@fakemail.test x", "b SELECT INBOX")
    line.until("b OK")
    line.until("\n") if not line.heard.endswith(b"\n") else None
    line.say(f"c {command}", "d CREATE never")
    assert line.rest() == b""
    line = call(mail.imap)
    line.say("a LOGIN you@fakemail.test x", "b SELECT INBOX", "c SEARCH SEEN", 'd LIST "" never')
    assert b"* SEARCH 1 2 3\r\n" in line.until("d OK")
    assert b"never\r\n" not in line.heard


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_a_session_that_hangs_does_nothing_and_ends_with_its_client(
    served, call, eventually, protocol, inside
):
    moment = {"smtp": "rset", "pop3": "capa", "imap": "noop"}[protocol]
    mail = served(f"{protocol} {moment} hang")
    if inside:
        line = call(getattr(mail, f"{protocol}s"), mail.ca_file)
    else:
        line = call(getattr(mail, protocol))
    line.until("\r\n")
    line.say(f"{'a ' * (protocol == 'imap')}{moment}", "b LOGIN you@fakemail.test x", "QUIT")
    assert line.silent_for(0.1)
    session = mail.sessions[0]
    assert session.ended is None
    assert len(session.commands) == 1, "what is pipelined behind it is not heard"
    line.close()
    eventually(lambda: mail.sessions[0].ended)
    assert mail.sessions[0].how == "closed by client"


def test_a_slow_answer_of_many_small_pieces_is_slow(served, call):
    """40 lines of 22 octets: each of them alone would go out at once."""
    mail = served("imap fetch slow=2000")
    for _ in range(40):
        mail.deliver("Subject: x\r\n\r\nhi", to="you@fakemail.test")
    line = call(mail.imap)
    line.say("a LOGIN you@fakemail.test x", "b SELECT INBOX")
    line.until("b OK")
    began = time.monotonic()
    line.say("c FETCH 1:40 UID")
    line.until("c OK")
    assert time.monotonic() - began > 0.3


def test_who_does_not_read_an_answer_that_drips_is_not_waited_for_in_memory(served, call):
    """What is said at once is bounded by the window of the client and `HIGH_WATER`."""
    mail = served("imap fetch drip")
    mail.deliver(b"Subject: x\r\n\r\n" + b"y" * 300_000, to="you@fakemail.test")
    line = call(mail.imap)
    line.say("a LOGIN you@fakemail.test x", "b SELECT INBOX", "c FETCH 1 BODY[]")
    line.until("FETCH")
    line.close()
    again = call(mail.imap)
    again.say("a NOOP", "b LOGOUT")
    assert b"b OK" in again.rest()


@pytest.mark.parametrize("action", ["hang", "slow=1", "delay=60", "drip"])
@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_a_server_stops_in_time(run_for, call, protocol, action):
    with run_for(f"{protocol} {'capa' if protocol == 'pop3' else 'noop'} {action}") as mail:
        line = call(getattr(mail, protocol))
        line.until("\r\n")
        line.say({"imap": "a NOOP", "pop3": "CAPA", "smtp": "NOOP"}[protocol])
        line.silent_for(0.1)
        began = time.monotonic()
    assert time.monotonic() - began < 2


def test_the_answer_that_waits_is_no_idleness(served, call):
    mail = served("pop3 capa delay=1.5", "smtp noop delay=1.5", login_timeout=1, smtp_timeout=1)
    pop3, smtp = call(mail.pop3), call(mail.smtp)
    for line, command in ((pop3, "CAPA"), (smtp, "NOOP")):
        line.until("\r\n")
        line.say(command)
    assert pop3.until(".\r\n").startswith(b"+OK")
    pop3.say("QUIT")
    assert pop3.rest().startswith(b"+OK")
    assert smtp.until("\r\n") == b"250 2.0.0 Ok\r\n"
    smtp.say("QUIT")
    assert smtp.rest().startswith(b"221")


def test_a_tls_client_in_a_plain_port_is_told_so_at_once(served, call):
    """The greeting that waits does not follow."""
    mail = served("smtp connect delay=5")
    line = call(mail.smtp)
    line._socket.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(512))
    assert b"220" not in line.rest()
    assert mail.sessions[0].reasons == ["tls.tls-to-plain-port"]


@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_broken_tls_ends_a_session_whose_answer_waits_and_nothing_is_said_in_clear(
    served, call, protocol
):
    mail = served(f"{protocol} command nth=1 delay=0.5")
    line = call(getattr(mail, f"{protocol}s"), mail.ca_file)
    line.until("\r\n")
    line.say("a NOOP" if protocol == "imap" else "NOOP")
    with socket.socket(fileno=line._socket.detach()) as bare:
        bare.settimeout(5)
        bare.sendall(b"no TLS at all\r\n")
        heard = b""
        while piece := bare.recv(4096):
            heard += piece
    assert heard[:1] in (b"\x15", b"\x17"), "an alert, in TLS 1.3 as anything else"
    assert not re.search(rb"Ok|OK|ERR", heard)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_a_client_that_half_closes_hears_all_its_answers(served, call, protocol, shape):
    """As ``printf ... | nc -N`` does: everything at once, then FIN, then it reads."""
    mail = served(f"{protocol} command {shape}")
    line = call(getattr(mail, protocol))
    lines = {
        "smtp": ["EHLO x", "NOOP", "RSET", "MAIL FROM:<a@b.test>"],
        "pop3": ["CAPA", "USER you@fakemail.test", "PASS x", "STAT"],
        "imap": ["a CAPABILITY", "b LOGIN you@fakemail.test x", "c NOOP", "d NOOP"],
    }[protocol]
    line.say(*lines)
    line._socket.shutdown(socket.SHUT_WR)
    heard = line.rest()
    if protocol == "smtp":
        assert heard.endswith(b"250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n250 2.1.0 Ok\r\n")
    elif protocol == "pop3":
        assert heard.endswith(b"+OK 0 0\r\n")
    else:
        assert re.findall(rb"(?m)^(\w) OK", heard) == [b"a", b"b", b"c", b"d"]
    assert mail.sessions[0].how == "closed by client"
