"""The border, driven by small engines over real sockets, on asyncio's loop and on uvloop's."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest

from fakemail.reasons import host as host_reasons
from fakemail.reasons import tls as tls_reasons
from fakemail.transcript.recorder import Recorder
from fakemail.wire.buffer import Buffer
from fakemail.wire.effects import Close, Effect, Pause, Shown, StartTls


class Echo:
    """Answers lines; some of them make it do what engines do."""

    idle_limit = 60.0

    def __init__(self, desk, wake) -> None:
        self.desk = desk
        self.wake = wake
        self.buffer = Buffer()
        self.produced = 0
        self.closes = 0
        self.wakes = 0
        ENGINES.append(self)

    def opened(self) -> Iterator[Effect]:
        yield b"hello\r\n"

    def received(self, octets: bytes) -> Iterator[Effect]:
        self.buffer.feed(octets)
        while (line := self.buffer.line(100000)) is not None:
            line = line.rstrip(b"\r\n")
            self.desk.recorder.client(line)
            yield from self.answer(line)

    def answer(self, line: bytes) -> Iterator[Effect]:
        if line == b"quit":
            yield b"bye\r\n"
            yield Close()
        elif line == b"starttls":
            yield b"go ahead\r\n"
            yield StartTls()
        elif line.startswith(b"flood "):
            for number in range(int(line[6:])):
                self.produced = number
                yield Shown(b"x" * 9998 + b"\r\n", b"(10000 octets)")
        elif line.startswith(b"huge "):
            yield Shown(b"y" * int(line[5:]), b"(much)")
        elif line == b"crash":
            yield b"half an answer\r\n"
            raise RuntimeError("the engine is at fault")
        elif line == b"pause":
            yield Pause(0.05)
            yield b"after the pause\r\n"
        elif line == b"spin":
            while self.produced < SPIN_MOST and not STOP_SPINNING.is_set():
                self.produced += 1
                yield b"*" if self.produced % 1000 == 0 else b""
            yield b"spun\r\n"
        else:
            yield b"echo " + line + b"\r\n"

    def secured(self, tls) -> Iterator[Effect]:
        yield b"secured\r\n"

    def woken(self) -> Iterator[Effect]:
        self.wakes += 1
        yield b"woken\r\n"

    def timed_out(self) -> Iterator[Effect]:
        yield b"too slow\r\n"
        yield Close()

    def closed(self) -> None:
        self.closes += 1


SPIN_MOST = 50_000_000
STOP_SPINNING = threading.Event()
ENGINES: list[Echo] = []


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    ENGINES.clear()
    STOP_SPINNING.clear()
    yield
    STOP_SPINNING.set()


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
    host = border(Echo)
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
    assert ENGINES[0].closes == 1


def test_one_octet_at_a_time(border: Callable) -> None:
    with border(Echo).connect() as client:
        for octet in b"abc\r\nquit\r\n":
            client.sendall(bytes([octet]))
        assert read_all(client) == b"hello\r\necho abc\r\nbye\r\n"


def test_half_closed_client_gets_its_answers(border: Callable) -> None:
    host = border(Echo)
    with host.connect() as client:
        client.sendall(b"huge 3000000\r\na\r\n")
        client.shutdown(socket.SHUT_WR)
        got = read_all(client)
    assert got == b"hello\r\n" + b"y" * 3000000 + b"echo a\r\n"
    assert marks(host.wait_empty()) == ["closed by client"]


def test_reset_is_told_from_close(border: Callable) -> None:
    host = border(Echo)
    client = host.connect()
    assert read_line(client) == b"hello\r\n"
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    client.close()
    assert marks(host.wait_empty()) == ["reset by client"]
    assert ENGINES[0].closes == 1


def test_the_last_words_survive_unread_octets(border: Callable) -> None:
    """Octets that nobody reads any more must not turn the goodbye into a reset."""
    with border(Echo).connect() as client:
        client.sendall(b"quit\r\n" + b"late\r\n" * 20000)
        assert read_all(client) == b"hello\r\nbye\r\n"


def test_slow_reader_holds_the_engine(border: Callable) -> None:
    """10,000 messages for a client that does not read: the engine stops after a few hundred."""
    host = border(Echo)
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
        held = max(e.produced for e in ENGINES)
        assert held < 3000
        got = read_all(client)
        assert len(got) == len(b"hello\r\nbye\r\n") + 10000 * 10000


def test_endless_sender_is_held(border: Callable) -> None:
    """A client that sends and never reads: what waits in the server stays bounded."""
    host = border(Echo)
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
    host = border(Echo)
    with host.connect() as busy, host.connect() as other:
        assert read_line(busy) == b"hello\r\n"
        assert read_line(other) == b"hello\r\n"
        busy.sendall(b"spin\r\n")
        while ENGINES[0].produced + ENGINES[1].produced == 0:
            pass
        for number in range(3):
            other.sendall(b"%d\r\n" % number)
            assert read_line(other) == b"echo %d\r\n" % number
        STOP_SPINNING.set()
        assert read_line(busy).endswith(b"spun\r\n")


def test_crash_ends_one_session_in_the_protocols_words(
    border: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    host = border(Echo)
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
    assert [e.closes for e in ENGINES] == [1, 1]


def test_pause_holds_what_follows(border: Callable) -> None:
    with border(Echo).connect() as client:
        client.sendall(b"pause\r\na\r\nquit\r\n")
        assert read_all(client) == b"hello\r\nafter the pause\r\necho a\r\nbye\r\n"


def test_many_wakes_are_one(border: Callable) -> None:
    host = border(Echo)
    with host.connect() as client:
        assert read_line(client) == b"hello\r\n"
        host.call(lambda: [ENGINES[0].wake() for _ in range(100)])
        assert read_line(client) == b"woken\r\n"
        client.sendall(b"quit\r\n")
        assert read_all(client) == b"bye\r\n"
    assert ENGINES[0].wakes == 1


def test_idle_clients_are_told(border: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Echo, "idle_limit", 0.15)
    host = border(Echo)
    with host.connect() as client:
        assert read_all(client) == b"hello\r\ntoo slow\r\n"
    assert marks(host.wait_empty()) == [
        "timed out: nothing came for 0.15 seconds",
        "closed by server",
    ]


def test_idle_timer_is_not_fooled_by_a_talking_client(
    border: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Echo, "idle_limit", 0.2)
    with border(Echo).connect() as client:
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
    monkeypatch.setattr(Echo, "idle_limit", 0.2)
    host = border(Echo)
    client = host.connect()
    client.sendall(b"flood 10000\r\n")
    assert marks(host.wait_empty()) == ["timed out: the client did not read what was sent"]
    client.close()


def test_a_client_that_does_not_leave_is_cut(border: Callable) -> None:
    host = border(Echo)
    host.linger = 0.1
    with host.connect() as client:
        client.sendall(b"quit\r\n")
        assert read_all(client) == b"hello\r\nbye\r\n"
        host.wait_empty()


def test_wakes_during_a_handshake_wait_for_its_end(
    border: Callable, client_context: ssl.SSLContext
) -> None:
    host = border(Echo)
    client = host.connect()
    assert read_line(client) == b"hello\r\n"
    client.sendall(b"starttls\r\n")
    assert read_line(client) == b"go ahead\r\n"
    host.call(lambda: ENGINES[0].wake())
    host.call(lambda: None)
    with client_context.wrap_socket(client, server_hostname="localhost") as tls:
        assert read_line(tls) == b"secured\r\n"
        assert read_line(tls) == b"woken\r\n"


@pytest.mark.parametrize("implicit_tls", [True, False])
def test_stopping_in_the_middle_of_a_handshake(border: Callable, implicit_tls: bool) -> None:
    host = border(Echo)
    with host.connect(implicit_tls) as client:
        if not implicit_tls:
            assert read_line(client) == b"hello\r\n"
            client.sendall(b"starttls\r\n")
            assert read_line(client) == b"go ahead\r\n"
        while not host.connections:
            pass
        host.call(lambda: [c.shut_down() for c in tuple(host.connections)])
        assert read_all(client) == b""
    assert marks(host.wait_empty()) == ["closed by server: it was stopped"]


# TLS


def test_implicit_tls(border: Callable, client_context: ssl.SSLContext) -> None:
    host = border(Echo)
    with client_context.wrap_socket(host.connect(True), server_hostname="mail.example.org") as tls:
        tls.sendall(b"a\r\nhuge 3000000\r\nquit\r\n")
        assert read_all(tls) == b"hello\r\necho a\r\n" + b"y" * 3000000 + b"bye\r\n"
    session = host.wait_empty()
    assert session.tls is not None
    assert (session.tls.version, session.tls.server_name) == ("TLSv1.3", "mail.example.org")
    assert session.entries[0].octets.startswith(b"TLS: TLSv1.3 TLS_AES")


def test_starttls(border: Callable, client_context: ssl.SSLContext) -> None:
    host = border(Echo)
    client = host.connect()
    client.sendall(b"starttls\r\n")
    assert read_line(client) == b"hello\r\n"
    assert read_line(client) == b"go ahead\r\n"
    with client_context.wrap_socket(client, server_hostname="localhost") as tls:
        assert read_line(tls) == b"secured\r\n"
        tls.sendall(b"quit\r\n")
        assert read_all(tls) == b"bye\r\n"
    assert host.wait_empty().tls is not None


def test_starttls_throws_away_what_came_in_clear(
    border: Callable, client_context: ssl.SSLContext
) -> None:
    """CVE-2011-0411 and its kin: an injected command must not be executed inside TLS.

    (The engine of this test parsed the line already, so the octets in the driver's hands are those
    that arrive while the handshake is wanted.)
    """
    host = border(Echo)
    client = host.connect()
    assert read_line(client) == b"hello\r\n"
    client.sendall(b"starttls\r\n")
    assert read_line(client) == b"go ahead\r\n"
    client.sendall(b"injected\r\n")
    assert b"This port speaks TLS" in read_all(client)
    client.close()
    session = host.wait_empty()
    assert reasons(session) == [tls_reasons.PLAIN_TO_TLS_PORT]
    assert b"injected" not in b"".join(e.octets for e in session.entries)


def test_tls12_and_old_versions(border: Callable, certificates, client_context) -> None:
    host = border(Echo)
    new = ssl.create_default_context(cafile=str(certificates.ca))
    new.maximum_version = ssl.TLSVersion.TLSv1_2
    with new.wrap_socket(host.connect(True), server_hostname="localhost") as tls:
        assert tls.version() == "TLSv1.2"
        tls.sendall(b"quit\r\n")
        assert read_all(tls) == b"hello\r\nbye\r\n"
    host.wait_empty()
    hello = bytes.fromhex("160301002d0100002903014d" + "00" * 31 + "000002002f0100")
    with host.connect(True) as client:
        client.sendall(hello)
        assert read_all(client)[:1] == b"\x15"  # an alert
    assert reasons(host.wait_empty())[0] in (
        tls_reasons.NO_COMMON_TLS,
        tls_reasons.HANDSHAKE_FAILED,
    )


def test_distrust_is_explained(border: Callable) -> None:
    host = border(Echo)
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(host.connect(True), server_hostname="localhost")
    session = host.wait_empty()
    assert reasons(session) == [tls_reasons.NOT_TRUSTED]
    assert ENGINES[0].closes == 1


def test_plain_text_to_a_tls_port(border: Callable) -> None:
    host = border(Echo)
    with host.connect(True) as client:
        client.sendall(b"A login user code\r\n")
        assert read_all(client).startswith(b"* BYE This port speaks TLS from the first octet")
    session = host.wait_empty()
    assert reasons(session) == [tls_reasons.PLAIN_TO_TLS_PORT]
    assert b"login" not in b"".join(e.octets for e in session.entries)


def test_silence_on_a_tls_port(border: Callable) -> None:
    host = border(Echo)
    host.handshake_limit = 0.1
    with host.connect(True) as client:
        assert read_all(client).startswith(b"* BYE This port speaks TLS from the first octet")
    assert reasons(host.wait_empty()) == [tls_reasons.SILENT_ON_TLS_PORT]


def test_handshake_that_stops_half_way(border: Callable) -> None:
    host = border(Echo)
    host.handshake_limit = 0.1
    with host.connect(True) as client:
        client.sendall(b"\x16\x03\x01\x02\x00\x01")
        assert read_all(client) == b""
    assert reasons(host.wait_empty()) == [tls_reasons.HANDSHAKE_TIMEOUT]


def test_tls_hello_to_a_plain_port(border: Callable, client_context: ssl.SSLContext) -> None:
    host = border(Echo)
    with pytest.raises((ssl.SSLError, OSError)):
        client_context.wrap_socket(host.connect(False), server_hostname="localhost")
    assert reasons(host.wait_empty()) == [tls_reasons.TLS_TO_PLAIN_PORT]


def test_garbage_inside_tls(border: Callable, client_context: ssl.SSLContext) -> None:
    host = border(Echo)
    tls = client_context.wrap_socket(host.connect(True), server_hostname="localhost")
    assert read_line(tls) == b"hello\r\n"
    raw = socket.socket(fileno=tls.detach())
    raw.sendall(b"this is no record at all\r\n")
    raw.settimeout(10)
    while raw.recv(65536):
        pass
    raw.close()
    assert reasons(host.wait_empty()) == [tls_reasons.HANDSHAKE_FAILED]


def test_tls_slow_reader(border: Callable, client_context: ssl.SSLContext) -> None:
    host = border(Echo)
    with client_context.wrap_socket(host.connect(True), server_hostname="localhost") as tls:
        tls.sendall(b"flood 3000\r\nquit\r\n")
        assert read_line(tls) == b"hello\r\n"
        assert len(read_all(tls)) == 3000 * 10000 + len(b"bye\r\n")
