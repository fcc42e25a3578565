"""The code where the user name belongs, and the other way round: it is never written down."""

from __future__ import annotations

import pytest

from fakemail.transcript.text import render

CODE = "umjlxeifuzxkoexk"
SMTP = """\
# user: code
smtp  session 1  127.0.0.1:51324  port 587  dialect {}
  S: 220
  C: EHLO laptop
  C: AUTH LOGIN
  C: ********
  C: ********
"""
POP3 = """\
# account: me@qq.com
pop3  session 1  127.0.0.1:51324  port 110  dialect {}
  S: +OK
  C: USER umjlxeifuzxkoexk
  C: PASS me@qq.com
"""
IMAP = """\
# account: me@qq.com
imap  session 1  127.0.0.1:51324  port 143  dialect {}
  S: * OK
  C: a LOGIN umjlxeifuzxkoexk me@qq.com
  C: b LOGIN "umjlxeifuzxkoexk" me@qq.com
"""


@pytest.mark.parametrize("dialect", ["generic", "qq"])
@pytest.mark.parametrize("words", [SMTP, POP3, IMAP], ids=["smtp", "pop3", "imap"])
def test_a_code_for_a_name_is_not_written_down(read, play, tmp_path, words: str, dialect: str):
    path = tmp_path / "swapped.txt"
    path.write_text(words.format(dialect), encoding="utf-8")
    played = play(read(path))
    told = [entry.facts or {} for entry in played.session.entries if entry.kind == "!"]
    assert told, "it was refused"
    assert CODE not in render(played.session)
    assert CODE not in str(told)
    assert told[0]["identity"] == "********"
    assert not list(tmp_path.glob(f"**/*{CODE}*")), "and it has no mailbox"
