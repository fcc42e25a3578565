"""A recorder keeps what was said, bounded, and tells its listeners."""

import time

from fakemail.clock import SystemClock
from fakemail.transcript.recorder import HEAD, LONGEST, TAIL, Ledger, Recorder
from fakemail.wire.engine import TlsFacts


def test_keeps_order_kinds_and_times(clock, peer, auth_required):
    recorder = Recorder(7, "smtp", peer, clock, "generic")
    recorder.client(b"EHLO laptop\r\n")
    clock.advance(1.5)
    recorder.server(b"250-a\r\n250 b\r\n")
    recorder.refused(auth_required, {"detail": "nine", "other": 1})
    assert [(e.at - recorder.began, e.kind, e.octets) for e in recorder.entries] == [
        (0.0, "C", b"EHLO laptop"),
        (1.5, "S", b"250-a\r\n250 b"),
        (1.5, "!", b"nine"),
    ]
    assert recorder.entries[2].reason is auth_required
    assert recorder.refusals == 1


def test_marks_tls_login_and_end(clock, peer):
    recorder = Recorder(1, "imap", peer, clock, "generic")
    tls = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384", "localhost")
    recorder.secured(tls)
    recorder.logged_in("a@b.test", "PLAIN, code laptop")
    clock.advance(3)
    recorder.close("the client closed the connection")
    recorder.close("the server closed the connection")
    assert (recorder.tls, recorder.login) == (tls, "a@b.test")
    assert recorder.ended == recorder.began + 3
    assert recorder.how == "the client closed the connection"
    assert [e.octets for e in recorder.entries] == [
        b"TLS: TLSv1.3 TLS_AES_256_GCM_SHA384, server name localhost",
        b"logged in as a@b.test (PLAIN, code laptop)",
        b"the client closed the connection",
    ]


def test_a_talkative_session_keeps_its_first_and_its_last_entries(clock, peer):
    recorder = Recorder(1, "pop3", peer, clock, "generic")
    for n in range(HEAD + TAIL + 10):
        recorder.client(b"%d" % n)
    kept = [int(e.octets) for e in recorder.entries]
    assert kept == [*range(HEAD), *range(HEAD + 10, HEAD + TAIL + 10)]
    assert recorder.left_out == 10


def test_a_long_line_is_cut_and_says_so(clock, peer):
    recorder = Recorder(1, "pop3", peer, clock, "generic")
    recorder.client(b"x" * LONGEST)
    recorder.client(b"x" * (LONGEST + 7))
    assert recorder.entries[0].octets == b"x" * LONGEST
    assert recorder.entries[1].octets == b"x" * LONGEST + b" ... (7 octets more)"


def test_listeners_hear_entries_and_the_end_and_may_leave_while_called(clock, peer):
    ledger = Ledger()
    heard = []

    def once(recorder, entry):
        heard.append("once")
        ledger.listeners.remove(once)

    ledger.listeners += [once, lambda recorder, entry: heard.append(entry and entry.octets)]
    recorder = Recorder(1, "pop3", peer, clock, "generic", ledger)
    recorder.client(b"NOOP")
    recorder.close("gone")
    assert heard == ["once", b"NOOP", b"gone", None]


def test_recording_is_an_append(peer):
    """Aim: under a microsecond an entry; the bound here only catches formatting or I/O."""
    recorder = Recorder(1, "smtp", peer, SystemClock(), "generic", Ledger(pending=[]))
    fastest = min(_seconds(recorder) for _ in range(10))
    assert fastest / 2000 < 20e-6


def _seconds(recorder):
    began = time.perf_counter()
    for _ in range(2000):
        recorder.client(b"MAIL FROM:<me@fakemail.test>\r\n")
    return time.perf_counter() - began
