"""Long work lets others have their turn, and large messages cost bounded memory."""

from __future__ import annotations

import os
from typing import Any

import pytest


def test_a_long_search_lets_others_have_their_turn(office: Any) -> None:
    for number in range(250):
        office.deliver(b"Subject: %d\r\n\r\ntext\r\n" % number)
    client = office.client()
    client.select()
    effects = list(client.engine.received(b"a SEARCH SUBJECT 249\r\n"))
    assert effects[:-2] == [b""] * (250 // 19)  # 1000 looks at a flag; reading a head counts for 51
    assert effects[-2] == b"* SEARCH 250\r\n"


@pytest.mark.parametrize(
    ("command", "pauses"),
    [
        ("SORT (SIZE) UTF-8 ALL", 8),
        ("UID SORT (SUBJECT REVERSE DATE) UTF-8 ALL", 20),
        ("THREAD ORDEREDSUBJECT UTF-8 ALL", 20),
        ("THREAD REFERENCES UTF-8 ALL", 30),
    ],
)
def test_sorting_in_turns_does_the_same(
    office: Any, monkeypatch: pytest.MonkeyPatch, command: str, pauses: int
) -> None:
    for number in range(60):
        office.deliver(
            b"Subject: %d\r\nDate: %d Jan 2020 10:00:00 +0000\r\nMessage-ID: <%d@x>\r\n"
            b"References: <%d@x> <gone@x>\r\n\r\n%b\r\n"
            % (number % 7, number % 11 + 1, number, number // 3, b"x" * (number % 5))
        )
    client = office.client()
    client.select()
    at_once = client.ask(f"a {command}")
    for module, name in (
        ("sort.order", "RUN"),
        ("sort.order", "HEADS"),
        ("thread.references", "RUN"),
        ("thread.ordered_subject", "RUN"),
        ("thread.node", "TURN"),
        ("thread.ancestry", "STEPS"),
        ("search.find", "TURN"),
    ):
        monkeypatch.setattr(f"fakemail.imap.{module}.{name}", 7)
    effects = list(client.engine.received(f"a {command}\r\n".encode()))
    assert b"".join(effects) == at_once
    assert effects.count(b"") >= pauses


@pytest.mark.parametrize(
    "module", ["commands.store", "commands.expunge", "commands.listing", "view"]
)
@pytest.mark.parametrize("turn", [1, 2, 1000])
def test_work_in_turns_does_the_same(
    office: Any, monkeypatch: pytest.MonkeyPatch, module: str, turn: int
) -> None:
    monkeypatch.setattr(f"fakemail.imap.{module}.TURN", turn)
    monkeypatch.setattr("fakemail.store.transfer.TURN", turn)
    for number in range(4):
        office.deliver(b"Subject: %d\r\n\r\ntext\r\n" % number)
    client = office.client()
    client.login()
    assert b"* 4 RECENT" in client.ask("s SELECT INBOX")
    assert b"* 4 FETCH (FLAGS (\\Deleted \\Recent))\r\na OK" in client.ask(
        "a STORE 1,2,4 +FLAGS \\Deleted"
    )
    assert client.ask("b COPY 1:4 Archive").endswith(b" 1:4 1:4] COPY completed.\r\n")
    assert client.ask("c EXPUNGE") == (
        b"* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 2 EXPUNGE\r\nc OK EXPUNGE completed.\r\n"
    )
    assert client.ask('d LIST "" "*i*"').count(b"\r\n") == 2
    assert client.ask("e STATUS Archive (MESSAGES UNSEEN)").startswith(
        b"* STATUS Archive (MESSAGES 4 UNSEEN 4)\r\n"
    )


def test_a_copy_that_is_cut_off_leaves_nothing(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakemail.store.transfer.TURN", 1)
    for _ in range(3):
        office.deliver(b"\r\ntext\r\n")
    client = office.client()
    client.select()
    effects = iter(client.engine.received(b"a COPY 1:3 Archive\r\n"))
    assert [next(effects), next(effects)] == [b"", b""]
    archive = office.store.home("tom@fakemail.test").mailbox("Archive")
    assert not archive.messages()
    effects.close()
    client.engine.closed()
    assert not archive.messages()
    assert not any(os.listdir(f"{archive.folder.path}/{sub}") for sub in ("tmp", "new", "cur"))


def test_a_large_message_in_pieces_is_read_once(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = b"Subject: large\r\n\r\n" + b"0123456789\r\n" * 30_000
    office.deliver(message)
    office.deliver(message[:100])
    client = office.client()
    client.select()
    mailbox = client.engine._session.view.mailbox
    reads = []
    read = type(mailbox).read
    monkeypatch.setattr(
        type(mailbox), "read", lambda self, uid: reads.append(uid) or read(self, uid)
    )
    found = b""
    while len(found) < len(message):
        answer = client.ask(f"a FETCH 1 BODY.PEEK[]<{len(found)}.50000>")
        size = int(answer[answer.index(b"{") + 1 : answer.index(b"}")])
        start = answer.index(b"\r\n") + 2
        found += answer[start : start + size]
    assert found == message
    assert reads == [1]
    assert client.engine._session.view.held is None
    client.ask("b FETCH 1 (BODY.PEEK[1]<0.10>)")
    client.ask("c FETCH 1:2 (BODY.PEEK[TEXT]<5.10>)")
    assert b"{10}\r\n6789\r\n0123" in client.ask("d FETCH 1 (BODY.PEEK[1]<6.10>)")
    assert reads == [1, 1, 2, 1]


def test_few_sessions_hold_large_messages(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fakemail.imap.items.HOLDERS", 1)
    office.deliver(b"Subject: large\r\n\r\n" + b"0123456789\r\n" * 10_000)
    views = []
    for number in "12":
        client = office.client(number)
        client.select()
        views.append(client.engine._session.view)
    for client in (office.client("1"), office.client("2")):
        for piece in (10, 20):
            answer = client.ask(f"a FETCH 1 BODY.PEEK[TEXT]<{piece}.4>")
            assert b"{4}\r\n" in answer
    assert [view.held is None for view in views] == [True, False]
    office.client("1").ask("b FETCH 1 BODY.PEEK[TEXT]<0.4>")
    assert [view.held is None for view in views] == [False, True]


def test_large_structures_are_not_kept(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    office.deliver(b"Subject: kept\r\n\r\ntext\r\n")
    client = office.client()
    client.select()
    mailbox = client.engine._session.view.mailbox
    read = type(mailbox).read
    monkeypatch.setattr(
        type(mailbox), "read", lambda self, uid: reads.append(uid) or read(self, uid)
    )
    for limit, wanted in ((20, [1, 1]), (4096, [1])):
        monkeypatch.setattr("fakemail.imap.items.LARGEST_KEPT", limit)
        reads.clear()
        client.ask("a FETCH 1 BODYSTRUCTURE")
        client.ask("b FETCH 1 BODYSTRUCTURE")
        assert reads == wanted
