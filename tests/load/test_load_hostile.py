"""Hostile input over sockets: 10,000 random and mutated inputs for each protocol (issue 2).

Each connection gets a batch of inputs and, behind them, a way out (an end of DATA, CRLF, and the
protocol's goodbye). Whatever the server says has to be of the protocol's grammar; at the end it
says goodbye, closes, or waits for octets that the input announced. All that time a well-behaved
session of each protocol works on its own mailbox. Then: memory, descriptors, stderr.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

INPUTS = 10_000
BATCH = {"smtp": 20, "pop3": 20, "imap": 9}
"""Inputs on one connection: fakemail's IMAP says BYE after ten BAD in a row, as Dovecot does."""

GROWTH = 64 * 1024 * 1024
"""Octets of resident memory that 10,000 inputs may add: caches and transcripts are bounded."""

SEEDS = {
    "smtp": [
        b"EHLO client.test", b"HELO client.test", b"MAIL FROM:<a@fakemail.test> SIZE=100",
        b"MAIL FROM:<a@fakemail.test> BODY=8BITMIME SMTPUTF8", b"RCPT TO:<victim@fakemail.test>",
        b'RCPT TO:<"quoted local"@fakemail.test>', b"RSET", b"NOOP", b"VRFY a", b"HELP", b"EXPN x",
        b"DATA", b"AUTH PLAIN", b"AUTH LOGIN dG9t", b"AUTH PLAIN AHRvbQB4", b"*", b".", b"QUIT now",
        b"BDAT 10 LAST", b"MAIL FROM:<@a,@b:c@fakemail.test>", b"Subject: x",
        b"STARTTLS now", b"XCLIENT ADDR=1.2.3.4", b"TURN", b"MAIL FROM:<>", b"RCPT TO:<\xc3\xbc@x>",
    ],
    "pop3": [
        b"USER victim@fakemail.test", b"PASS code", b"AUTH PLAIN", b"AUTH", b"AUTH PLAIN AHRvbQB4",
        b"STAT", b"LIST", b"LIST 1", b"UIDL", b"UIDL 1", b"RETR 1", b"TOP 1 0", b"DELE 1", b"RSET",
        b"NOOP", b"CAPA", b"QUIT now", b"*", b"APOP x y", b"RETR -1", b"RETR 99999999999999999999",
    ],
    "imap": [
        b"a LOGIN victim code", b'a LOGIN "victim" "c\\"d"', b"a LOGIN {6+}\r\nvictim {4+}\r\ncode",
        b"a CAPABILITY", b"a NOOP", b"a SELECT INBOX", b"a EXAMINE {5+}\r\nINBOX", b"a CREATE x/y",
        b"a CREATE ../../x", b"a DELETE x/y", b"a RENAME x/y z", b'a LIST "" "*%*%*%*"', b"DONE",
        b'a LSUB "" %', b"a STATUS INBOX (MESSAGES UIDNEXT)", b"a SUBSCRIBE x", b"a IDLE",
        b"a APPEND INBOX (\\Seen) {4+}\r\na\r\nb", b"a FETCH 1:* (FLAGS BODY[1.2.HEADER]<0.9>)",
        b"a UID FETCH 1:* BODY.PEEK[HEADER.FIELDS (To From)]", b"a STORE 1 +FLAGS (\\Seen x)",
        b"a SEARCH CHARSET UTF-8 OR NOT SEEN (FROM x SINCE 1-Jan-2020)", b"a COPY 1 INBOX",
        b"a UID MOVE 1 INBOX", b"a EXPUNGE", b"a CLOSE", b"a UNSELECT", b"a ID NIL", b"a ENABLE X",
        b"a NAMESPACE", b"a AUTHENTICATE PLAIN", b"a AUTHENTICATE PLAIN =", b"*", b"a LOGOUT now",
        b"a FETCH 4294967296 ALL", b"a FETCH 0 FAST", b"select inbox", b"a SEARCH " + b"(" * 500,
    ],
}  # fmt: skip
WAY_IN = {
    "smtp": b"EHLO client.test\r\n",
    "pop3": b"USER victim@fakemail.test\r\nPASS code\r\n",
    "imap": b"i LOGIN victim@fakemail.test code\r\nj SELECT INBOX\r\n",
}
"""Said first on every second connection, so that inputs meet each state."""

WAY_OUT = {
    "smtp": b"\r\n.\r\n\r\nRSET\r\nQUIT\r\n",
    "pop3": b"\r\n*\r\nQUIT\r\n",
    "imap": b"\r\nDONE\r\n\r\nz LOGOUT\r\n",
}
LINE = {
    "smtp": re.compile(rb"[2-5]\d\d[ -][^\r\n]*\r\n"),
    "pop3": re.compile(rb"(?:\+OK|-ERR)(?: [^\r\n]*)?\r\n|\+ [^\r\n]*\r\n"),
    "imap": re.compile(rb"(?:\*|\+|[^\r\n\x00-\x20(){%*\"\\+]+) [^\r\n]*\r\n|\+\r\n"),
}
POP3_DATA = re.compile(
    rb"(?:\d+ \S+|[A-Z][A-Z0-9-]*(?: [\x20-\x7e]*)?|\.|"
    rb"(?:Return-Path|Received|From|Subject|Message-ID): .*|\t.*|[0-9a-f]{16}|)\r\n"
)
"""Lines of CAPA, LIST, UIDL, and of the victim's message."""

NASTY = [b"\0", b"\r", b"\n", b"\xff\xfe", b"\x80" * 40, b" " * 300, b"{5}", b"{99999999999}", b'"',
         b"\\", b"(", b")", b"<", b"%n%s", b"\r\n", b"A" * 3000, b"*", b"\x1b[2J",
         b"{4+}\r\n"]  # fmt: skip


def mutated(dice: random.Random, protocol: str) -> bytes:
    """One input: a seed as it is, or bitten, doubled, cut, spiced; or noise."""
    octets = bytearray(dice.choice(SEEDS[protocol]))
    kind = dice.randrange(10)
    if kind == 0:
        return dice.randbytes(dice.randrange(1, 200)) + b"\r\n"
    for _ in range(dice.randrange(4) if kind > 2 else 0):
        at = dice.randrange(len(octets) + 1)
        what = dice.randrange(5)
        if what == 0:
            octets[at:at] = dice.choice(NASTY)
        elif what == 1:
            del octets[at : at + dice.randrange(1, 8)]
        elif what == 2 and at < len(octets):
            octets[at] = dice.randrange(256)
        elif what == 3:
            octets[at:at] = dice.choice(SEEDS[protocol])[: dice.randrange(30)]
        else:
            octets = octets[:at] + octets[at:].swapcase()
    return bytes(octets) + dice.choice([b"\r\n"] * 12 + [b"\n", b"\r", b"", b"\r\r\n"])


LITERAL = re.compile(rb"\{(\d+)\}\r\n")


def lines_of(octets: bytes) -> list[bytes]:
    """Lines; an IMAP literal in a response is cut out first."""
    kept, at = [], 0
    while found := LITERAL.search(octets, at):
        kept.append(octets[at : found.start()] + b"{literal}")
        at = found.end() + int(found[1])
    text = b"".join(kept) + octets[at:]
    return [line + b"\r\n" for line in text.split(b"\r\n")[:-1]]


def strange(protocol: str, answer: bytes) -> list[bytes]:
    """The lines of an answer that the protocol does not know."""
    known = [LINE[protocol]] + ([POP3_DATA] if protocol == "pop3" else [])
    odd = [line for line in lines_of(answer) if not any(k.fullmatch(line) for k in known)]
    return odd if answer.endswith(b"\r\n") or not answer else [*odd, answer[-80:]]


class Neighbour:
    """A well-behaved person with one long session of each protocol."""

    def __init__(self, server, clients):
        self.address = "neighbour@fakemail.test"
        self.count = 0
        self.server, self.clients = server, clients
        self.smtp = clients.Smtp(server.ports["smtp"]).hello()
        self.imap = clients.Imap(server.ports["imap"]).log_in(self.address)
        self.imap.good(b"SELECT INBOX")

    def lives(self, message) -> None:
        """Sends one, sees one, in sessions that were open all the time; and POP3 agrees."""
        self.count += 1
        assert self.smtp.deliver([self.address], message(f"n{self.count}")).startswith(b"250")
        self.imap.good(b"NOOP")
        uids = self.imap.good(b"UID SEARCH ALL")[0].split()[2:]
        assert len(uids) == self.count
        with self.clients.Pop3(self.server.ports["pop3"]).log_in(self.address) as pop3:
            assert int(pop3.ask(b"STAT").split()[1]) == self.count
            assert pop3.ask(b"QUIT").startswith(b"+OK")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.smtp.close()
        self.imap.close()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_ten_thousand_hostile_inputs(server, clients, message, protocol):
    dice = random.Random(f"hostile {protocol}")
    with Neighbour(server, clients) as neighbour:
        growth = storm(server, clients, message, neighbour, dice, protocol)
    assert growth < GROWTH, f"resident memory grew by {growth / 1e6:.0f} MB"
    assert "Traceback" not in server.stderr(), server.stderr()[:3000]


def storm(server, clients, message, neighbour, dice, protocol) -> int:
    """10,000 inputs of one protocol; by how many octets the server's memory grew."""
    neighbour.lives(message)
    sent = answered = number = before = 0
    while sent < INPUTS:
        if number % 50 == 0:
            neighbour.lives(message)
            neighbour.smtp.deliver(["victim@fakemail.test"], message(f"v{number}"))
        if before == 0 and sent > INPUTS // 10:
            before = server.resident()  # after warming up
        batch = [mutated(dice, protocol) for _ in range(BATCH[protocol])]
        octets = WAY_IN[protocol] * (number % 2) + b"".join(batch) + WAY_OUT[protocol]
        with clients.Wire(server.ports[protocol], 10) as wire:
            assert LINE[protocol].fullmatch(wire.line()), "a greeting"
            answer = converse(wire, octets)
        assert not (odd := strange(protocol, answer)), (number, odd[:3], batch)
        sent += len(batch)
        answered += len(lines_of(answer))
        number += 1
    assert answered > INPUTS / 2, f"{answered} lines came back"
    neighbour.lives(message)
    return int(server.resident() - before)


def converse(wire, octets: bytes) -> bytes:
    """Send everything, shut our side, and read what came, in whole lines.

    A server that says goodbye in the middle closes with our octets unread, which resets the
    connection and may take the end of its answer with it: then only whole lines are looked at.
    """
    try:
        wire.send(octets)
        wire.socket.shutdown(1)
    except OSError:
        pass
    answer: bytes = wire.rest()
    return answer[: answer.rfind(b"\r\n") + 2] if wire.was_reset else answer


OVERSIZE = {
    "smtp": (b"NOOP " + b"x" * 200_000 + b"\r\n", rb"5\d\d "),
    "pop3": (b"USER " + b"x" * 200_000 + b"\r\n", rb"-ERR"),
    "imap": (b"a NOOP " + b"x" * 200_000 + b"\r\n", rb"(?:a BAD|\* BAD|\* BYE)"),
}


@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_an_oversize_line_is_refused_in_the_protocols_words(server, clients, protocol):
    octets, wanted = OVERSIZE[protocol]
    with clients.Wire(server.ports[protocol]) as wire:
        wire.line()
        wire.send(octets)
        assert re.match(wanted, wire.line())


@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_a_line_without_an_end_does_not_fill_the_memory(server, clients, protocol):
    """64 MB and no CRLF: refused long before, memory untouched."""
    before = server.resident()
    with clients.Wire(server.ports[protocol]) as wire:
        wire.line()
        try:
            for _ in range(1024):
                wire.send(b"x" * 65536)
        except OSError:
            pass  # refused and closed
        assert server.resident() - before < GROWTH / 2
    with clients.Wire(server.ports[protocol]) as wire:
        assert LINE[protocol].fullmatch(wire.line())


@pytest.mark.parametrize(
    "literal",
    [b"{99999999999999999999}", b"{4294967295}", b"{-1}", b"{x}", b"{}"],
)
def test_an_absurd_literal_is_refused_at_once(server, clients, literal):
    """Not a continuation request for octets that can never be taken (RFC 7888 §4)."""
    for command in (b"a LOGIN " + literal, b"a LOGIN x " + literal, b"a NOOP " + literal):
        with clients.Wire(server.ports["imap"]) as wire:
            wire.line()
            wire.send(command + b"\r\n")
            assert re.match(rb"a (?:BAD|NO)|\* (?:BAD|BYE)", wire.line())


def test_a_huge_literal_that_does_not_wait_is_swallowed_not_kept(server, clients):
    """The server may answer before or after the octets, or say BYE (RFC 7888 §4)."""
    before = server.resident()
    with clients.Imap(server.ports["imap"]) as imap:
        imap.send(b"a LOGIN x {%d+}\r\n" % (1024 * 65536))
        try:
            for _ in range(1024):
                imap.send(b"x" * 65536)
            imap.send(b"\r\n")
        except OSError:
            pass  # refused and closed
        assert server.resident() - before < GROWTH / 2
        assert re.match(rb"a (?:BAD|NO)|\* (?:BAD|BYE)", imap.line())


STATES = {
    "smtp": [b"EHLO c\r\n", b"MAIL FROM:<a@b.test>\r\n", b"RCPT TO:<victim@fakemail.test>\r\n",
             b"DATA\r\n", b"Subject: half\r\n\r\nline\r\n.", b"\r"],
    "pop3": [b"USER victim@fakemail.test\r\n", b"PASS code\r\n", b"STAT\r\n", b"RETR 1\r\n",
             b"DELE 1\r\n", b"TOP 1 1", b"\r"],
    "imap": [b"a LOGIN victim@fakemail.test code\r\n", b"b SELECT INBOX\r\n",
             b"c FETCH 1 BODY[]\r\n", b"d APPEND INBOX {100}\r\n", b"half of it", b"\r\n",
             b"e IDLE\r\n"],
}  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_an_early_disconnect_in_every_state_leaves_nothing_behind(
    server, clients, message, protocol
):
    """Closed, reset, and with half a line sent: no message made or lost, no lock kept."""
    victim = "victim@fakemail.test"
    with clients.Smtp(server.ports["smtp"]).hello() as smtp:
        assert smtp.deliver([victim], message("kept")).startswith(b"250")
    with Neighbour(server, clients) as neighbour:
        neighbour.lives(message)
        descriptors = open_files(server)
        come_and_go(clients, server.ports[protocol], STATES[protocol])
        neighbour.lives(message)
        with clients.Pop3(server.ports["pop3"]).log_in(victim) as pop3:  # not [IN-USE]
            assert pop3.ask(b"STAT").startswith(b"+OK 1 ")
            assert pop3.ask(b"QUIT").startswith(b"+OK")
        assert open_files(server) <= descriptors + 4
    folder: Path = server.maildir(victim)
    assert not list((folder / "tmp").iterdir()), "a half message lies about"


def come_and_go(clients, port: int, states: list[bytes]) -> None:
    """Leave after each state, with all of its octets sent or without the last three."""
    for stage in range(len(states) + 1):
        for cut in (0, 3):
            for leave in ("close", "reset"):
                wire = clients.Wire(port)
                wire.line()
                octets = b"".join(states[:stage])
                wire.send(octets[: len(octets) - cut] if len(octets) > cut else octets)
                getattr(wire, leave)()


def open_files(server) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


SMUGGLED = (
    b"MAIL FROM:<x@fakemail.test>\r\nRCPT TO:<smuggled@fakemail.test>\r\nDATA\r\nevil\r\n.\r\n"
)


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\r\n\0.\r\n",
            b"\r\n.\0\r\n", b"\n\n.\r\n", b"\r\r\n.\r\r\n"],
)  # fmt: skip
def test_only_crlf_dot_crlf_ends_data(server, clients, end):
    """SMTP smuggling (CVE-2023-51764 and others): the second mail stays text of the first."""
    with clients.Smtp(server.ports["smtp"]).hello() as smtp:
        smtp.envelope(["first@fakemail.test"])
        assert smtp.ask(b"DATA").startswith(b"354")
        smtp.send(b"Subject: first\r\n\r\ntext" + end + SMUGGLED)
        assert smtp.reply()[:1] in b"25"
        assert smtp.ask(b"NOOP").startswith(b"250"), "exactly one reply to all of it"
    with clients.Imap(server.ports["imap"]).log_in("smuggled@fakemail.test") as imap:
        assert b"* 0 EXISTS\r\n" in imap.good(b"SELECT INBOX")
