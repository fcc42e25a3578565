"""The border, driven by small engines over real sockets, on asyncio's loop and on uvloop's."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from fakemail.reasons import host as host_reasons
from fakemail.transcript.recorder import Recorder


def read_line(client: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = client.recv(1)
        if not part:
            break
        line += part
    return line


def read_all(client: socket.socket) -> bytes:
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b"".join(parts)


def marks(session: Recorder) -> list[str]:
    return [e.octets.decode() for e in session.entries if e.kind == "*"]


def reasons(session: Recorder) -> list[object]:
    return [e.reason for e in session.entries if e.kind == "!"]


def test_conversation_and_transcript(border: Callable) -> None:
    host = border()
    with host.connect() as client:
        client.sendall(b"a\r\nb\r\nquit\r\n")
        assert read_all(client) == b"hello\r\necho a\r\necho b\r\nbye\r\n"
    session = host.wait_empty()
    assert [(e.kind, e.octets) for e in session.entries] == [
        ("S", b"hello"),
        ("C", b"a"),
        ("S", b"echo a"),
        ("C", b"b"),
        ("S", b"echo b"),
        ("C", b"quit"),
        ("S", b"bye"),
        ("*", b"closed by server"),
    ]
    assert host.engines[0].closes == 1


def test_small_replies_do_not_wait_for_an_acknowledgement(border: Callable) -> None:
    """`Connection` does not ask for TCP_NODELAY, because both kinds of loop set it."""
    host = border()
    with host.connect() as client:
        assert read_line(client) == b"hello\r\n"
        (connection,) = host.connections
        raw = connection._transport.get_extra_info("socket")
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_one_octet_at_a_time(border: Callable) -> None:
    with border().connect() as client:
        for octet in b"abc\r\nquit\r\n":
            client.sendall(bytes([octet]))
        assert read_all(client) == b"hello\r\necho abc\r\nbye\r\n"


def test_half_closed_client_gets_its_answers(border: Callable) -> None:
    host = border()
    with host.connect() as client:
        client.sendall(b"huge 3000000\r\na\r\n")
        client.shutdown(socket.SHUT_WR)
        got = read_all(client)
    assert got == b"hello\r\n" + b"y" * 3000000 + b"echo a\r\n"
    assert marks(host.wait_empty()) == ["closed by client"]


def test_reset_is_told_from_close(border: Callable) -> None:
    host = border()
    client = host.connect()
    assert read_line(client) == b"hello\r\n"
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    client.close()
    assert marks(host.wait_empty()) == ["reset by client"]
    assert host.engines[0].closes == 1


def test_the_last_words_survive_unread_octets(border: Callable) -> None:
    """Octets that nobody reads any more must not turn the goodbye into a reset."""
    with border().connect() as client:
        client.sendall(b"quit\r\n" + b"late\r\n" * 20000)
        assert read_all(client) == b"hello\r\nbye\r\n"


def test_slow_reader_holds_the_engine(border: Callable) -> None:
    """10,000 messages for a client that does not read: the engine stops after a few hundred."""
    host = border()
    with host.connect() as client, host.connect() as other:
        client.sendall(b"flood 10000\r\nquit\r\n")
        other.sendall(b"a\r\n")
        assert read_line(other) == b"hello\r\n"
        assert read_line(other) == b"echo a\r\n"
        connection = next(iter(host.connections))
        loop_turns = 0
        while not any(c.is_congested() for c in host.connections):
            loop_turns += 1
            assert loop_turns < 100000, connection
        held = max(e.produced for e in host.engines)
        assert held < 3000
        got = read_all(client)
        assert len(got) == len(b"hello\r\nbye\r\n") + 10000 * 10000


def test_endless_sender_is_held(border: Callable) -> None:
    """A client that sends and never reads: what waits in the server stays bounded."""
    host = border()
    client = host.connect()
    client.settimeout(0.3)
    line = b"z" * 998 + b"\r\n"
    sent = 0
    with pytest.raises(TimeoutError):
        while True:
            sent += client.send(line * 64)
    assert sent < 30_000_000
    (connection,) = host.connections
    assert host.call(lambda: len(connection.app._input)) < 1_000_000
    client.close()
    host.wait_empty()


def test_one_session_does_not_starve_another(border: Callable) -> None:
    host = border()
    with host.connect() as busy, host.connect() as other:
        assert read_line(busy) == b"hello\r\n"
        assert read_line(other) == b"hello\r\n"
        busy.sendall(b"spin\r\n")
        while host.engines[0].produced + host.engines[1].produced == 0:
            pass
        for number in range(3):
            other.sendall(b"%d\r\n" % number)
            assert read_line(other) == b"echo %d\r\n" % number
        [e.stop_spinning.set() for e in host.engines]
        assert read_line(busy).endswith(b"spun\r\n")


def test_others_come_first_after_one_slice(border: Callable) -> None:
    host = border()
    with host.connect() as long, host.connect() as other:
        assert read_line(long) == read_line(other) == b"hello\r\n"
        engine = host.engines[0]
        type(engine).steps = 0
        long.sendall(b"steps\r\n")
        other.sendall(b"count\r\n")  # at the latest during the first step, which waits for us
        engine.may_step.set()
        assert read_line(other) in (b"0\r\n", b"1\r\n")
        assert read_line(long) == b"stepped\r\n"


def test_crash_ends_one_session_in_the_protocols_words(
    border: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    host = border()
    with host.connect() as other:
        with host.connect() as client:
            client.sendall(b"crash\r\n")
            answer = read_all(client)
        assert answer == b"hello\r\nhalf an answer\r\n* BYE [SERVERBUG] Internal error\r\n"
        other.sendall(b"quit\r\n")
        assert read_all(other) == b"hello\r\nbye\r\n"
    host.wait_empty()
    crashed = [s for s in host.recorders if reasons(s)]
    assert [reasons(s) for s in crashed] == [[host_reasons.INTERNAL]]
    assert marks(crashed[0]) == ["closed by server after an internal error"]
    assert "the engine is at fault" in caplog.text
    assert [e.closes for e in host.engines] == [1, 1]


def test_pause_holds_what_follows(border: Callable) -> None:
    with border().connect() as client:
        client.sendall(b"pause\r\na\r\nquit\r\n")
        assert read_all(client) == b"hello\r\nafter the pause\r\necho a\r\nbye\r\n"


def test_an_engine_is_woken_later_and_goes_on_meanwhile(border: Callable) -> None:
    host = border()
    with host.connect() as client:
        client.sendall(b"later\r\na\r\n")
        lines = [read_line(client) for _ in range(4)]
        assert lines == [b"hello\r\n", b"at once\r\n", b"echo a\r\n", b"woken\r\n"]


def test_nobody_is_woken_who_has_gone(border: Callable) -> None:
    host = border()
    with host.connect() as client:
        client.sendall(b"later\r\nquit\r\n")
        assert read_all(client) == b"hello\r\nat once\r\nbye\r\n"
    host.wait_empty()
    with host.connect() as client:
        client.sendall(b"pause\r\npause\r\nquit\r\n")
        read_all(client)
    assert [engine.wakes for engine in host.engines] == [0, 0]


def test_many_wakes_are_one(border: Callable) -> None:
    host = border()
    with host.connect() as client:
        assert read_line(client) == b"hello\r\n"
        host.call(lambda: [host.engines[0].wake() for _ in range(100)])
        assert read_line(client) == b"woken\r\n"
        client.sendall(b"quit\r\n")
        assert read_all(client) == b"bye\r\n"
    assert host.engines[0].wakes == 1


def test_idle_clients_are_told(border: Callable) -> None:
    host = border(idle_limit=0.15)
    with host.connect() as client:
        assert read_all(client) == b"hello\r\ntoo slow\r\n"
    assert marks(host.wait_empty()) == [
        "timed out: nothing came for 0.15 seconds",
        "closed by server",
    ]


def test_idle_timer_is_not_fooled_by_a_talking_client(
    border: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    with border(idle_limit=0.2).connect() as client:
        assert read_line(client) == b"hello\r\n"
        for _ in range(4):
            with pytest.raises(TimeoutError):
                client.settimeout(0.1)
                client.recv(1)
            client.sendall(b"a\r\n")
            assert read_line(client) == b"echo a\r\n"


def test_a_client_that_never_reads_is_cut(
    border: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = border(idle_limit=0.2)
    client = host.connect()
    client.sendall(b"flood 10000\r\n")
    assert marks(host.wait_empty()) == ["timed out: the client did not read what was sent"]
    client.close()


def test_a_client_that_does_not_leave_is_cut(border: Callable) -> None:
    host = border()
    host.linger = 0.1
    with host.connect() as client:
        client.sendall(b"quit\r\n")
        assert read_all(client) == b"hello\r\nbye\r\n"
        host.wait_empty()
