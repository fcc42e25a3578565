"""The registry numbers sessions, keeps some, and forgets the oldest."""

from fakemail.transcript.sessions import PROBES_KEPT, Sessions


def test_numbers_count_up_and_sessions_are_found(clock, peer):
    sessions = Sessions()
    first, second = sessions.open("smtp", peer, clock), sessions.open("imap", peer, clock, "qq")
    assert (first.number, second.number) == (1, 2)
    assert second.dialect == "qq"
    first.client(b"QUIT")
    first.close("gone")
    assert sessions.live == [second]
    assert list(sessions) == [first, second]
    assert sessions.get(1) is first
    assert sessions.get(3) is None


def test_only_the_last_that_ended_are_kept_and_live_ones_always(clock, peer):
    sessions = Sessions(keep=2)
    opened = [sessions.open("smtp", peer, clock) for _ in range(5)]
    for recorder in opened[1:]:
        recorder.client(b"QUIT")
        recorder.close("gone")
    assert [r.number for r in sessions] == [1, 4, 5]


def test_kept_sessions_are_bounded_in_octets(clock, peer):
    sessions = Sessions(keep_octets=10_000)
    for _ in range(20):
        recorder = sessions.open("smtp", peer, clock)
        recorder.client(b"x" * 3000)
        recorder.close("gone")
    assert [r.number for r in sessions] == [18, 19, 20]


def test_subscribers_hear_sessions_that_were_open_before_them(clock, peer):
    sessions, heard = Sessions(), []
    recorder = sessions.open("smtp", peer, clock)
    recorder.client(b"unheard")
    stop = sessions.subscribe(lambda r, e: heard.append((r.number, e and e.octets)))
    recorder.client(b"heard")
    stop()
    stop()
    recorder.client(b"unheard")
    assert heard == [(1, b"heard")]


def test_without_a_journal_nothing_piles_up(clock, peer):
    sessions = Sessions()
    sessions.open("smtp", peer, clock).client(b"x")
    sessions.flush()
    sessions.close()
    assert sessions.get(1) is not None


def test_probes_of_a_port_crowd_out_nothing(clock, peer, auth_required):
    sessions = Sessions(keep=2)
    spoken, refused = sessions.open("smtp", peer, clock), sessions.open("smtp", peer, clock)
    spoken.client(b"QUIT")
    refused.refused(auth_required)
    spoken.close("gone")
    refused.close("gone")
    for _ in range(PROBES_KEPT + 10):
        probe = sessions.open("smtp", peer, clock)
        probe.server(b"220 hello")
        probe.close("gone")
    assert [r.number for r in sessions] == [1, 2, *range(13, PROBES_KEPT + 13)]
