"""Searching, sorting and threading as other people's libraries ask for it."""

from __future__ import annotations

import imaplib
import json
import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LIMIT = 60

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(5 * LIMIT)]

MESSAGES = [
    "Subject: beta\r\nMessage-ID: <1@x>\r\nDate: Mon, 3 Jan 2000 10:00:00 +0000\r\n\r\none\r\n",
    "Subject: Re: beta\r\nReferences: <1@x>\r\nDate: Mon, 3 Jan 2000 09:00:00 +0000\r\n\r\n2\r\n",
    "Subject: alpha\r\nDate: Mon, 3 Jan 2000 11:00:00 +0000\r\n\r\nthree, longer\r\n",
]


def test_imaplib_sorts_and_threads(fakemail):
    context = ssl.create_default_context(cafile=str(fakemail["ca_file"]))
    with imaplib.IMAP4_SSL("localhost", fakemail["ports"]["imaps"], ssl_context=context) as client:
        client.login("alice@fakemail.test", fakemail["code"]("alice"))
        for message in MESSAGES:
            client.append("INBOX", "", "", message.encode())
        client.select("INBOX")
        assert client.sort("(SUBJECT)", "UTF-8", "ALL") == ("OK", [b"3 1 2"])
        assert client.sort("REVERSE DATE", "UTF-8", "ALL") == ("OK", [b"3 1 2"])
        assert client.uid("SORT", "(DATE)", "UTF-8", "ALL") == ("OK", [b"2 1 3"])
        assert client.thread("REFERENCES", "UTF-8", "ALL") == ("OK", [b"(1 2)(3)"])
        assert client.uid("THREAD", "ORDEREDSUBJECT", "UTF-8", "ALL") == ("OK", [b"(2 1)(3)"])
        assert client.search(None, "RETURN (SAVE)", "SUBJECT beta")[0] == "OK"
        assert client.fetch("$", "UID") == ("OK", [b"1 (UID 1)", b"2 (UID 2)"])


def test_imapflow_asks_for_what_is_announced(fakemail, fetched, tmp_path):
    (tmp_path / "node_modules").symlink_to(fetched("node") / "node_modules")
    program = shutil.copy(HERE / "searching" / "search.js", tmp_path)
    said = subprocess.run(
        ["node", program],
        env=os.environ
        | {
            "FM_HOST": "localhost",
            "FM_IMAPS": str(fakemail["ports"]["imaps"]),
            "FM_USER": "alice@fakemail.test",
            "FM_CODE": fakemail["code"]("alice"),
            "NODE_EXTRA_CA_CERTS": str(fakemail["ca_file"]),
        },
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=True,
    ).stdout
    assert json.loads(said) == [
        {"min": 1, "max": 3, "count": 3, "all": "1:3"},
        {"count": 0},
        [1, 2, 3],
        [],
    ]
