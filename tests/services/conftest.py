"""A border without a mail server behind it: small engines on real sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from fakemail.clock import SystemClock
from fakemail.desk import Desk, Limits
from fakemail.reasons.reason import Protocol_
from fakemail.services import certs
from fakemail.services.connection import App, Connection
from fakemail.services.drive import EngineDriver, MakeEngine
from fakemail.services.ports import Listener
from fakemail.services.tls import server_context
from fakemail.transcript.recorder import Recorder
from fakemail.transcript.sessions import Sessions
from fakemail.wire.engine import Peer


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> certs.Certificates:
    names = certs.wanted_names("fakemail.test", ("mail.example.org",))
    return certs.ensure(tmp_path_factory.mktemp("certs"), names, SystemClock().time())


class Border:
    """One listener, one kind of engine, a loop in a thread."""

    handshake_limit = 10.0
    linger = 2.0

    def __init__(self, make: MakeEngine, tls: ssl.SSLContext, loop: Any = None) -> None:
        self.make = make
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
        )
        self.recorders.append(desk.recorder)
        return desk, EngineDriver(connection, desk, self.make)

    def tls_context(self) -> ssl.SSLContext:
        return self.tls

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
) -> Iterator[Callable[[MakeEngine], Border]]:
    """Make a border for an engine; on both kinds of loop."""
    made: list[Border] = []
    context = server_context(certificates.server, certificates.server_key)

    def make(engine: MakeEngine) -> Border:
        loop = None
        if request.param == "uvloop":
            loop = pytest.importorskip("uvloop").new_event_loop()
        made.append(Border(engine, context, loop))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture(scope="session")
def client_context(certificates: certs.Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(certificates.ca))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"
