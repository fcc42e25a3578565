"""The live view shows sessions as they go on and never disturbs them."""

import io

from fakemail.transcript.live import LiveView
from fakemail.transcript.sessions import Sessions


def test_sessions_take_turns_under_their_headings(clock, peer):
    stream, sessions = io.StringIO(), Sessions()
    sessions.subscribe(LiveView(stream, times=False))
    one, two = sessions.open("smtp", peer, clock), sessions.open("imap", peer, clock)
    one.client(b"EHLO a")
    one.server(b"250 b")
    two.client(b"x NOOP")
    one.client(b"QUIT")
    one.close("gone")
    two.client(b"y NOOP")
    assert stream.getvalue() == (
        "smtp  session 1  127.0.0.1:51324  port 587  dialect generic\n"
        "  C: EHLO a\n"
        "  S: 250 b\n"
        "imap  session 2  127.0.0.1:51324  port 587  dialect generic\n"
        "  C: x NOOP\n"
        "smtp  session 1  ...\n"
        "  C: QUIT\n"
        "  *  gone\n"
        "imap  session 2  ...\n"
        "  C: y NOOP\n"
    )


def test_a_broken_stream_is_left_alone(clock, peer):
    class Pipe(io.StringIO):
        tries = 0

        def write(self, text):
            self.tries += 1
            raise BrokenPipeError

    stream, sessions = Pipe(), Sessions()
    sessions.subscribe(LiveView(stream))
    recorder = sessions.open("smtp", peer, clock)
    recorder.client(b"one")
    recorder.client(b"two")
    recorder.close("gone")
    assert stream.tries == 1
    assert len(recorder.entries) == 3
