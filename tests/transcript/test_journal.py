"""What the journal writes is read back; what a crash leaves is survived."""

import json
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.clock import ManualClock
from fakemail.reasons import catalogue
from fakemail.transcript import journal as journal_module
from fakemail.transcript.journal import FILE_NAME, Journal
from fakemail.transcript.read import LOST, Reader, read
from fakemail.transcript.recorder import HEAD, TAIL
from fakemail.transcript.sessions import Sessions
from fakemail.transcript.text import render
from fakemail.wire.engine import Peer, TlsFacts

FACTS = (
    "number",
    "protocol",
    "peer",
    "dialect",
    "began",
    "ended",
    "how",
    "tls",
    "login",
    "refusals",
)
PEER = Peer("::1", 51324, "::1", 993, "imaps")


@pytest.fixture
def path(tmp_path):
    return tmp_path / FILE_NAME


@pytest.fixture(autouse=True)
def known_reason(monkeypatch, auth_required):
    monkeypatch.setattr("fakemail.transcript.read.find", {auth_required.slug: auth_required}.get)


def test_a_session_read_back_renders_the_same(path, clock, auth_required):
    sessions = Sessions(Journal(path))
    recorder = sessions.open("imap", PEER, clock, "qq")
    recorder.secured(TlsFacts("TLSv1.3", "X", "localhost"))
    recorder.client(b"a LOGIN x ********")
    clock.advance(0.25)
    recorder.refused(auth_required, {"detail": "d"})
    recorder.server(b"a NO \xff\x00 \xc3\xa4\r\n")
    recorder.logged_in("x@y.test", "PLAIN")
    recorder.close("the client closed the connection")
    sessions.close()
    (found,) = read(path.parent)
    assert render(found) == render(recorder)
    assert {name: getattr(recorder, name) for name in FACTS} == {
        name: getattr(found, name) for name in FACTS
    }
    assert found.entries == recorder.entries


@given(
    st.lists(
        st.tuples(st.sampled_from("CS"), st.binary(max_size=80) | st.text(max_size=20)), max_size=8
    )
)
def test_any_octets_come_back(tmp_path_factory, said):
    folder = tmp_path_factory.mktemp("journal")
    sessions = Sessions(Journal(folder / FILE_NAME))
    recorder = sessions.open("smtp", PEER, ManualClock())
    for kind, octets in said:
        octets = octets.encode("utf-8", "surrogatepass") if isinstance(octets, str) else octets
        (recorder.client if kind == "C" else recorder.server)(octets)
    sessions.close()
    assert read(folder)[0].entries == recorder.entries


def test_a_flush_without_news_writes_nothing(path, clock):
    sessions = Sessions(Journal(path))
    sessions.flush()
    assert path.stat().st_size == 0
    sessions.open("smtp", PEER, clock)
    sessions.flush()
    size = path.stat().st_size
    assert size
    sessions.flush()
    assert path.stat().st_size == size


def test_only_the_owner_may_read_it(path):
    Journal(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_numbers_go_on_after_a_restart(path, clock):
    first = Sessions(Journal(path))
    talker, other = first.open("smtp", PEER, clock), first.open("smtp", PEER, clock)
    other.close("gone")
    first.flush()
    for _ in range(3):
        talker.client(b'{"next":99}\n{"next":99}')
        first.flush()
    assert Sessions(Journal(path)).open("smtp", PEER, clock).number == 3


def test_the_last_number_is_found_however_far_back(path, clock, monkeypatch):
    monkeypatch.setattr(journal_module, "_CHUNK", 64)
    for number in range(1, 5):
        sessions = Sessions(Journal(path))
        recorder = sessions.open("smtp", PEER, clock)
        assert recorder.number == number
        for n in range(5):
            recorder.client(b"x" * (37 * n))
        sessions.flush()


@pytest.mark.parametrize("chunk", range(1, 40))
def test_a_mark_on_the_border_of_two_chunks_is_seen(path, monkeypatch, chunk):
    monkeypatch.setattr(journal_module, "_CHUNK", chunk)
    path.write_bytes(b'{"next":12}\n{"next":345,"started":true}\n{"n":1,"t":1,"k":"C","o":"x"}\n')
    if chunk >= 33:
        assert Journal(path).next_number == 345
    path.write_bytes(b'{"next":345}\n{"n":1,"t":1,"k":"C","o":"x"}\n')
    assert Journal(path).next_number == 345


def test_a_kill_at_any_octet_of_a_batch_loses_only_that_batch(path, clock):
    sessions = Sessions(Journal(path))
    recorder = sessions.open("smtp", PEER, clock)
    recorder.client(b"one")
    sessions.flush()
    safe = path.stat().st_size
    recorder.client(b"two")
    sessions.open("smtp", PEER, clock).client(b"three")
    sessions.flush()
    whole = path.read_bytes()
    for cut in range(safe, len(whole) + 1):
        path.write_bytes(whole[:cut])
        after = Sessions(Journal(path))
        again = after.open("pop3", PEER, clock)
        again.client(b"four")
        after.close()
        found = read(path.parent)
        assert found[0].entries[0].octets == b"one"
        assert found[0].how == LOST
        assert [s.number for s in found] == sorted({s.number for s in found})
        assert found[-1].number == again.number
        assert (found[-1].protocol, found[-1].entries[-1].octets) == ("pop3", b"four")
        assert found[-1].ended is None


def test_rotation_keeps_running_sessions_whole(path, clock):
    sessions = Sessions(Journal(path, rotate_at=2000))
    long_one = sessions.open("imap", PEER, clock)
    long_one.logged_in("a@b.test", "PLAIN")
    for n in range(60):
        long_one.client(b"%d" % n)
        sessions.flush()
    assert path.with_name(FILE_NAME + ".1").exists()
    assert path.stat().st_size < 3000
    (found,) = read(path.parent)
    assert (found.protocol, found.login, found.peer) == ("imap", "a@b.test", PEER)
    assert found.entries[-1].octets == b"59"
    assert Sessions(Journal(path)).open("smtp", PEER, clock).number == 2
    path.unlink()
    assert Sessions(Journal(path)).open("smtp", PEER, clock).number == 2


def test_foreign_and_broken_lines_are_skipped(path):
    path.write_bytes(
        b"\n[]\nnull\n{\xff}\n"
        + json.dumps({"n": 5, "k": "C", "o": "hi", "new": 1}).encode()
        + b"\n"
        b'{"n":"x","k":"C"}\n{"n":5,"k":"Q"}\n{"n":5,"t":2,"k":"!","reason":"from.the-future"}\n{"n":5'
    )
    (found,) = read(path.parent)
    assert [e.octets for e in found.entries] == [b"hi", b""]
    assert found.entries[1].reason.slug == "from.the-future"


def test_no_journal_is_no_sessions(tmp_path):
    assert read(tmp_path) == []


def test_a_record_has_the_recorders_bounds():
    reader = Reader()
    for n in range(HEAD + TAIL + 3):
        assert list(reader.feed(b'{"n":1,"t":1,"k":"C","o":"%d"}\n' % n))
    assert reader.sessions[1].left_out == 3
    assert len(reader.sessions[1].entries) == HEAD + TAIL


def test_a_full_disk_costs_transcripts_not_sessions(path, clock, monkeypatch, caplog):
    sessions = Sessions(Journal(path))
    recorder = sessions.open("smtp", PEER, clock)
    sessions.flush()
    recorder.client(b"lost")
    real = os.write

    def full(fd, octets):
        monkeypatch.setattr(journal_module.os, "write", no_space)
        return real(fd, bytes(octets)[:10])

    def no_space(fd, octets):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal_module.os, "write", full)
    sessions.flush()
    monkeypatch.setattr(journal_module.os, "write", real)
    assert "No space left" in caplog.text
    recorder.client(b"kept")
    sessions.open("smtp", PEER, clock)
    sessions.close()
    assert [e.octets for e in read(path.parent)[0].entries] == [b"kept"]
    assert Journal(path).next_number == 3


def test_reasons_come_from_the_catalogue(path, clock, monkeypatch):
    monkeypatch.setattr("fakemail.transcript.read.find", catalogue.find)
    reason = next(iter(catalogue.catalogue().values()))
    sessions = Sessions(Journal(path))
    sessions.open("smtp", PEER, clock).refused(reason)
    sessions.close()
    assert read(path.parent)[0].entries[0].reason is reason
