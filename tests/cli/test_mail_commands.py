"""``fakemail inbox show deliver import export reset wait tail``: the mail, and no server."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from fakemail.cli import cli
from fakemail.clock import ManualClock
from fakemail.reasons.auth import WRONG_CODE
from fakemail.transcript.journal import FILE_NAME, Journal
from fakemail.transcript.sessions import Sessions
from fakemail.wire.engine import Peer

HELLO = """\
From: =?utf-8?q?Gr=C3=BC=C3=9Fe?= <eve@example.com>
To: alice@fakemail.test, bob@fakemail.test
Subject: hello

Good morning.
"""
ALICE = "alice@fakemail.test"


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def say(data):
    """The output of a command over the data folder; fails unless it ends with 0."""

    def say(*words, given=None, fails=False):
        arguments = [*words[:1], "--data", str(data), *words[1:]]
        result = CliRunner().invoke(cli, arguments, input=given)
        assert (result.exit_code != 0) == fails, result.output
        return result.stderr if fails else result.stdout_bytes.decode()

    return say


@pytest.fixture
def objects(say):
    return lambda *words, **more: list(map(json.loads, say(*words, "--json", **more).splitlines()))


def test_what_is_delivered_is_listed_and_shown(say, objects, tmp_path):
    file = tmp_path / "hello.eml"
    file.write_text(HELLO)
    assert say("deliver", str(file)) == f"{file}: {ALICE} INBOX\n{file}: bob@fakemail.test INBOX\n"
    one, two = objects("deliver", str(file), "-", "--to", "bob", "--flag", "\\Seen", given="\n\n")
    assert (one["file"], two["file"], two["account"]) == (str(file), "-", "bob@fakemail.test")

    assert [m["account"] for m in objects("inbox")] == [ALICE, *["bob@fakemail.test"] * 3]
    (found,) = objects("inbox", ALICE)
    assert found["from"] == "Grüße <eve@example.com>"
    assert (found["subject"], found["flags"], found["mailbox"]) == ("hello", [], "INBOX")
    assert [m["flags"] for m in objects("inbox", "bob")] == [[], ["\\Seen"], ["\\Seen"]]
    table = say("inbox")
    assert re.search(rf"^{found['id'][:8]}  \S+ \S+  {ALICE} +INBOX +Grüße <eve", table, re.M)

    assert say("show", found["id"][:8], "--raw") == HELLO.replace("\n", "\r\n")
    assert say("show", "--to", ALICE).splitlines()[1:] == [
        "From: Grüße <eve@example.com>",
        "To: alice@fakemail.test, bob@fakemail.test",
        "Subject: hello",
        "",
        "Good morning.",
    ]
    (shown,) = objects("show", found["id"])
    assert (shown["text"], shown["attachments"]) == ("Good morning.\r\n", [])
    assert "is no message" in say("show", "ffffffff0", fails=True)


def test_a_terminal_is_told_only_what_can_be_printed(say):
    say("deliver", "-", "--to", "bob", given="Subject: a\x1b[2Jb\n\n\x1b]0;title\x07\n")
    for shown in (say("inbox"), say("show")):
        assert "\x1b" not in shown
        assert "\\x1b" in shown


def test_what_cannot_be_is_said(say, tmp_path):
    assert "is it the server's --data?" in say("inbox", fails=True)
    assert "names nobody" in say("deliver", "-", given="Subject: x\n\n", fails=True)
    assert "not an address" in say("deliver", "-", "--to", "a b@", given="\n", fails=True)
    assert "There is no such mailbox" in say(
        "deliver", "-", "--to", "bob", "--mailbox", "Nowhere", given="\n", fails=True
    )
    (tmp_path / "one.eml").write_text(HELLO)
    assert "does not say whose mailbox" in say("import", str(tmp_path / "one.eml"), fails=True)
    assert "there is no message" in say("show", fails=True)


def test_what_is_exported_can_be_imported(say, objects, data, tmp_path):
    say("deliver", "-", "--to", ALICE, given="Subject: one\n\nFrom here\n")
    say("deliver", "-", "--to", ALICE, "--mailbox", "Sent", given="Subject: two\n\n")
    say("export", str(tmp_path / "saved"))
    say("export", str(tmp_path / "all.mbox"), "--mbox")
    (sent,) = (tmp_path / "saved" / ALICE / "Sent").iterdir()
    assert sent.read_bytes() == b"Subject: two\r\n\r\n"
    say("reset", "--yes")
    assert objects("inbox", "--mailbox", "*") == []

    assert (
        say("import", str(tmp_path / "saved"))
        == f"1 into INBOX of {ALICE}\n1 into Sent of {ALICE}\n"
    )
    say("import", str(tmp_path / "all.mbox"), "--to", "bob", "--mailbox", "Old/Mail")
    found = {(m["mailbox"], m["subject"]) for m in objects("inbox", "--mailbox", "*")}
    assert found == {
        ("INBOX", "one"), ("Sent", "two"), ("Old/Mail", "one"), ("Old/Mail", "two"),
    }  # fmt: skip
    one = next(m["id"] for m in objects("inbox", "bob", "--mailbox", "*") if m["subject"] == "one")
    assert say("show", one, "--raw") == "Subject: one\r\n\r\nFrom here\r\n"
    assert "exists" in str(
        CliRunner().invoke(
            cli, ["export", "--data", str(data), "--mbox", str(tmp_path / "all.mbox")]
        ).exception
    )  # fmt: skip


def test_a_reset_asks_first(say, objects, data):
    for name in ("alice", "bob"):
        say("deliver", "-", "--to", name, given="Subject: x\n\n")
    assert "nothing was removed" in say("reset", given="n\n", fails=True)
    assert objects("reset", "alice") == [{"removed": 1}]
    assert [m["account"] for m in objects("inbox")] == ["bob@fakemail.test"]
    assert say("reset", "--yes") == "1 messages removed\n"


def test_wait_finds_what_is_there(objects, say):
    say("deliver", "-", "--to", ALICE, given=HELLO)
    assert (
        objects("wait", "--to", ALICE, "--subject", "HELLO", "--from", "grüße")[0]["subject"]
        == "hello"
    )
    say("wait", "--to", ALICE, "--new", "--timeout", "0", fails=True)


def test_a_wait_in_vain_shows_what_came_and_what_was_said(say, data):
    data.mkdir()
    sessions = Sessions(Journal(data / FILE_NAME))
    session = sessions.open(
        "smtp", Peer("127.0.0.1", 5, "127.0.0.1", 587, "submission"), ManualClock()
    )
    session.client(b"AUTH PLAIN ********")
    session.refused(WRONG_CODE)
    sessions.close()
    say("deliver", "-", "--to", "bob", given="Subject: other\n\n")
    said = say("wait", "--to", ALICE, "--timeout", "0", "--count", "2", fails=True)
    assert said.startswith(f"0 of 2 messages to {ALICE} within 0 s.\n\nNothing came meanwhile.")
    assert "bob@fakemail.test" in said.partition("What was there before:")[2]
    assert "auth.wrong-code" in said.partition("Sessions that go on")[2]


def test_a_wait_in_vain_shows_what_was_refused_before_it(say, data):
    data.mkdir()
    sessions = Sessions(Journal(data / FILE_NAME))
    for number in range(2):
        session = sessions.open(
            "smtp", Peer("127.0.0.1", number, "127.0.0.1", 587, "submission"), ManualClock()
        )
        session.client(b"MAIL number %d" % number)
        session.refused(WRONG_CODE)
        session.close("closed by client")
    sessions.close()
    said = say("wait", "--subject", "x", "--from", "a", "--timeout", "0", fails=True)
    assert said.startswith("no message from 'a' with 'x' in the subject within 0 s.")
    assert f"No message has ever come to {data}." in said
    last = said.partition("The last session in which something was:")[2]
    assert "MAIL number 1" in last and "MAIL number 0" not in last


@pytest.fixture
def program(data):
    """Runs `fakemail` beside the test."""
    started = []

    def start(*words):
        command = [sys.executable, "-m", "fakemail", *words, "--data", str(data)]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        started.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_wait_ends_when_another_process_delivers(program, say, data):
    """To an account that was not there when the wait began, in a folder that was not."""
    waiting = program("wait", "--subject", "late", "--timeout", "60", "--json")
    say("deliver", "-", "--to", "early", given="Subject: too early\n\n")
    say("deliver", "-", "--to", "new", given="Subject: late\n\n")
    found = json.loads(waiting.stdout.readline())
    assert (found["account"], found["subject"]) == ("new@fakemail.test", "late")
    assert waiting.wait(20) == 0


def test_tail_shows_what_is_said_from_now_on(program, data):
    data.mkdir()
    journal = Journal(data / FILE_NAME)
    sessions = Sessions(journal)
    peer = Peer("127.0.0.1", 5, "127.0.0.1", 587, "submission")
    tail = program("tail", "--json")
    seen = []
    os.set_blocking(tail.stdout.fileno(), True)
    while not seen:  # until it has read what was there before it
        session = sessions.open("smtp", peer, ManualClock())
        session.client(b"AUTH PLAIN ********")
        session.refused(WRONG_CODE)
        session.close("done")
        sessions.flush()
        if select.select([tail.stdout], [], [], 0.3)[0]:
            seen = [json.loads(tail.stdout.readline()) for _ in range(4)]
    assert [line.get("kind") for line in seen] == ["C", "!", "*", None]
    assert seen[1]["reason"]["slug"] == "auth.wrong-code"
    assert seen[3]["ended"] == "done"
    tail.send_signal(signal.SIGINT)
    assert tail.wait(20) == 0
    sessions.close()
