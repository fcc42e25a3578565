"""``fakemail explain``: sessions of a journal, files, standard input, pasted texts."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from fakemail.cli import cli
from fakemail.clock import ManualClock
from fakemail.reasons.auth import WRONG_CODE
from fakemail.reasons.smtp import AUTH_REQUIRED
from fakemail.transcript.journal import FILE_NAME, Journal
from fakemail.transcript.sessions import Sessions
from fakemail.transcript.text import render
from fakemail.wire.engine import Peer

PEER = Peer("127.0.0.1", 51324, "127.0.0.1", 587, "submission")
ENGLISH = {"LC_ALL": "C.UTF-8"}


@pytest.fixture
def data(tmp_path):
    """Session 1 logs in wrongly, 2 sends without a login, 3 does all well, 4 says nothing."""
    sessions = Sessions(Journal(tmp_path / FILE_NAME))
    for number in range(1, 5):
        recorder = sessions.open("smtp", PEER, ManualClock(), "generic")
        recorder.server(b"220 fakemail.test ESMTP fakemail")
        if number < 4:
            recorder.client(b"ehlo laptop")
            recorder.server(b"250-fakemail.test\r\n250 AUTH PLAIN LOGIN")
        if number == 1:
            recorder.client(b"AUTH PLAIN ********")
            recorder.refused(WRONG_CODE)
            recorder.server(b"535 5.7.8 Authentication failed")
        if number == 2:
            recorder.client(b"mail FROM:<a@fakemail.test> size=3")
            recorder.refused(AUTH_REQUIRED)
            recorder.server(b"530 5.7.0 Authentication required")
        recorder.close("closed by client")
    sessions.close()
    (tmp_path / "talk.txt").write_text(render(list(sessions)[1]), encoding="utf-8")
    return tmp_path


def run(*arguments, data=None, env=None, **kwargs):
    where = ["--data", str(data)] if data else []
    return CliRunner().invoke(cli, ["explain", *where, *arguments], env=env or ENGLISH, **kwargs)


def test_the_last_session_in_which_something_was_refused(data):
    for arguments in ((), ("last",), ("2",)):
        result = run(*arguments, data=data)
        assert result.exit_code == 0, result.output
        assert result.output.startswith("smtp  session 2  ")
        assert "EHLO was sent, so the missing part is AUTH." in result.output
        assert "smtp.auth-required" in result.output
        assert "Looks like Python's smtplib" in result.output
        assert "server.login(address, authorization_code)" in result.output
        newer = "Newer sessions: 1; nothing was refused in them." in result.output
        assert newer == (arguments != ("2",))


def test_a_session_by_its_number(data):
    assert "auth.wrong-code" in run("1", data=data).output


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("3", "nothing was refused in it"),
        ("9", "there is no session 9"),
        ("logs/missing.txt", "there is no file logs/missing.txt"),
    ],
)
def test_what_cannot_be_explained(data, what, message):
    result = run(what, data=data)
    assert result.exit_code == 1
    assert message in result.output


def test_nothing_at_all(tmp_path):
    result = run(data=tmp_path)
    assert result.exit_code == 1
    assert "nothing was refused in any session" in result.output


def test_a_saved_transcript_is_explained_as_its_session(data):
    assert run(str(data / "talk.txt")).output == run("2", data=data).output
    said = (data / "talk.txt").read_bytes()
    assert run("-", input=said).output == run("2", data=data).output


def test_a_file_in_gbk(tmp_path):
    path = tmp_path / "error.txt"
    path.write_bytes("535 Error: 请使用授权码登录。详情请看: http://x".encode("gbk"))
    assert "auth.password-not-code" in run(str(path)).output


def test_a_pasted_text(data):
    result = run("503 Error: need EHLO and AUTH first !")
    assert result.exit_code == 0
    assert "QQ Mail (qq)" in result.output
    unquoted = run("503", "Error:", "need", "EHLO", "and", "AUTH", "first", "!")
    assert unquoted.output == result.output
    assert "B23" in run("-ERR Unable to log on").output
    assert run("x" * 9000).exit_code == 0
    assert run("a\0b").exit_code == 0


def test_the_language(data):
    chinese = run("2", "--lang", "zh", data=data)
    assert "授权码" in chinese.output
    assert run("2", data=data, env={"LC_ALL": "zh_CN.UTF-8"}).output == chinese.output
    assert run("2", data=data, env={"LC_ALL": "", "LANG": "zh_CN"}).output == chinese.output
    english = run("2", "--lang", "en", data=data, env={"LC_ALL": "zh_CN.UTF-8"})
    assert "授权码" not in english.output


def test_json(data):
    found = [json.loads(line) for line in run("2", "--json", data=data).output.splitlines()]
    assert [one["slug"] for one in found] == ["smtp.auth-required"]
    assert found[0]["session"] == 2
    assert found[0]["scenarios"] == []
    lines = run("--json", "553 Mail from must equal authorized user").output.splitlines()
    [pasted] = map(json.loads, lines)
    assert pasted["providers"][0] == "163"
    assert pasted["scenarios"][0]["id"] == "C02"
    assert pasted["scenarios"][0]["sources"]
