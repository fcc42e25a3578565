"""The engine around the commands: limits, failures of our own, timeouts, letting go."""

from __future__ import annotations

import os
import tracemalloc
from typing import Any

import pytest

from fakemail.imap.commands.table import ROWS, TABLE
from fakemail.imap.lacking import LACKING
from fakemail.imap.session import State
from fakemail.reasons import imap as reasons
from fakemail.reasons.reason import Reason
from fakemail.wire.effects import Close, Shown

BASE = """CAPABILITY NOOP LOGOUT STARTTLS AUTHENTICATE LOGIN SELECT EXAMINE CREATE DELETE RENAME
SUBSCRIBE UNSUBSCRIBE LIST LSUB STATUS APPEND CHECK CLOSE EXPUNGE SEARCH FETCH STORE COPY"""
UID = "UID COPY,UID FETCH,UID SEARCH,UID STORE"
EXTENSIONS = (
    "CANCELUPDATE,COMPRESS,ENABLE,GETQUOTA,GETQUOTAROOT,ID,IDLE,MOVE,NAMESPACE,SETQUOTA,SORT,THREAD,"
    "UID EXPUNGE,UID MOVE,UID SORT,UID THREAD,UNSELECT,XLIST"
)


def test_the_table_is_all_of_rfc_3501_and_the_extensions() -> None:
    lacking = [name for each in LACKING for name in each.commands]
    assert set(TABLE) == {*BASE.split(), *UID.split(","), *EXTENSIONS.split(","), *lacking}
    assert len(TABLE) == len(ROWS)
    for row in ROWS:
        assert row.cites.startswith("RFC ") or row.name == "XLIST"
        assert bool(row.capability) == (
            row.name in [*EXTENSIONS.split(","), *lacking, "STARTTLS"]
        ), row.name


def test_what_uses_sequence_numbers_is_what_the_rfc_names() -> None:
    """RFC 3501 §7.4.1: no EXPUNGE while responding to FETCH, STORE or SEARCH; RFC 5256 §3 adds
    SORT and THREAD."""
    assert {row.name for row in ROWS if row.numbers.value == "uses"} == {
        *("FETCH", "STORE", "SEARCH", "SORT", "THREAD")
    }


def test_reasons_are_complete() -> None:
    found = [each for each in vars(reasons).values() if isinstance(each, Reason)]
    assert len({each.slug for each in found}) == len(found) > 20
    for each in found:
        assert each.slug.startswith("imap.")
        assert each.imap is not None
        assert each.imap.split()[0] in ("NO", "BAD", "BYE")
        assert each.because.endswith(".")
        assert each.instead.endswith((".", "`."))
        assert all(cite.startswith("RFC ") for cite in each.cites)


def test_our_own_fault_is_said_and_survived(
    selected: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox = selected.engine._session.view.mailbox

    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(mailbox, "read", fail)
    answer = selected.ask("a FETCH 1 BODY.PEEK[]")
    assert answer.startswith(b"a NO [SERVERBUG] Internal error in IMAP command FETCH")
    assert b"secret detail" not in answer
    assert caplog.records[0].exc_info is not None
    reason = [entry.reason for entry in selected.recorder.entries if entry.reason][-1]
    assert reason is reasons.SERVER_BUG
    assert selected.ask("b NOOP") == b"b OK NOOP completed.\r\n"


def test_a_full_disk_in_the_middle_of_an_append(
    selected: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    delivery = selected.office.store.delivery()
    monkeypatch.setattr(type(delivery), "write", fail)
    answer = selected.ask(b"a APPEND INBOX {3+}\r\nabc")
    assert answer == (
        b"a NO [UNAVAILABLE] The server could not read or write its files: "
        b"No space left on device.\r\n"
    )
    assert selected.ask("b NOOP") == b"b OK NOOP completed.\r\n"
    assert len(caplog.records) == 1


def test_a_command_may_be_as_large_as_the_limit_and_no_larger(small_office: Any) -> None:
    client = small_office.client()
    client.select()
    fits = b"a SEARCH " + b"OR ALL " * 144 + b"ALL"
    assert len(fits) < 1024
    assert b"a OK" in client.ask(fits)
    answer = client.ask(b"b SEARCH " + b"OR ALL " * 200 + b"ALL")
    assert answer == b"b BAD [TOOBIG] Error in IMAP command SEARCH: larger than 1024 octets.\r\n"
    answer = client.ask(b"c SEARCH SUBJECT {1020}")
    assert answer == b"c BAD [TOOBIG] Error in IMAP command SEARCH: larger than 1024 octets.\r\n"
    answer = client.ask(b"d SEARCH SUBJECT {1020+}\r\n" + b"z NOOP\r\n" * 127 + b"x NO")
    assert answer == b"d BAD [TOOBIG] Error in IMAP command SEARCH: larger than 1024 octets.\r\n"
    assert client.ask(b"e NOOP") == b"e OK NOOP completed.\r\n"


def test_messages_are_limited_by_themselves(small_office: Any) -> None:
    client = small_office.client()
    client.login()
    assert b"a OK" in client.ask(b"a APPEND INBOX {4096+}\r\n" + b"x" * 4096)
    assert b"b NO [TOOBIG]" in client.ask(b"b APPEND INBOX {4097+}\r\n" + b"x" * 4097)
    assert client.ask(b"c NOOP") == b"c OK NOOP completed.\r\n"


def test_nul_in_a_message_is_refused_and_swallowed(small_office: Any) -> None:
    client = small_office.client()
    client.login()
    answer = client.ask(b"a APPEND INBOX {8+}\r\nab\0NOOP\r")
    assert answer.startswith(b"a BAD Error in IMAP command APPEND: NUL octets")
    assert b"MESSAGES 0" in client.ask("b STATUS INBOX (MESSAGES)")
    assert b"BAD" in client.ask(b"c SEL\0ECT INBOX")
    assert b"BAD" in client.ask(b"d SELECT {3+}\r\na\0b")
    assert client.ask(b"e NOOP") == b"e OK NOOP completed.\r\n"


def test_a_large_message_is_neither_gathered_nor_sent_in_one_piece(office: Any) -> None:
    client = office.client()
    client.login()
    size, piece = 8_000_000, b"line of text\r\n" * 1000
    client.send(b"a APPEND INBOX {%d}\r\n" % size)
    assert client.hear() == b"+ OK\r\n"
    tracemalloc.start()
    left = size
    while left:
        client.send(piece[:left])
        left -= len(piece[:left])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000
    assert b"a OK [APPENDUID" in client.ask(b"")
    client.select()
    effects = list(client.engine.received(b"b FETCH 1 (BODY.PEEK[] UID)\r\n"))
    shown = [effect for effect in effects if isinstance(effect, Shown)]
    assert max(len(effect.octets) for effect in shown) == 65536
    assert shown[0].text == b"* 1 FETCH (BODY[] {%d} UID 1)" % size
    whole = b"".join(effect.octets for effect in shown)
    start = whole.index(b"\r\n") + 2
    assert whole[start : start + size] == (piece * 600)[:size]

    del effects, shown, whole
    tracemalloc.start()
    sent = 0
    for effect in client.engine.received(b"c FETCH 1 (BODY.PEEK[] UID)\r\n"):
        sent += len(effect.octets if isinstance(effect, Shown) else effect)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size < sent and peak < size + 1_000_000, "the message, and no copy of it"


def test_small_responses_go_out_together(office: Any) -> None:
    for number in range(300):
        office.deliver(b"Subject: %d\r\n\r\ntext\r\n" % number)
    client = office.client()
    client.select()
    effects = list(filter(None, client.engine.received(b"a FETCH 1:* (FLAGS UID ENVELOPE)\r\n")))
    assert len(effects) < 8
    effects = list(filter(None, client.engine.received(b"b FETCH 1:* (BODY.PEEK[])\r\n")))
    assert len(effects) < 4
    assert isinstance(effects[0], Shown)
    assert effects[0].text.count(b"\r\n") + 1 == 300


def test_a_fetch_that_nobody_reads_stops(office: Any) -> None:
    """The host may close a generator half-way; the session then only has to be let go."""
    for number in range(50):
        office.deliver(b"Subject: %d\r\n\r\n" % number + b"x" * 10_000)
    client = office.client()
    client.select()
    effects = iter(client.engine.received(b"a FETCH 1:* BODY[]\r\n"))
    next(effects)
    effects.close()  # type: ignore[attr-defined]
    client.engine.closed()
    seen = [
        m for m in office.store.home("tom@fakemail.test").mailbox("INBOX").messages() if m.flags
    ]
    assert 1 <= len(seen) < 10


def test_idle_limits(office: Any) -> None:
    client = office.client()
    assert client.engine.idle_limit == 180
    client.login()
    assert client.engine.idle_limit == 1800


def test_wake_is_called_only_while_idling(selected: Any) -> None:
    selected.office.deliver(b"Subject: x\r\n\r\n")
    assert not selected.awake
    assert selected.hear() == b""
    assert selected.ask("a IDLE") == b"+ idling\r\n* 4 EXISTS\r\n* 4 RECENT\r\n"
    selected.office.deliver(b"Subject: y\r\n\r\n")
    assert selected.hear() == b"* 5 EXISTS\r\n* 5 RECENT\r\n"
    assert list(selected.engine.woken()) == []


def test_closing_lets_go_of_everything(office: Any) -> None:
    client = office.client()
    client.select()
    mailbox = client.engine._session.view.mailbox
    client.send(b"a APPEND INBOX {300000}\r\n" + b"x" * 299_999)
    assert mailbox._listeners
    client.engine.closed()
    client.engine.closed()
    assert not mailbox._listeners
    spooled = [
        path
        for path in office.store.root.rglob("*")
        if path.is_file() and path.stat().st_size > 999
    ]
    assert spooled == []
    assert list(client.engine.received(b"b NOOP\r\n")) == []


def test_nothing_is_said_after_logout(office: Any) -> None:
    client = office.client()
    effects = list(client.engine.received(b"a LOGOUT\r\nb NOOP\r\n"))
    assert effects[-1] == Close()
    assert b"b OK" not in b"".join(each for each in effects if isinstance(each, bytes))


def test_starttls_is_refused_without_a_certificate(office: Any) -> None:
    office.can_tls = False
    client = office.client()
    assert b"STARTTLS" not in client.hear()
    assert client.ask("a STARTTLS") == (
        b"a BAD Error in IMAP command STARTTLS: TLS is not available.\r\n"
    )


def test_states_are_what_rfc_3501_says() -> None:
    assert {row.name for row in ROWS if row.states is State.ANY} == {
        "CAPABILITY",
        "ID",
        "LOGOUT",
        "NOOP",
    }
    assert {row.name for row in ROWS if row.states is State.NOT_AUTHENTICATED} == {
        "AUTHENTICATE",
        "LOGIN",
        "STARTTLS",
    }


@pytest.mark.parametrize("count", [9, 10])
def test_before_the_login_patience_is_shorter(office: Any, count: int) -> None:
    client = office.client()
    client.hear()
    client.send(b"x FROB\r\n" * count)
    assert client.open is (count < 10)
    assert client.hear().count(b"x BAD") == count


def test_logins_that_are_not_utf8_are_only_wrong(office: Any) -> None:
    client = office.client()
    for number in range(5):
        client.hear()
        client.send(b"a LOGIN {3+}\r\n\xff\xfe\x80 {2+}\r\n\xff\xfe\r\n")
        assert client.hear().startswith(b"a NO ["), number
    client.send(b"b LOGIN tom {2+}\r\n\xff\xfe\r\n")
    assert client.hear().startswith((b"b OK", b"b NO"))


def test_a_select_that_fails_selects_nothing(
    selected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = selected.engine._session.view.mailbox
    with monkeypatch.context() as patch:
        patch.setattr(type(mailbox), "uid_next", property(lambda self: 1 / 0))
        assert b"a NO [SERVERBUG]" in selected.ask("a SELECT INBOX")
    assert not mailbox._listeners
    assert b"No mailbox is selected" in selected.ask("b FETCH 1 FLAGS")


def test_keywords_have_their_limit(selected: Any) -> None:
    for number in range(26):
        assert b"a OK" in selected.ask(f"a STORE 1 +FLAGS (word{number})")
    assert selected.ask("b STORE 1 +FLAGS (one-more)").startswith(b"b NO [LIMIT] ")
    assert selected.ask("c NOOP") == b"c OK NOOP completed.\r\n"


def test_what_other_programs_do_to_the_files_is_told(selected: Any) -> None:
    """A message dropped into the folder, one removed: after the host's poll."""
    store = selected.office.store
    folder = store.path("tom@fakemail.test")
    (folder / "new" / "1700000001.M1P1.elsewhere").write_bytes(b"Subject: other\n\nhello\n")
    next(path for path in (folder / "cur").iterdir()).unlink()
    store.poll()
    answer = selected.ask("a NOOP")
    assert b" EXPUNGE\r\n" in answer
    assert b"* 3 EXISTS\r\n" in answer
    answer = selected.ask("b FETCH 3 (RFC822.SIZE BODY.PEEK[])")
    assert b"RFC822.SIZE 25 BODY[] {25}\r\nSubject: other\r\n\r\nhello\r\n)" in answer


def test_a_literal_beyond_all_counting_ends_the_session(office: Any) -> None:
    client = office.client()
    assert b"a BAD [TOOBIG]" in client.ask("a LOGIN {4294967296}")
    assert b"b BAD" in client.ask("b NOOP {4294967296}")
    assert client.ask("c LOGIN {4294967296+}").startswith(b"* BYE [TOOBIG]")
    assert not client.open


def test_a_message_that_cannot_be_marked_can_be_read(
    office: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office.deliver(b"Subject: x\r\n\r\ntext\r\n")
    client = office.client()
    client.select()

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "rename", fail)
    assert client.ask("a FETCH 1 (FLAGS BODY[TEXT])") == (
        b"* 1 FETCH (FLAGS (\\Recent) BODY[TEXT] {6}\r\ntext\r\n)\r\na OK FETCH completed.\r\n"
    )
    assert "stays unseen" in caplog.text
    assert client.ask("b STORE 1 +FLAGS (\\Seen)").startswith(b"b NO [UNAVAILABLE]")
