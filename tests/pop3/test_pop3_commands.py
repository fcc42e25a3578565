"""The commands of the TRANSACTION state, CAPA and STLS, with everything they refuse."""

from __future__ import annotations

import pytest

from fakemail.pop3.command import AUTHORIZATION, TRANSACTION
from fakemail.pop3.commands import ROWS, TABLE
from fakemail.pop3.state import TRANSITIONS, Event, State
from fakemail.wire.effects import Shown

MESSAGES = [
    b"Subject: one\r\n\r\nfirst\r\nsecond\r\nthird\r\n",
    b"Subject: two\r\n\r\n.\r\n.dot\r\n..\r\n",
    b"Subject: no line end\r\n\r\nlast line",
]


@pytest.fixture
def host(place):
    """A session that has logged in, with three messages."""
    place.deliver(*MESSAGES)
    host = place.session()
    assert b"3 messages" in host.log_in()
    host.effects.clear()
    return host


def test_list_and_stat_leave_deleted_messages_out(host):
    sizes = [len(message) for message in MESSAGES]
    assert host.say(b"STAT") == b"+OK 3 %d\r\n" % sum(sizes)
    assert host.say(b"LIST 2") == b"+OK 2 %d\r\n" % sizes[1]
    host.say(b"DELE 2")
    assert host.say(b"STAT") == b"+OK 2 %d\r\n" % (sizes[0] + sizes[2])
    assert host.say(b"LIST").split(b"\r\n")[1:] == [
        b"1 %d" % sizes[0], b"3 %d" % sizes[2], b".", b"",
    ]  # fmt: skip
    assert host.say(b"LIST 2") == b"-ERR Message 2 is marked as deleted\r\n"
    assert host.say(b"UIDL 2") == b"-ERR Message 2 is marked as deleted\r\n"
    assert len(host.say(b"UIDL").split(b"\r\n")) == 5
    assert host.say(b"RSET") == b"+OK maildrop has 3 messages (%d octets)\r\n" % sum(sizes)
    assert host.say(b"STAT") == b"+OK 3 %d\r\n" % sum(sizes)


def test_an_empty_maildrop(place):
    host = place.session()
    host.log_in()
    assert host.say(b"STAT") == b"+OK 0 0\r\n"
    assert host.say(b"LIST") == b"+OK maildrop has 0 messages (0 octets)\r\n.\r\n"
    assert host.say(b"UIDL") == b"+OK unique-ids follow\r\n.\r\n"
    assert host.say(b"LIST 1") == b"-ERR No such message, this maildrop has 0\r\n"
    assert host.say(b"QUIT") == b"+OK bye (maildrop empty)\r\n"


@pytest.mark.parametrize("name", [b"LIST", b"UIDL", b"RETR", b"DELE", b"TOP"])
@pytest.mark.parametrize("number", [b"0", b"4", b"99999999999999999999999999"])
def test_no_such_message(host, name, number):
    lines = b" 1" if name == b"TOP" else b""
    answer = host.say(b"%s %s%s" % (name, number, lines))
    assert answer == b"-ERR No such message, this maildrop has 3\r\n"


def test_retr_stuffs_dots_and_ends_on_a_line_of_its_own(host):
    assert host.say(b"RETR 2") == (
        b"+OK %d octets\r\nSubject: two\r\n\r\n..\r\n..dot\r\n...\r\n.\r\n" % len(MESSAGES[1])
    )
    assert host.say(b"RETR 3") == b"+OK 33 octets\r\n" + MESSAGES[2] + b"\r\n.\r\n"


def test_an_empty_message(place):
    place.deliver(b"")
    host = place.session()
    host.log_in()
    assert host.say(b"RETR 1") == b"+OK 0 octets\r\n.\r\n"
    assert host.say(b"TOP 1 3") == b"+OK top of message follows\r\n.\r\n"
    assert host.say(b"LIST 1") == b"+OK 1 0\r\n"


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (b"0", b""),
        (b"1", b"first\r\n"),
        (b"2", b"first\r\nsecond\r\n"),
        (b"3", b"first\r\nsecond\r\nthird\r\n"),
        (b"4", b"first\r\nsecond\r\nthird\r\n"),
        (b"9" * 200, b"first\r\nsecond\r\nthird\r\n"),
    ],
)
def test_top(host, lines, body):
    answer = host.say(b"TOP 1 " + lines)
    assert answer == b"+OK top of message follows\r\nSubject: one\r\n\r\n" + body + b".\r\n"


def test_top_of_odd_messages(place):
    place.deliver(b"Header: only\r\n", b"\r\nno header\r\n", b"Header: cut", b"\r\n.\r\n\r\n..\r\n")
    host = place.session()
    host.log_in()
    answers = [host.say(b"TOP %d 1" % number) for number in (1, 2, 3, 4)]
    ok = b"+OK top of message follows\r\n"
    assert answers == [
        ok + b"Header: only\r\n.\r\n",
        ok + b"\r\nno header\r\n.\r\n",
        ok + b"Header: cut\r\n.\r\n",
        ok + b"\r\n..\r\n.\r\n",
    ]
    assert host.say(b"TOP 2 0") == ok + b"\r\n.\r\n"


def test_top_of_a_long_header(place):
    header = b"".join(b"X-%d: %s\r\n" % (n, b"h" * 900) for n in range(300))
    place.deliver(header + b"\r\nbody\r\nmore\r\n")
    host = place.session()
    host.log_in()
    assert host.say(b"TOP 1 0") == b"+OK top of message follows\r\n" + header + b"\r\n.\r\n"
    assert host.say(b"TOP 1 1").endswith(b"\r\n\r\nbody\r\n.\r\n")


def test_unique_ids_are_legal_and_stay(place, host):
    ids = dict(line.split(b" ") for line in host.say(b"UIDL").split(b"\r\n")[1:-2])
    assert len(set(ids.values())) == 3
    for number, unique_id in ids.items():
        assert 1 <= len(unique_id) <= 70
        assert all(0x21 <= octet <= 0x7E for octet in unique_id)
        assert host.say(b"UIDL " + number) == b"+OK %s %s\r\n" % (number, unique_id)
    host.say(b"DELE 1", b"QUIT")
    place.deliver(b"new\r\n")
    inbox = place.store.home("antladdie@fakemail.test").mailbox("INBOX")
    inbox.change_flags([message.uid for message in inbox.messages()], "add", ["\\Seen"])
    later = place.session()
    later.log_in()
    again = [line.split(b" ")[1] for line in later.say(b"UIDL").split(b"\r\n")[1:-2]]
    assert again[:2] == [ids[b"2"], ids[b"3"]]
    assert again[2] not in ids.values()


def test_a_big_message_goes_out_in_pieces_and_the_transcript_stays_small(place):
    body = b"".join(b".%077d\r\n" % n for n in range(20_000))
    place.deliver(body)
    host = place.session()
    host.log_in()
    host.effects.clear()
    answer = host.say(b"RETR 1")
    assert (
        answer
        == b"+OK %d octets\r\n" % len(body) + b"." + body.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    )
    assert len(host.effects) > 20
    assert all(isinstance(e, Shown) and len(e.octets) <= 65536 for e in host.effects)
    assert b"(%d octets)" % len(body) in b"".join(e.text for e in host.effects)
    assert len(b"".join(e.text for e in host.effects)) < 100


def test_a_small_message_is_one_effect(host):
    host.say(b"RETR 1")
    assert len(host.effects) == 1


class TestDeletion:
    def test_quit_deletes_what_is_marked_and_nothing_else(self, place, host):
        host.say(b"DELE 1", b"DELE 3")
        place.deliver(b"new\r\n")
        assert host.say(b"QUIT") == b"+OK bye (1 message left)\r\n"
        assert place.messages() == [MESSAGES[1], b"new\r\n"]

    @pytest.mark.parametrize("how", ["closed", "timed_out", "shutting_down"])
    def test_without_quit_nothing_is_deleted(self, place, host, how):
        host.say(b"DELE 1", b"DELE 2")
        host.send(b"QUIT")  # no line end
        if how == "closed":
            host.drop()
        else:
            host.carry_out(getattr(host.engine, how)())
        assert host.over
        assert len(place.messages()) == 3

    def test_reset_then_quit_deletes_nothing(self, place, host):
        host.say(b"DELE 1", b"RSET", b"QUIT")
        assert len(place.messages()) == 3

    def test_twice_is_refused(self, host):
        host.say(b"DELE 1")
        assert host.say(b"DELE 1") == b"-ERR Message 1 is marked as deleted\r\n"
        assert host.say(b"RETR 1") == b"-ERR Message 1 is marked as deleted\r\n"
        assert host.say(b"TOP 1 0") == b"-ERR Message 1 is marked as deleted\r\n"

    def test_a_message_that_somebody_else_removed(self, place, host):
        inbox = place.store.home("antladdie@fakemail.test").mailbox("INBOX")
        inbox.expunge([inbox.messages()[0].uid])
        gone = b"-ERR Message 1 has been removed by another session\r\n"
        assert host.say(b"RETR 1") == gone
        assert host.say(b"TOP 1 5") == gone
        assert host.say(b"STAT").startswith(b"+OK 3 ")
        assert host.say(b"RETR 2").startswith(b"+OK")
        assert host.say(b"DELE 1", b"DELE 2", b"QUIT").endswith(b"+OK bye (1 message left)\r\n")
        assert place.messages() == [MESSAGES[2]]

    def test_a_file_that_somebody_else_removed(self, place, host):
        folder = place.store.path("antladdie@fakemail.test")
        for file in [*folder.glob("new/*"), *folder.glob("cur/*")]:
            file.unlink()
        assert host.say(b"RETR 1").startswith(b"-ERR Message 1 has been removed")
        assert host.say(b"TOP 2 0").startswith(b"-ERR Message 2 has been removed")
        assert host.say(b"DELE 3", b"QUIT").count(b"+OK") == 2

    def test_when_removing_fails_quit_says_so(self, place, host, monkeypatch):
        from fakemail.store.mailbox import Mailbox

        def fail(mailbox, uids):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Mailbox, "expunge", fail)
        answer = host.say(b"DELE 1", b"QUIT")
        assert answer.endswith(b"-ERR [SYS/TEMP] Some deleted messages not removed\r\n")
        assert host.over
        assert host.refusals() == ["pop3.not-removed"]
        assert len(place.messages()) == 3
        assert place.session().log_in().endswith(b"octets)\r\n")

    def test_a_uid_that_means_another_message_now_is_not_touched(self, place, host):
        folder = place.store.path("antladdie@fakemail.test")
        inbox = place.store.home("antladdie@fakemail.test").mailbox("INBOX")
        first = inbox.messages()[0]
        (found,) = folder.glob(f"*/{first.base}*")
        found.rename(folder / "new" / "0000000001.M1P1.other")
        (folder / "dovecot-uidlist").unlink()
        assert not host.say(b"RETR 1").startswith(b"+OK")
        host.say(b"DELE 1", b"QUIT")
        assert len(place.messages()) == 3


def test_mail_that_arrives_is_not_seen_before_the_next_login(place, host):
    place.deliver(b"new\r\n")
    assert host.say(b"STAT").startswith(b"+OK 3 ")
    assert host.say(b"RETR 4").startswith(b"-ERR No such message")
    host.say(b"QUIT")
    assert b"4 messages" in place.session().log_in()


CAPABILITIES = [b"TOP", b"UIDL", b"USER", b"RESP-CODES", b"AUTH-RESP-CODE", b"PIPELINING"]


def test_capa(place):
    host = place.session()
    lines = host.say(b"CAPA").split(b"\r\n")
    assert lines[0].startswith(b"+OK") and lines[-2:] == [b".", b""]
    for capability in [*CAPABILITIES, b"SASL PLAIN LOGIN", b"EXPIRE NEVER", b"STLS"]:
        assert capability in lines
    assert any(line.startswith(b"IMPLEMENTATION fakemail-") for line in lines)
    host.log_in()
    assert set(lines) - set(host.say(b"CAPA").split(b"\r\n")) == {b"STLS"}
    assert b"STLS" not in place.session(tls=True).say(b"CAPA")
    assert b"STLS" not in place.session(can_tls=False).say(b"CAPA")


class TestStls:
    @pytest.mark.parametrize("slices", [0, 1])
    def test_goes_on_inside_tls_with_nothing_from_before(self, place, slices):
        host = place.session(slices)
        answer = host.send(b"USER antladdie\r\nSTLS\r\nPASS injected\r\n")
        assert answer == b"+OK send PASS\r\n+OK Begin TLS negotiation\r\n"
        assert host.wants_tls
        host.secure()
        assert host.say(b"PASS x") == b"-ERR Send USER first\r\n"
        assert host.say(b"STLS") == b"-ERR Command not permitted when TLS active\r\n"
        assert host.log_in().endswith(b"octets)\r\n")

    def test_not_after_login(self, host):
        assert host.say(b"STLS") == b"-ERR STLS is only valid before login\r\n"

    def test_not_without_a_certificate(self, place):
        assert place.session(can_tls=False).say(b"STLS") == b"-ERR TLS is not available\r\n"

    def test_not_with_arguments(self, place):
        assert place.session().say(b"STLS now") == b"-ERR Syntax: STLS\r\n"


class TestTable:
    ARGUMENTS = {"RETR": b"1", "TOP": b"1 0", "DELE": b"1", "USER": b"x", "PASS": b"x"}

    @pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
    def test_out_of_state(self, place, row):
        line = row.name.encode() + b" " + self.ARGUMENTS.get(row.name, b"")
        if row.states == TRANSACTION:
            answer = place.session().say(line)
            assert answer == b"-ERR %s is only valid after login\r\n" % row.name.encode()
        elif row.states == AUTHORIZATION:
            host = place.session()
            host.log_in()
            answer = host.say(line)
            assert answer == b"-ERR %s is only valid before login\r\n" % row.name.encode()

    @pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
    @pytest.mark.parametrize(
        "arguments", [b"", b" ", b"a b c d", b"-1", b"1 -1", b"+1", "١".encode()]
    )
    def test_wrong_arguments_are_answered_with_the_syntax(self, place, row, arguments):
        host = place.session()
        if row.states == TRANSACTION:
            host.log_in()
        answer = host.say(b"%s %s" % (row.name.encode(), arguments))
        assert answer.startswith((b"+OK", b"-ERR"))
        if b"a b c d" in arguments and row.name not in ("PASS",):
            assert answer == b"-ERR Syntax: %s\r\n" % row.syntax.encode()
        if not arguments.strip() and row.name in self.ARGUMENTS and row.name != "PASS":
            assert answer == b"-ERR Syntax: %s\r\n" % row.syntax.encode()

    @pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
    def test_any_case(self, place, row):
        lower = place.session().say(row.name.lower().encode())
        assert lower == place.session().say(row.name.encode())

    def test_every_row_cites_its_section(self):
        assert all(row.section.startswith("RFC ") and "§" in row.section for row in TABLE)
        assert all(row.syntax.split()[0] == row.name for row in TABLE)
        assert len(ROWS) == len(TABLE)

    def test_nothing_leads_back_to_authorization_and_only_quit_to_update(self):
        assert State.AUTHORIZATION not in TRANSITIONS.values()
        assert [pair for pair, to in TRANSITIONS.items() if to is State.UPDATE] == [
            (State.TRANSACTION, Event.QUIT)
        ]
