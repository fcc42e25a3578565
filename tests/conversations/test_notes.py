"""The four conversations of the project's notes, typed into raw sockets as a person types them.

Scripts are `C:`/`S:` lines; in an `S:` line ``…`` stands for anything. Each script runs line by
line, and one octet at a time.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys

import pytest

SUBMIT = """
S: 220 …
C: ehlo tom
S: 250-…
C: auth login
S: 334 VXNlcm5hbWU6
C: dG9tQGZha2VtYWlsLnRlc3Q=
S: 334 UGFzc3dvcmQ6
C: VU1KTFhFSUZVWlhLT0VYSw==
S: 235 2.7.0 …
C: mail from:<tom@fakemail.test>
S: 250 2.1.0 …
C: rcpt to:<tom@fakemail.test>
S: 250 2.1.5 …
C: data
S: 354 …
C: From: <tom@fakemail.test>
C: To: <tom@fakemail.test>
C: Subject: hello
C:
C: typed by hand
C: .
S: 250 2.0.0 …
C: quit
S: 221 2.0.0 …
"""

WITHOUT_AUTH = """
S: 220 …
C: ehlo tom
S: 250-…
C: mail from:<tom@fakemail.test>
S: 530 5.7.0 …
C: rcpt to:<tom@fakemail.test>
S: 5…
C: data
S: 5…
C: noop
S: 250 2.0.0 …
C: quit
S: 221 2.0.0 …
"""

READ_BY_IMAP = """
S: * OK …
C: select inbox
S: select BAD Error in IMAP command INBOX: Unknown command.
C: A login tom@fakemail.test UMJLXEIFUZXKOEXK
S: A OK …
C: B select INBOX
S: * …
S: B OK [READ-WRITE] …
C: C logout
S: * BYE …
S: C OK …
"""

READ_BY_POP3 = """
S: +OK …
C: user antladdie
S: +OK…
C: pass QWERTYUIOPPOIUYT
S: +OK…
C: stat
S: +OK 1 …
C: list
S: +OK…
S: 1 …
S: .
C: retr 1
S: +OK…
S: …
S: .
C: quit
S: +OK…
"""


def _pattern(line: str) -> re.Pattern[bytes]:
    return re.compile(b".*".join(re.escape(part.encode()) for part in line.split("…")))


def converse(port: int, script: str, *, octet_by_octet: bool = False) -> list[bytes]:
    """Play the script against a port; returns every line that the server said."""
    said: list[bytes] = []
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as sock,
        sock.makefile("rb") as lines,
    ):
        for step in script.strip().splitlines():
            who, _, text = step.partition(":")
            text = text[1:]
            if who == "C":
                octets = text.encode() + b"\r\n"
                for piece in [bytes([o]) for o in octets] if octet_by_octet else [octets]:
                    sock.sendall(piece)
                continue
            wanted = _pattern(text)
            while True:
                line = lines.readline()
                assert line.endswith(b"\r\n"), f"wanted {text!r}, the server closed: {said[-3:]}"
                said.append(line[:-2])
                if wanted.fullmatch(line[:-2]):
                    # A multi-line SMTP reply is one step.
                    while re.match(rb"\d{3}-", line):
                        line = lines.readline()
                        said.append(line[:-2])
                    break
                # Only untagged responses and content may stand between two steps.
                assert not re.match(rb"[45]\d\d |-ERR|\w+ (NO|BAD)", line), (
                    f"wanted {text!r}, the server said {line!r}"
                )
    return said


@pytest.fixture(params=[False, True], ids=["by line", "by octet"])
def octet_by_octet(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_submit_by_hand(server, octet_by_octet: bool) -> None:
    converse(server.ports["submission"], SUBMIT, octet_by_octet=octet_by_octet)
    said = converse(
        server.ports["imap"],
        "S: * OK …\nC: a login tom@fakemail.test UMJLXEIFUZXKOEXK\nS: a OK …\nC: b examine inbox\n"
        "S: b OK …\nC: c fetch * body[text]\nS: c OK …\nC: d logout\nS: d OK …",
    )
    assert b"typed by hand" in said


def test_submit_without_auth_is_refused_and_explained(server, octet_by_octet: bool) -> None:
    converse(server.ports["submission"], WITHOUT_AUTH, octet_by_octet=octet_by_octet)
    # The journal is written a few times a second, so the first look may be too early.
    shown = next(filter(lambda text: "C: quit" in text, (_last_session(server) for _ in range(40))))
    assert "C: mail from:<tom@fakemail.test>" in shown
    assert "S: 530 5.7.0" in shown
    assert "!  A command that sends mail arrived before the client had" in shown
    assert "smtp.auth-required" in shown
    assert "AUTH PLAIN" in shown


def _last_session(server) -> str:
    command = [sys.executable, "-m", "fakemail", "sessions", "last", "--data", str(server.data)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_read_by_imap_by_hand(server, octet_by_octet: bool) -> None:
    converse(server.ports["imap"], READ_BY_IMAP, octet_by_octet=octet_by_octet)


def test_read_by_pop3_by_hand(server, octet_by_octet: bool) -> None:
    name = "antladdie" if not octet_by_octet else "antladdie2"
    deliver = f"""
S: 220 …
C: helo tom
S: 250…
C: mail from:<>
S: 250…
C: rcpt to:<{name}>
S: 250…
C: data
S: 354 …
C: Subject: for the maildrop
C:
C: one line
C: .
S: 250 …
C: quit
S: 221 …
"""
    converse(server.ports["smtp"], deliver)
    said = converse(
        server.ports["pop3"],
        READ_BY_POP3.replace("antladdie", name),
        octet_by_octet=octet_by_octet,
    )
    assert b"one line" in said
