"""Dovecot beside us: the same commands of two sessions, and what both servers say of it.

Mod-sequences are each server's own: a command may name `{n}` for the highest that was told up to
the n-th command, and answers are compared without the values. What servers may do as they like is
not compared: Dovecot 2.3 says HIGHESTMODSEQ at every SELECT (we, once somebody shows interest: RFC
7162 §3.1.2.1), and UID in untagged FETCH responses only after ENABLE QRESYNC (we, as §3.2.4 wants
it, after every enabling command); it leaves out the FETCH responses about MODIFIED messages, which
§3.1.3 recommends; it takes 0 for both numbers in QRESYNC, which the grammar does not, and ignores
the sequence match data while it remembers (§5.3; we never name what it proves to be known).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

COUNT = 9
MESSAGE = b"From: a@b.example\nSubject: message %03d\n\nText of %03d.\n"

pytestmark = pytest.mark.oracle

Ask = Callable[[str, bytes], bytes]
"""Session 1 or 2 says something and hears all up to the tagged response."""


@pytest.fixture
def theirs(make_dovecot: Any) -> Iterator[Ask]:
    """Two sessions of Dovecot on one Maildir."""
    messages = [(MESSAGE % (number, number), 0.0) for number in range(1, COUNT + 1)]
    with make_dovecot(messages) as made:
        sessions: dict[str, Callable[[bytes], bytes]] = {}

        def ask(who: str, line: bytes) -> bytes:
            if who not in sessions:
                sessions[who] = made.session()
            return sessions[who](b"t " + line)

        yield ask


@pytest.fixture
def ours(office: Any) -> Ask:
    """Two sessions of ours, with the same messages, none of them \\Recent."""
    for number in range(1, COUNT + 1):
        office.deliver((MESSAGE % (number, number)).replace(b"\n", b"\r\n"))
    office.store.home("tom@fakemail.test").mailbox("INBOX").claim_recent()

    def ask(who: str, line: bytes) -> bytes:
        client = office.client(who)
        if client.recorder.login is None:
            client.login()
        said: bytes = client.ask(b"t " + line)
        return said

    return ask


CONVERSATIONS = {
    "condstore": """
        1 SELECT INBOX (CONDSTORE)
        1 STORE 1:3 +FLAGS (\\Seen)
        1 STORE 2:4 +FLAGS.SILENT (\\Seen)
        2 SELECT INBOX
        2 STORE 5 FLAGS (\\Flagged)
        2 STORE 5 FLAGS.SILENT (\\Flagged)
        1 NOOP
        1 UID FETCH 1:* (FLAGS) (CHANGEDSINCE {0})
        1 STATUS INBOX (HIGHESTMODSEQ)
        1 UID STORE 1:9 (UNCHANGEDSINCE {0}) +FLAGS.SILENT (\\Draft)
        1 STORE 1:9 (UNCHANGEDSINCE 0) -FLAGS (\\Draft)
        1 UID FETCH 1:* (FLAGS) (CHANGEDSINCE {0})
        1 UID SEARCH MODSEQ 1
        1 UID SEARCH MODSEQ {0} SEEN
        1 UID SEARCH RETURN (ALL) NOT MODSEQ 1
        1 UID SEARCH RETURN (MIN COUNT) MODSEQ 1
        1 UID FETCH 3 (FLAGS) (CHANGEDSINCE 9223372036854775807)
        """,
    "vanished": """
        1 ENABLE QRESYNC
        1 SELECT INBOX
        2 SELECT INBOX
        2 STORE 2,4 +FLAGS.SILENT (\\Deleted)
        1 NOOP
        2 EXPUNGE
        1 FETCH 5 (FLAGS)
        1 NOOP
        1 UID STORE 1,9 +FLAGS.SILENT (\\Deleted)
        1 UID EXPUNGE 9
        1 EXPUNGE
        1 UID FETCH 1:9 (FLAGS) (CHANGEDSINCE {1} VANISHED)
        1 UID FETCH 1:4,9 (UID) (CHANGEDSINCE {7} VANISHED)
        1 CLOSE
        """,
    "resync": """
        2 SELECT INBOX (CONDSTORE)
        2 STORE 3,6 +FLAGS.SILENT (\\Deleted)
        2 EXPUNGE
        2 STORE 1 +FLAGS.SILENT (\\Seen)
        2 STATUS INBOX (HIGHESTMODSEQ)
        2 STORE 7 FLAGS.SILENT (\\Deleted \\Flagged)
        2 UID EXPUNGE 9
        1 ENABLE QRESYNC
        1 SELECT INBOX (QRESYNC ({v} {0}))
        1 UNSELECT
        1 EXAMINE INBOX (QRESYNC ({v} {4}))
        1 SELECT INBOX (QRESYNC ({v} {4} 1:5))
        1 SELECT INBOX (QRESYNC ({v} {0} 1:5,8:9))
        1 SELECT INBOX (QRESYNC (1 {0}))
        """,
    "refused": """
        1 SELECT INBOX (QRESYNC (1 1))
        1 SELECT INBOX
        1 UID FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)
        1 ENABLE QRESYNC
        1 UID FETCH 1 (FLAGS) (VANISHED)
        1 FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)
        1 SELECT INBOX (QRESYNC (1))
        1 STORE 1 (UNCHANGEDSINCE x) FLAGS ()
        1 STORE 1 (X 1) FLAGS ()
        1 STORE 1 +FLAGS (\\Seen) (UNCHANGEDSINCE 9)
        1 SEARCH MODSEQ x
        """,
}


@pytest.mark.parametrize("name", sorted(CONVERSATIONS))
def test_both_say_the_same(name: str, ours: Ask, theirs: Ask) -> None:
    lines = [line.strip() for line in CONVERSATIONS[name].strip().splitlines()]
    told = {who: Told() for who in ("ours", "theirs")}
    for number, line in enumerate(lines):
        answers = {}
        for who, ask in (("ours", ours), ("theirs", theirs)):
            session, _, command = line.partition(" ")
            answers[who] = told[who].comparable(ask(session, told[who].filled(command)))
        assert answers["ours"] == answers["theirs"], f"{number}: {line}"


class Told:
    """What one server told of its own values."""

    def __init__(self) -> None:
        self.highest: list[int] = []
        self.validity = 0

    def filled(self, command: str) -> bytes:
        """The command with the values of this server."""
        words = {"v": str(self.validity)} | {str(n): str(x) for n, x in enumerate(self.highest)}
        return re.sub(r"\{(\w+)\}", lambda match: words[match[1]], command).encode()

    def comparable(self, answer: bytes) -> dict[str, object]:
        """What must be the same."""
        before = self.highest[-1] if self.highest else 0
        codes = [int(code) for code in re.findall(rb"HIGHESTMODSEQ (\d+)", answer)]
        items = [int(item) for item in re.findall(rb"MODSEQ \(?(\d+)\)", answer)]
        self.highest.append(codes[-1] if codes else max([before, *items]))
        comparable = re.search(rb"(?m)UIDVALIDITY|ENABLED|^t BAD", answer) is None
        sets = re.findall(rb"\[MODIFIED (.*?)\]", answer)
        if validity := re.search(rb"UIDVALIDITY (\d+)", answer):
            self.validity = int(validity[1])
        modified = set()
        for low, _, high in re.findall(rb"(\d+)(:(\d+))?", b",".join(sets)):
            modified.update(range(int(low), int(high or low) + 1))
        return {
            "expunged": self._expunged(answer),
            "vanished": re.findall(rb"(?m)^\* (VANISHED.*)\r$", answer),
            "fetched": sorted(
                self._fetched(int(number), items)
                for number, items in re.findall(rb"\* (\d+) FETCH (.*)\r", answer)
                if int(number) not in modified
            ),
            "found": re.findall(rb"(?m)^\* E?SEARCH(?: \(TAG .*?\))?(?: UID)?([^(M\r]*)", answer),
            "modified": sets,
            "enabled": re.findall(rb"(?m)^\* ENABLED(.*)\r$", answer),
            "closed": b"[CLOSED]" in answer and b"t OK" in answer,
            "highest": b"[HIGHESTMODSEQ" in answer and comparable,
            "tagged": re.findall(rb"(?m)^t (\w+)", answer),
        }

    @staticmethod
    def _expunged(answer: bytes) -> set[int]:
        """The numbers that the messages had before any of them went, whatever the order."""
        left = list(range(1, COUNT + 1))
        return {left.pop(int(n) - 1) for n in re.findall(rb"(?m)^\* (\d+) EXPUNGE", answer)}

    @staticmethod
    def _fetched(number: int, items: bytes) -> tuple[object, ...]:
        flags = re.search(rb"FLAGS \((.*?)\)", items)
        return (
            number,
            b"MODSEQ" in items,
            None if flags is None else sorted(set(flags[1].split()) - {b"\\Recent"}),
        )
