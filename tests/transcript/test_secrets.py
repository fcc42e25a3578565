"""No code ever stands in what a run leaves behind: transcripts, journal, log, live view.

Every mechanism of every protocol is used with a right and a wrong code, whole and broken, and then
everything that was written is searched for the codes, plain and in base64.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

USER, CODE, WRONG = "alice@fakemail.test", "UMJLXEIFUZXKOEXK", "WRONGCODEQZXJVKW"
PASSWORD = "PasswordNotCodeQXZ"
SECRETS = (CODE, WRONG, PASSWORD)

DONE = {
    "smtp": re.compile(rb"\d{3}(?: |\r)"),
    "pop3": re.compile(rb"\+|-ERR"),
    "imap": re.compile(rb"(?:a\d* (?:OK|NO|BAD)|\+ |\* BYE|\S+ BAD)", re.I),
}


def plain(secret: str, user: str = USER) -> bytes:
    return b64encode(f"\0{user}\0{secret}".encode())


def b64(text: str) -> bytes:
    return b64encode(text.encode())


def conversations(secret: str) -> dict[str, list[list[bytes]]]:
    """For each protocol what clients say, one list of lines a session."""
    raw, user = secret.encode(), USER.encode()
    literal = b"{%d}" % len(raw)
    ehlo = b"EHLO laptop"
    return {
        "smtp": [
            [ehlo, b"AUTH PLAIN " + plain(secret), b"MAIL FROM:<%s>" % user, b"QUIT"],
            [ehlo, b"AUTH PLAIN", plain(secret), b"QUIT"],
            [ehlo, b"AUTH LOGIN", b64(USER), b64(secret), b"QUIT"],
            [ehlo, b"AUTH LOGIN " + b64(USER), b64(secret), b"QUIT"],
            [ehlo, b"auth login", b64(USER), b"  " + b64(secret) + b" "],
            [ehlo, b"AUTH LOGIN", b64(USER), raw],
            [ehlo, b"AUTH LOGIN", user, raw],
            [ehlo, b"AUTH LOGIN", b64(USER), b"*", b"NOOP"],
            [ehlo, b"AUTH PLAIN " + plain(secret) + b" more"],
            [ehlo, b"AUTH  PLAIN  " + plain(secret)],
            [ehlo, b"AUTH PLAIN " + raw],
            [ehlo, b"AUTH NOSUCH " + plain(secret)],
            [b"AUTH PLAIN " + plain(secret)],
            [b"HELO laptop", b"AUTH PLAIN " + plain(secret)],
            [ehlo, b"AUTH PLAIN " + plain(secret), b"AUTH PLAIN " + plain(secret)],
            [ehlo, b"AUTH NOSUCH", plain(secret)],
            [b"AUTH LOGIN", b64(USER), b64(secret)],
            [b"USER " + user, b"PASS " + raw],
            [b"a LOGIN %s %s" % (user, raw)],
            [ehlo, b"AUTHPLAIN " + plain(secret), b"auth:plain " + plain(secret)],
        ],
        "pop3": [
            [b"USER " + user, b"PASS " + raw, b"STAT", b"QUIT"],
            [b"user " + user, b"pass " + raw + b" "],
            [b"USER " + user, b"PASS  " + raw],
            [b"USER " + user, b"PASS\t" + raw],
            [b"PASS " + raw],
            [b"USER " + user, b"PASS " + raw, b"PASS " + raw],
            [b"AUTH PLAIN " + plain(secret)],
            [b"AUTH PLAIN", plain(secret), b"QUIT"],
            [b"AUTH LOGIN", b64(USER), b64(secret)],
            [b"AUTH NOSUCH " + plain(secret)],
            [b"AUTH PLAIN " + raw],
            [b"AUTH NOSUCH", plain(secret)],
            [b"a LOGIN %s %s" % (user, raw)],
            [b"LOGIN %s %s" % (user, raw)],
            [b"USER " + user, b"PASS" + raw],
            [b"APOP %s %s" % (user, raw)],
        ],
        "imap": [
            [b"a LOGIN %s %s" % (user, raw), b"a LOGOUT"],
            [b'a LOGIN "%s" "%s"' % (user, raw), b"a LOGOUT"],
            [b"a login %s %s" % (user, literal), raw, b"a LOGOUT"],
            [b"a LOGIN {%d+}\r\n%s {%d+}\r\n%s" % (len(user), user, len(raw), raw)],
            [b"a LOGIN {%d}" % len(user), user + b" " + literal, raw],
            [b"a AUTHENTICATE PLAIN", plain(secret), b"a LOGOUT"],
            [b"a AUTHENTICATE PLAIN " + plain(secret)],
            [b"a AUTHENTICATE LOGIN", b64(USER), b64(secret)],
            [b"a AUTHENTICATE NOSUCH " + plain(secret)],
            [b"a AUTHENTICATE PLAIN", raw],
            [b"a AUTHENTICATE PLAIN", b"*", b"a NOOP"],
            [b"a LOGIN %s %s more" % (user, raw)],
            [b"a LOGIN  %s  %s" % (user, raw)],
            [b'a LOGIN %s "%s' % (user, raw)],
            [b"a LOGIN %s" % raw],
            [b"a LOGIN %s %s" % (user, raw), b"a LOGIN %s %s" % (user, raw)],
            [b"LOGIN %s %s" % (user, raw)],
            [b"a AUTHENTICATE NOSUCH", plain(secret)],
            [b"a AUTHENTICATE", plain(secret)],
            [b"USER " + user, b"PASS " + raw],
            [b"a PASS " + raw, b"AUTH PLAIN " + plain(secret)],
            [b"a LOGIN (%s %s)" % (user, raw)],
        ],
    }


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory):
    """Run all conversations against a server of our own; everything it wrote, by where."""
    folder = tmp_path_factory.mktemp("secrets")
    environment = os.environ | {"FAKEMAIL_DATA": str(folder / "data")}

    def fakemail(*words):
        return subprocess.run(
            [sys.executable, "-m", "fakemail", *words],
            env=environment, capture_output=True, text=True, check=True, timeout=60,
        ).stdout  # fmt: skip

    fakemail("account", "add", USER, "--password", PASSWORD, "--code", CODE)
    ready = folder / "ready.json"
    log = folder / "log"
    words = ["serve", "-v", "--ports", "ephemeral", "--accounts", "listed", "--ready-file", ready]
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            [sys.executable, "-m", "fakemail", *words],
            env=environment, stdout=stream, stderr=subprocess.STDOUT,
        ) as server,
    ):  # fmt: skip
        try:
            fakemail("ready", "--wait", "--ready-file", str(ready))
            ports = json.loads(ready.read_text())["ports"] | {"smtp": None}
            ports["smtp"] = ports["submission"]
            logins = 0
            for secret in SECRETS:
                for protocol, sessions in conversations(secret).items():
                    for lines in sessions:
                        logins += converse(protocol, ports[protocol], lines)
        finally:
            server.terminate()
            server.wait(20)
    data = folder / "data"
    found = {str(p): p.read_text(errors="replace") for p in data.rglob("*") if is_ours(p)}
    found["log"] = log.read_text()
    numbers = [
        str(json.loads(line)["number"])
        for line in fakemail("sessions", "--json", "--limit", "999").splitlines()
    ]
    found["sessions"] = fakemail("sessions", *numbers)
    found["json"] = fakemail("sessions", "--json", *numbers)
    return found, logins


def is_ours(path: Path) -> bool:
    """Not the accounts file: it is where codes live."""
    return path.is_file() and path.name != "accounts.toml" and path.suffix not in {".pem", ".key"}


def converse(protocol: str, port: int, lines: list[bytes]) -> int:
    """Say the lines, each after the answer to the one before; how many logins were accepted."""
    accepted = 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        stream = connection.makefile("rb")
        stream.readline()
        for line in lines:
            try:
                connection.sendall(line + b"\r\n")
                while (said := stream.readline()) and not DONE[protocol].match(said):
                    pass
            except ConnectionError:
                break
            verb = line.split()[0].upper() if protocol == "smtp" else b""
            accepted += said.startswith(b"235") or (protocol == "imap" and b"OK" in said[:5])
            if not said or verb == b"QUIT":
                break
    return accepted


def test_nothing_that_was_written_has_a_code(left_behind):
    found, _ = left_behind
    leaks = []
    for where, text in found.items():
        for secret in SECRETS:
            for form in (
                secret,
                b64(secret).decode().rstrip("="),
                plain(secret).decode().rstrip("="),
            ):
                leaks += [
                    f"{where}: {line}" for line in text.splitlines() if form.lower() in line.lower()
                ]
    assert not leaks, "\n".join(leaks[:40])


def test_the_search_had_something_to_find(left_behind):
    found, logins = left_behind
    assert logins > 10
    text = found["sessions"]
    for words in (
        "AUTH PLAIN ********",
        "PASS ********",
        "auth.wrong-code",
        "auth.password-not-code",
    ):
        assert words in text
    for protocol in ("smtp", "pop3", "imap"):
        assert f"{protocol}  session " in text
        assert f"{protocol}  session " in found["log"]
    assert "Traceback" not in found["log"]
    assert any(path.endswith("sessions.jsonl") for path in found)
