"""Byte-exactness over sockets: every way in, every way out (issue 2, "Show it").

In: DATA whole, DATA octet by octet, DATA with the whole conversation in one write (RFC 2920), and
APPEND. Out: RETR, TOP, BODY[], BODY.PEEK[HEADER], BODY[TEXT] and the file. What comes out is
what went in; what came by SMTP has Return-Path and Received in front, and nothing else.
"""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("FAKEMAIL_CORPUS") or REPOSITORY.parent / "shared" / "corpus")
TRACE = re.compile(
    rb"Return-Path: <sender@fakemail\.test>\r\n"
    rb"Received: [^\r\n]+(?:\r\n[ \t][^\r\n]+)*\r\n"
)
BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
SMALL = 6_000
"""Octets up to which a message is also sent octet by octet."""

WHOLE = b"1000000"
"""A number of lines that TOP cannot run out of."""


def corpus() -> list[Path]:
    return sorted(
        path
        for path in CORPUS.rglob("*")
        if path.is_file() and path.suffix != ".md" and path.name not in ("LICENSE", "COPYING")
    )


def crlf(octets: bytes) -> bytes:
    """Any line ends to CRLF, and one at the end (SMTP cannot carry a last line without)."""
    text = re.sub(rb"\r\n|\r|\n", b"\r\n", octets)
    return text if text.endswith(b"\r\n") else text + b"\r\n"


HEAD = b"From: a@fakemail.test\r\nSubject: generated\r\n"


def generated() -> dict[str, bytes]:
    dice = random.Random(7)
    anything = bytes(dice.choice(range(1, 256)) for _ in range(20_000))
    printable = anything.replace(b"\r", b"\x80").replace(b"\n", b"\x81")
    return {
        "empty body": HEAD + b"\r\n",
        "no header": b"\r\njust text\r\n",
        "no empty line": HEAD,
        "only CRLF": b"\r\n",
        "lone dots": HEAD + b"\r\n.\r\n..\r\n.\r\n...\r\n. \r\n.x\r\n\r\n.\r\n",
        "a dot first": b".From: x\r\n\r\n.\r\n",
        "8-bit": HEAD + b"\r\n" + "Grüße, 你好\r\n".encode() + bytes(range(128, 256)) + b"\r\n",
        "bare long line": HEAD + b"\r\n" + b"x" * 200_000 + b"\r\n",
        "long header": b"X-Long: " + b"y" * 100_000 + b"\r\n\r\nbody\r\n",
        "long lines of dots": HEAD + b"\r\n" + (b"." * 1500 + b"\r\n") * 20,
        "binary without CR, LF, NUL": HEAD + b"\r\n" + printable + b"\r\n",
        "CRLF soup": HEAD + b"\r\n" + b"\r\n" * 5000,
        "blanks at line ends": HEAD + b"\r\n" + b"text \t \r\n \r\n\t\r\n" * 20,
        "like an IMAP literal": HEAD + b"\r\n{5}\r\nabcde {10+}\r\n+OK\r\n* BYE\r\n250 OK\r\n",
    }


def wild() -> dict[str, bytes]:
    """Octets that only APPEND has to carry: bare CR and LF, no end of line at the end."""
    dice = random.Random(11)
    anything = bytes(dice.choice(range(1, 256)) for _ in range(20_000))
    return {
        "random binary with CR and LF": HEAD + b"\r\n" + anything,
        "LF only": HEAD.replace(b"\r\n", b"\n") + b"\ntext\n.\n..\nend\n",
        "CR only": HEAD + b"\r\none\rtwo\r\rthree\r\n",
        "LF dot": HEAD + b"\r\na\n.\nb\r\n.\r\nc\n.\r\nd\r\n.\ne\r\n",
        "no CRLF at the end": HEAD + b"\r\nlast line",
        "CR at the end": HEAD + b"\r\nlast line\r",
    }


class Out:
    """Reads one account's messages in every way and compares."""

    def __init__(self, server, clients, address):
        self.server, self.clients, self.address = server, clients, address

    def check(self, expected: list[tuple[str, bytes, bool]]) -> None:
        """`expected`: what was sent, oldest first; the flag says whether by SMTP."""
        with self.clients.Imap(self.server.ports["imap"], 60).log_in(self.address) as imap:
            stored = self.over_imap(imap, expected)
        self.over_pop3(stored)
        folder = self.server.maildir(self.address)
        on_disk = [f.read_bytes() for sub in ("new", "cur") for f in (folder / sub).iterdir()]
        assert sorted(on_disk) == sorted(stored)

    def over_imap(self, imap, expected) -> list[bytes]:
        imap.good(b"SELECT INBOX")
        uids = [int(u) for u in imap.good(b"UID SEARCH ALL")[0].split()[2:]]
        assert len(uids) == len(expected)
        stored = []
        for uid, (name, sent, by_smtp) in zip(uids, expected, strict=True):
            whole = imap.section(uid, b"BODY.PEEK[]")
            if by_smtp:
                assert whole.endswith(sent), name
                assert TRACE.fullmatch(whole[: len(whole) - len(sent)]), (name, whole[:300])
            else:
                assert whole == sent, name
            size = re.search(
                rb"RFC822\.SIZE (\d+)", imap.good(b"UID FETCH %d RFC822.SIZE" % uid)[0]
            )
            assert size and int(size[1]) == len(whole), name
            header = imap.section(uid, b"BODY.PEEK[HEADER]")
            text = imap.section(uid, b"BODY[TEXT]")
            assert header + text == whole or (not text and header == whole + b"\r\n"), name
            if not BARE.search(whole) and (end := (b"\r\n" + whole).find(b"\r\n\r\n")) >= 0:
                assert header == whole[: end + 2], name
            part = imap.section(uid, b"BODY.PEEK[]<7.1000>")
            assert part == whole[7:1007], name
            stored.append(whole)
        return stored

    def over_pop3(self, stored: list[bytes]) -> None:
        with self.clients.Pop3(self.server.ports["pop3"], 60).log_in(self.address) as pop3:
            assert int(pop3.ask(b"STAT").split()[1]) == len(stored)
            for number, whole in enumerate(stored, 1):
                lines = whole if whole.endswith(b"\r\n") else whole + b"\r\n"
                assert pop3.several(b"RETR %d" % number) == lines
                assert pop3.several(b"TOP %d %b" % (number, WHOLE)) in (lines, lines + b"\r\n")


@pytest.mark.timeout(120)
@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at $FAKEMAIL_CORPUS ({CORPUS.name})")
def test_every_message_of_the_corpus_comes_back_as_it_went_in(server, clients):
    messages = {f"{path.parent.name}/{path.name}": crlf(path.read_bytes()) for path in corpus()}
    assert len(messages) > 40
    _round_trips(server, clients, messages)


@pytest.mark.timeout(120)
def test_generated_messages_come_back_as_they_went_in(server, clients):
    _round_trips(server, clients, generated())


def _round_trips(server, clients, messages: dict[str, bytes]) -> None:
    expected = []
    with clients.Smtp(server.ports["smtp"], 60).hello() as smtp:
        for name, sent in messages.items():
            assert smtp.deliver(["whole@fakemail.test"], sent).startswith(b"250"), name
            expected.append((name, sent, True))
    Out(server, clients, "whole@fakemail.test").check(expected)

    expected = []
    with clients.Smtp(server.ports["smtp"], 60).hello() as smtp:
        for name, sent in messages.items():
            if len(sent) <= SMALL:
                smtp.envelope(["octets@fakemail.test"])
                assert smtp.ask(b"DATA").startswith(b"354")
                for octet in clients.stuffed(sent):
                    smtp.send(bytes([octet]))
                assert smtp.reply().startswith(b"250"), name
                expected.append((name, sent, True))
    Out(server, clients, "octets@fakemail.test").check(expected)

    _pipelined(server, clients, messages)

    expected = []
    with clients.Imap(server.ports["imap"], 60).log_in("append@fakemail.test") as imap:
        for name, sent in messages.items():
            assert b" OK " in imap.append(b"INBOX", sent), name
            expected.append((name, sent, False))
    Out(server, clients, "append@fakemail.test").check(expected)


def _pipelined(server, clients, messages: dict[str, bytes]) -> None:
    """MAIL, RCPT and DATA of a message in one write with the end of the message before."""
    envelope = b"MAIL FROM:<sender@fakemail.test>\r\nRCPT TO:<piped@fakemail.test>\r\nDATA\r\n"
    with clients.Smtp(server.ports["smtp"], 60) as smtp:
        assert b"PIPELINING" in smtp.ask(b"EHLO load.test")
        smtp.send(envelope)
        for name, sent in messages.items():
            replies = [smtp.reply()[:3] for _ in range(3)]
            assert replies == [b"250", b"250", b"354"], name
            smtp.send(clients.stuffed(sent) + envelope)
            assert smtp.reply().startswith(b"250"), name
        assert [smtp.reply()[:3] for _ in range(3)] == [b"250", b"250", b"354"]
    Out(server, clients, "piped@fakemail.test").check(
        [(name, sent, True) for name, sent in messages.items()]
    )


@pytest.mark.timeout(60)
def test_append_carries_any_octets_but_nul(server, clients):
    expected = []
    with clients.Imap(server.ports["imap"]).log_in("wild@fakemail.test") as imap:
        for name, sent in wild().items():
            assert b" OK " in imap.append(b"INBOX", sent), name
            expected.append((name, sent, False))
    Out(server, clients, "wild@fakemail.test").check(expected)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", sorted(wild()))
def test_bare_cr_and_lf_by_data_are_kept_or_refused_but_never_changed(server, clients, name):
    """RFC 5321 §2.3.8 forbids them; a server may refuse, but must not repair and must not end
    the message at anything but CRLF.CRLF."""
    sent = wild()[name]
    if not sent.endswith(b"\r\n"):
        sent += b"\r\n"
    with clients.Smtp(server.ports["smtp"]).hello() as smtp:
        reply = smtp.deliver(["wild@fakemail.test"], sent)
        assert reply[:1] in (b"2", b"5"), reply
        assert smtp.ask(b"NOOP").startswith(b"250"), "the session goes on, nothing was smuggled"
    expected = [(name, sent, True)] if reply.startswith(b"250") else []
    if expected:
        Out(server, clients, "wild@fakemail.test").check(expected)
    else:
        assert not [f for f in server.data.rglob("new/*") if f.is_file()]


@pytest.mark.timeout(120)
def test_a_message_of_25_megabytes(server, clients):
    dice = random.Random(25)
    lines = [dice.randbytes(70).hex().encode() for _ in range(500)]
    lines += [b"." * n for n in range(1, 20)]
    body = b"\r\n".join(dice.choice(lines) for _ in range(180_000)) + b"\r\n"
    sent = (HEAD + b"\r\n" + body)[: 25 * 1024 * 1024 - 2] + b"\r\n"
    assert len(sent) > 24_000_000
    with clients.Smtp(server.ports["smtp"], 60).hello() as smtp:
        assert smtp.deliver(["big@fakemail.test"], sent).startswith(b"250")
    with clients.Imap(server.ports["imap"], 60).log_in("big@fakemail.test") as imap:
        assert b" OK " in imap.append(b"INBOX", sent)
    Out(server, clients, "big@fakemail.test").check([("DATA", sent, True), ("APPEND", sent, False)])
