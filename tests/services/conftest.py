"""A border without a mail server behind it: small engines on real sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from fakemail.clock import SystemClock
from fakemail.desk import Desk, Limits
from fakemail.dialects.dialect import GENERIC
from fakemail.reasons.reason import Protocol_
from fakemail.services import certs
from fakemail.services.app import App
from fakemail.services.connection import Connection
from fakemail.services.drive import SLICE, EngineDriver
from fakemail.services.ports import Listener
from fakemail.services.tls import server_context
from fakemail.transcript.recorder import Recorder
from fakemail.transcript.sessions import Sessions
from fakemail.wire.buffer import Buffer
from fakemail.wire.effects import Close, Effect, Later, Pause, Shown, StartTls
from fakemail.wire.engine import Engine, Peer, TlsFacts

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))  # dialect_table


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> certs.Certificates:
    names = certs.wanted_names("fakemail.test", ("mail.example.org",))
    return certs.ensure(tmp_path_factory.mktemp("certs"), names, SystemClock().time())


class Echo:
    """Answers lines; some of them make it do what engines do."""

    idle_limit = 60.0
    steps = 0

    def __init__(self, desk: Desk, wake: Callable[[], None]) -> None:
        self.desk = desk
        self.wake = wake
        self.buffer = Buffer()
        self.produced = 0
        self.closes = 0
        self.wakes = 0
        self.stop_spinning = threading.Event()
        self.may_step = threading.Event()

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
        elif line == b"later":
            yield Later(0.05)
            yield b"at once\r\n"
        elif line == b"steps":
            for _ in range(4):
                self.may_step.wait(5)
                Echo.steps += 1
                threading.Event().wait(2 * SLICE)
                yield b""
            yield b"stepped\r\n"
        elif line == b"count":
            yield b"%d\r\n" % Echo.steps
        elif line == b"spin":
            while self.produced < 50_000_000 and not self.stop_spinning.is_set():
                self.produced += 1
                yield b"*" if self.produced % 1000 == 0 else b""
            yield b"spun\r\n"
        else:
            yield b"echo " + line + b"\r\n"

    def secured(self, tls: TlsFacts) -> Iterator[Effect]:
        yield b"secured\r\n"

    def woken(self) -> Iterator[Effect]:
        self.wakes += 1
        yield b"woken\r\n"

    def timed_out(self) -> Iterator[Effect]:
        yield b"too slow\r\n"
        yield Close()

    def closed(self) -> None:
        self.closes += 1


class Border:
    """One listener, one kind of engine, a loop in a thread."""

    handshake_limit = 10.0
    dialect = GENERIC
    linger = 2.0

    def __init__(self, tls: ssl.SSLContext, idle_limit: float, loop: Any = None) -> None:
        self.idle_limit = idle_limit
        self.engines: list[Echo] = []
        self.tls = tls
        self.sessions = Sessions()
        self.recorders: list[Recorder] = []
        self.connections: set[Connection] = set()
        self.changed = threading.Condition()
        self.loop = loop or asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.asked = self.ended = 0
        self.ports: dict[bool, int] = {}
        self.servers: list[asyncio.Server] = []
        self.protocol: Protocol_ = "imap"

    def port(self, implicit_tls: bool = False) -> int:
        if implicit_tls not in self.ports:
            asyncio.run_coroutine_threadsafe(self._open(implicit_tls), self.loop).result(5)
        return self.ports[implicit_tls]

    async def _open(self, implicit_tls: bool) -> None:
        listener = Listener("imap", self.protocol, implicit_tls, 143, "")
        server = await self.loop.create_server(
            lambda: Connection(self, listener, self.loop), "127.0.0.1", 0
        )
        self.servers.append(server)
        self.ports[implicit_tls] = server.sockets[0].getsockname()[1]

    def connect(self, implicit_tls: bool = False) -> socket.socket:
        self.asked += 1
        return socket.create_connection(("127.0.0.1", self.port(implicit_tls)), timeout=10)

    # Host

    def has_room(self) -> bool:
        return True

    def admit(self, connection: Connection, peer: Peer) -> tuple[Desk, App]:
        self.connections.add(connection)
        desk = Desk(
            peer=peer,
            host_name="fakemail.test",
            recorder=self.sessions.open(self.protocol, peer, SystemClock()),
            directory=cast(Any, None),
            store=cast(Any, None),
            clock=SystemClock(),
            limits=Limits(),
            dialect=self.dialect,
        )
        self.recorders.append(desk.recorder)
        return desk, EngineDriver(connection, desk, self.make)

    def make(self, desk: Desk, wake: Callable[[], None]) -> Engine:
        self.engines.append(Echo(desk, wake))
        self.engines[-1].idle_limit = self.idle_limit
        return self.engines[-1]

    def tls_context(self, desk: Desk) -> ssl.SSLContext:
        return self.tls

    def named(self, connection: Connection, server_name: str | None) -> None:
        self.server_name = server_name

    def gone(self, connection: Connection) -> None:
        with self.changed:
            self.connections.discard(connection)
            self.ended += 1
            self.changed.notify_all()

    def wait_empty(self) -> Recorder:
        """Until every connection is gone; the transcript of the last one."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.ended == self.asked, 10)
        return self.recorders[-1]

    def call(self, function: Callable[[], Any]) -> Any:
        async def run() -> Any:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(5)

    async def _shut(self) -> None:
        for server in self.servers:
            server.close()
        for connection in tuple(self.connections):
            connection.abort("closed by the test")
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture(params=["asyncio", "uvloop"])
def border(
    request: pytest.FixtureRequest, certificates: certs.Certificates
) -> Iterator[Callable[..., Border]]:
    """Make a border with echoing engines; on both kinds of loop."""
    made: list[Border] = []
    context = server_context(certificates.server, certificates.server_key)

    def make(idle_limit: float = 60.0) -> Border:
        loop = None
        if request.param == "uvloop":
            loop = pytest.importorskip("uvloop").new_event_loop()
        made.append(Border(context, idle_limit, loop))
        return made[-1]

    yield make
    for one in made:
        for engine in one.engines:
            engine.stop_spinning.set()
        one.stop()


@pytest.fixture(scope="session")
def client_context(certificates: certs.Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(certificates.ca))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"
