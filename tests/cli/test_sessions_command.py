"""``fakemail sessions`` shows what the journal has."""

import json
import os
import re
import select
import subprocess
import sys

import pytest
from click.testing import CliRunner

from fakemail.cli.sessions import command
from fakemail.clock import ManualClock
from fakemail.reasons.auth import WRONG_CODE
from fakemail.transcript.journal import FILE_NAME, Journal
from fakemail.transcript.sessions import Sessions
from fakemail.wire.engine import Peer, TlsFacts

SMTP = Peer("127.0.0.1", 50001, "127.0.0.1", 587, "submission")
IMAP = Peer("::1", 50002, "::1", 993, "imaps")


@pytest.fixture
def data(tmp_path):
    clock, sessions = ManualClock(), Sessions(Journal(tmp_path / FILE_NAME))
    one = sessions.open("smtp", SMTP, clock)
    one.client(b"AUTH PLAIN ********")
    one.refused(WRONG_CODE)
    one.server(b"535 5.7.8 no")
    one.close("the client closed the connection")
    two = sessions.open("imap", IMAP, clock)
    two.secured(TlsFacts("TLSv1.3", "X"))
    two.logged_in("a@fakemail.test", "LOGIN")
    two.client(b"a NOOP \xff")
    sessions.close()
    return tmp_path


@pytest.fixture
def run(data):
    def run(*words):
        result = CliRunner().invoke(command, ["--data", str(data), *words])
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_lists_sessions_in_a_table(run):
    head, one, two = run().splitlines()
    assert head.split() == "session time protocol port TLS login lines refused ended".split()  # noqa: SIM905
    pattern = r"1 +\S+ \S+ +smtp +587 +- +- +4 +1 +the client closed the connection"
    assert re.fullmatch(pattern, one)
    assert re.fullmatch(r"2 +\S+ \S+ +imap +993 +TLSv1.3 +a@fakemail.test +3 +- +\(goes on\)", two)


def test_shows_one_session_by_number(run):
    text = run("1")
    assert text.startswith("smtp  session 1  127.0.0.1:50001  port 587  dialect generic\n")
    assert "  C: AUTH PLAIN ********\n" in text
    assert WRONG_CODE.slug in text
    assert "session 2" not in text


def test_last_failed_protocol_and_limit_choose(run):
    assert run("last").startswith("imap  session 2  [::1]:50002")
    assert run("--failed").startswith("smtp  session 1")
    assert "session 2" not in run("--failed")
    assert len(run("--protocol", "imap").splitlines()) == 2
    assert run("--limit", "1").splitlines()[1].startswith("2 ")
    assert run("2", "1").index("session 2") < run("2", "1").index("session 1")


def test_json_is_one_object_a_line(run):
    one, two = map(json.loads, run("--json").splitlines())
    assert (one["number"], one["refusals"], two["login"]) == (1, 1, "a@fakemail.test")
    assert "entries" not in one
    (shown,) = map(json.loads, run("--json", "1").splitlines())
    assert shown["entries"][1]["reason"]["slug"] == WRONG_CODE.slug
    assert json.loads(run("--json", "last"))["entries"][-1]["text"] == "a NOOP \\xff"


def test_times_are_shown_when_asked(run):
    assert "    0.000  C: AUTH PLAIN ********" in run("1", "--times")


def test_probes_are_shown_only_when_asked_for(data, run):
    sessions = Sessions(Journal(data / FILE_NAME))
    probe = sessions.open("smtp", SMTP, ManualClock())
    probe.server(b"220 hello")
    probe.close("gone")
    sessions.close()
    assert len(run().splitlines()) == 3
    assert run("last").startswith("imap  session 2")
    assert len(run("--all").splitlines()) == 4
    assert run("3").startswith("smtp  session 3")


@pytest.mark.parametrize("word", ["3", "first", "-", "١"])
def test_a_session_that_is_not_there_is_an_error(data, word):
    result = CliRunner().invoke(command, ["--data", str(data), "--", word])
    assert result.exit_code == 1
    assert f"there is no session {word}" in result.output


def test_no_sessions_at_all_is_said(tmp_path):
    result = CliRunner().invoke(command, ["--data", str(tmp_path)])
    assert result.exit_code == 0
    assert "no sessions in" in result.output


def test_the_environment_names_the_data_folder(data):
    result = CliRunner().invoke(command, ["1"], env={"FAKEMAIL_DATA": str(data)})
    assert "session 1" in result.output


def test_follow_shows_what_is_said_from_now_on_over_a_rotation(data):
    program = "from fakemail.cli.sessions import command; command()"
    words = [sys.executable, "-u", "-c", program, "--follow", "--data", str(data)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as follower:
        try:
            sessions = Sessions(Journal(data / FILE_NAME, rotate_at=1))
            recorder = sessions.open("pop3", SMTP, ManualClock())
            heard = b""
            while b"STAT" not in heard:  # until the follower is at the end of the journal
                recorder.client(b"STAT")
                sessions.flush()
                if select.select([follower.stdout], [], [], 0.1)[0]:
                    heard += os.read(follower.stdout.fileno(), 65536)
            assert b"AUTH" not in heard
            assert b"pop3  session 3" in heard
        finally:
            follower.terminate()
            follower.communicate()
