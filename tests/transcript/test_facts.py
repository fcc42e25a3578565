"""The facts of a refusal stand in its explanation, here and after a round trip to disk."""

from fakemail.reasons.reason import Reason
from fakemail.transcript.journal import FILE_NAME, Journal
from fakemail.transcript.read import read
from fakemail.transcript.sessions import Sessions
from fakemail.transcript.text import render

SYNTAX = Reason(
    slug="pop3.test-syntax",
    because="The arguments of {command} are wrong.",
    instead="Send: {syntax} {never_given}",
    cites=("RFC 1939 §9",),
)


def test_facts_are_filled_in_and_cannot_attack(tmp_path, clock, peer, monkeypatch):
    monkeypatch.setattr("fakemail.transcript.read.find", {SYNTAX.slug: SYNTAX}.get)
    sessions = Sessions(Journal(tmp_path / FILE_NAME))
    recorder = sessions.open("pop3", peer, clock)
    recorder.refused(SYNTAX, {"command": "RETR\x1b[2J", "syntax": "RETR msg", "count": 3})
    sessions.close()
    assert "  !  The arguments of RETR\\x1b[2J are wrong.  " in render(recorder)
    assert "     Send: RETR msg {never_given}   " in render(recorder)
    assert render(read(tmp_path)[0]) == render(recorder)
