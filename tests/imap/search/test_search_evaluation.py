from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from fakemail.imap.search.evaluate import Candidate, SearchProgram, Setting, fold
from fakemail.imap.search.parse import parse_search
from fakemail.message.header import body_offset
from fakemail.wire.cursor import Cursor

ALTERNATIVE = (
    b"From: =?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <juergen@example.com>\r\n"
    b"To: Tom <tom@example.org>\r\nTo: Ann <ann@example.org>\r\nCc: c@example.org\r\n"
    b"Bcc:\r\n"
    b"Subject: =?GB2312?B?xOO6ww==?= long\r\n subject\r\n"
    b"Date: Wed, 31 Jan 2024 23:30:00 -0800\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$BF|K\\\x1b(B\r\n"
    b"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"PGI+R3LDvMOfZTwvYj4=\r\n"
    b"--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"split wo=\r\nrd\r\n"
    b"--b\r\nContent-Type: application/x\r\nX-Part: partly\r\n\r\nbinary\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: enclosed\r\n\r\ndeep\r\n--b--\r\n"
)


@dataclass
class Message:
    """A candidate that counts how often it was opened."""

    octets: bytes = ALTERNATIVE
    seq: int = 2
    uid: int = 12
    flags: frozenset[str] = frozenset()
    recent: bool = False
    internal_date: float = datetime(2024, 2, 1, 7, 30, tzinfo=UTC).timestamp()
    modseq: int = 7
    email_id: bytes = b"Mabc"
    thread_id: bytes = b"Tabc"
    opened: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.octets)

    def head(self) -> bytes:
        self.opened.append("head")
        return self.octets[: body_offset(self.octets)]

    def whole(self) -> bytes:
        self.opened.append("whole")
        return self.octets


def program(text: str) -> SearchProgram:
    """A search; texts in braces become literals in UTF-8."""
    octets = b""
    for number, piece in enumerate(text.replace("}", "{").split("{")):
        content = piece.encode()
        octets += b"{%d}\r\n" % len(content) + content if number % 2 else content
    return parse_search(Cursor(b"CHARSET UTF-8 " + octets))


def matches(text: str, message: Candidate | None = None) -> bool:
    return program(text).bound(Setting(5, 20)).matches(message or Message())


FLAGGED = Message(flags=frozenset({"\\Flagged", "$Junk"}), recent=True)
SEEN = Message(flags=frozenset({"\\Seen", "\\Answered", "\\Deleted", "\\Draft"}))


@pytest.mark.parametrize(
    ("text", "flagged", "seen"),
    [
        ("ALL", True, True), ("NOT ALL", False, False),
        ("FLAGGED", True, False), ("UNFLAGGED", False, True),
        ("SEEN", False, True), ("UNSEEN", True, False),
        ("ANSWERED", False, True), ("UNANSWERED", True, False),
        ("DELETED", False, True), ("UNDELETED", True, False),
        ("DRAFT", False, True), ("UNDRAFT", True, False),
        ("KEYWORD $Junk", True, False), ("KEYWORD $junk", True, False),
        ("UNKEYWORD $JUNK", False, True), ("KEYWORD Seen", False, False),
        ("RECENT", True, False), ("OLD", False, True), ("NEW", True, False),
        ("OR SEEN FLAGGED", True, True), ("SEEN FLAGGED", False, False),
        ("NOT (SEEN FLAGGED)", True, True), ("NOT OR SEEN FLAGGED", False, False),
    ],
)  # fmt: skip
def test_flags_need_no_file(text, flagged, seen):
    for message, expected in ((FLAGGED, flagged), (SEEN, seen)):
        assert matches(text, message) is expected
        assert message.opened == []
    assert program(text).cost == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MODSEQ 7", True), ("MODSEQ 8", False), ('MODSEQ "/flags/\\\\seen" all 7', True),
        ("NOT MODSEQ 8", True), ("EMAILID Mabc", True), ("EMAILID MABC", False),
        ("emailid mabc", False), ("OR EMAILID x THREADID Tabc", True), ("THREADID Mabc", False),
    ],
)  # fmt: skip
def test_extensions(text, expected):
    assert matches(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", True), ("1:3", True), ("3:1", True), ("1,3", False), ("3:*", False), ("*", False),
        ("*:2", True), ("1:*", True), ("6:*", False), ("UID 12", True), ("UID 2", False),
        ("UID 10:15", True), ("UID *", False), ("UID 12:*", True), ("UID *:1", True),
        ("UID 1:5,8,11:13,30", True), ("UID 13:*", False), ("UID 99:*", False),
    ],
)  # fmt: skip
def test_sets(text, expected):
    assert matches(text) is expected


def test_a_star_is_the_last_one_even_when_less_than_the_other_end():
    """RFC 3501 §9, seq-range: "3291:* includes the UID of the last message"."""
    assert matches("99:*", Message(seq=5)) and matches("UID 99:*", Message(uid=20))
    assert not matches("99:*", Message(seq=4))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LARGER 0", True), (f"LARGER {len(ALTERNATIVE)}", False),
        (f"LARGER {len(ALTERNATIVE) - 1}", True), (f"SMALLER {len(ALTERNATIVE)}", False),
        (f"SMALLER {len(ALTERNATIVE) + 1}", True),
        # the day in UTC, as INTERNALDATE shows it
        ("ON 1-Feb-2024", True), ("ON 31-Jan-2024", False), ("SINCE 1-Feb-2024", True),
        ("SINCE 2-Feb-2024", False), ("BEFORE 1-Feb-2024", False), ("BEFORE 2-Feb-2024", True),
        # the day that the sender wrote, whatever its zone
        ("SENTON 31-Jan-2024", True), ("SENTON 1-Feb-2024", False), ("SENTSINCE 31-Jan-2024", True),
        ("SENTSINCE 1-Feb-2024", False), ("SENTBEFORE 31-Jan-2024", False),
        ("SENTBEFORE 1-Feb-2024", True),
    ],
)  # fmt: skip
def test_sizes_and_dates(text, expected):
    assert matches(text) is expected


def test_days_begin_at_midnight_utc():
    midnight = datetime(2024, 2, 1, tzinfo=UTC).timestamp()
    assert matches("ON 1-Feb-2024", Message(internal_date=midnight))
    assert matches("ON 31-Jan-2024", Message(internal_date=midnight - 0.5))
    assert matches("ON 31-Dec-1969", Message(internal_date=-1.0))


def test_a_message_without_a_date_was_sent_on_no_day():
    for octets in (b"\r\n", b"Date: soon\r\n\r\n"):
        for text in ("SENTON", "SENTBEFORE", "SENTSINCE"):
            assert not matches(f"{text} 1-Jan-2024", Message(octets))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM juergen", True), ("FROM JUERGEN@EXAMPLE", True), ("FROM {jürgen müller}", True),
        ("FROM {JÜRGEN}", True), ("FROM {ju\u0308rgen}", True), ("FROM tom", False),
        ("TO tom", True), ("TO ann", True), ("CC c@", True), ("BCC x", False),
        ('BCC ""', True), ('HEADER bcc ""', True), ('HEADER x-none ""', False),
        ("SUBJECT {你好}", True), ("SUBJECT {long subject}", True),
        ("SUBJECT {longsubject}", False),
        ("SUBJECT GB2312", False), ("HEADER CONTENT-TYPE Multipart", True),
        ("HEADER content multipart", False),
    ],
)  # fmt: skip
def test_headers_are_decoded_and_need_the_head_only(text, expected):
    message = Message()
    assert matches(text, message) is expected
    assert message.opened == ["head"]
    assert program(text).cost == 1


@pytest.mark.parametrize(
    ("text", "body", "anywhere"),
    [
        ("{日本}", True, True), ("{grüße}", True, True), ("{GRÜSSE}", True, True),
        ("{split word}", True, True), ("binary", False, False), ("enclosed", True, True),
        ("DEEP", True, True), ("{你好}", False, True), ("tom@example.org", False, True),
        ("partly", False, True), ('""', True, True), ("absent", False, False),
    ],
)  # fmt: skip
def test_bodies_are_decoded(text, body, anywhere):
    assert matches(f"BODY {text}") is body
    assert matches(f"TEXT {text}") is anywhere


def test_dear_questions_come_last():
    for text, opened in [
        ("BODY x FROM nobody SEEN", []),
        ("BODY x FROM nobody UNSEEN", ["head"]),
        ("BODY x (FROM juergen (SEEN))", []),
        ("OR BODY x OR FROM juergen UNSEEN", []),
        ("OR BODY x OR FROM juergen SEEN", ["head"]),
        ("NOT BODY x SEEN", []),
        ("FROM juergen SENTON 31-Jan-2024 SUBJECT {你}", ["head"]),
        ("BODY deep TEXT deep", ["whole"]),
        ("FROM juergen BODY deep", ["head", "whole"]),
    ]:
        message = Message()
        program(text).matches(message)
        assert message.opened == opened, text
    assert program("OR SEEN (ALL BODY x)").cost == 2


def test_what_the_candidate_raises_goes_through():
    class Gone(Exception):
        pass

    class Lost(Message):
        def head(self) -> bytes:
            raise Gone

    with pytest.raises(Gone):
        matches("FROM x", Lost())


def test_a_program_that_is_not_bound_takes_star_for_no_message():
    assert program("1:*").matches(Message()) and not program("*").matches(Message())


def test_fold():
    assert fold("ÄÖÜ") == fold("äöü") == fold("a\u0308o\u0308u\u0308")
    assert fold("Straße") == fold("STRASSE")
    assert fold("ABC") == "abc"


def test_a_text_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(
        "fakemail.imap.search.evaluate.fold", lambda text: calls.append(text) or fold(text)
    )
    many = " ".join(["NOT SUBJECT {nowhere} NOT BODY {nowhere} NOT TEXT {nowhere}"] * 50)
    asked = program(many)
    compiled = len(calls)
    assert asked.matches(Message())
    assert len(calls) - compiled < 25
    assert asked.effort > 500 + 149
