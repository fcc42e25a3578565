"""Python's imaplib after ENABLE UTF8=ACCEPT (RFC 6855): names and APPEND as it sends them."""

from __future__ import annotations

import imaplib
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def imap(server: Any, tmp_path: Path) -> Any:
    port = server.ports["imaps"]
    with imaplib.IMAP4_SSL("localhost", port, ssl_context=server.context) as client:
        client.login(tmp_path.name, "code")
        assert client.enable("UTF8=ACCEPT")[0] == "OK"
        yield client


def test_names_and_searches(imap: Any) -> None:
    assert imap.create('"Entwürfe"')[0] == "OK"
    assert '"Entwürfe"'.encode() in b"".join(imap.list()[1])
    assert imap.select('"Entwürfe"')[0] == "OK"
    assert imap.search(None, "SUBJECT", '"höre"')[0] == "OK"
    assert imap.status('"Entwürfe"', "(MESSAGES)")[1] == ['"Entwürfe" (MESSAGES 0)'.encode()]


def test_append(imap: Any, server: Any, tmp_path: Path) -> None:
    """Some Pythons put the words of UTF8 (~{n} into the literal: that is kept as it came, and the
    transcript says why."""
    message = "Subject: Grüße\r\n\r\nhallo\r\n".encode()
    assert imap.append("INBOX", None, None, message)[0] == "OK"
    imap.select("INBOX")
    found = imap.fetch("1", "(BODY.PEEK[])")[1][0][1]
    assert found in (message, b"UTF8 (" + message + b")")
    marks = [
        entry.octets
        for session in server.private.call(lambda: list(server.private.server.post_office.sessions))
        if session.login is not None and session.login.startswith(tmp_path.name.lower())
        for entry in session.entries
        if entry.kind == "*" and b"UTF8 (~{n}" in entry.octets
    ]
    assert len(marks) == (found != message)
