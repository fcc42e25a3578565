"""One running server: its sockets, its connections, its duties; on whatever loop it is given.

`daemon.py` hosts it under Twisted for `fakemail serve` and `twistd`; `private.py` hosts it on a
loop of its own in a thread, for tests in the same process.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from fakemail.clock import Clock, SystemClock
from fakemail.config import Settings
from fakemail.desk import Desk
from fakemail.dialects.dialect import Dialect
from fakemail.faults.strikes import Strikes
from fakemail.postoffice import PostOffice, imap, pop3, warm_up
from fakemail.services import certs
from fakemail.services.app import App
from fakemail.services.connection import Connection
from fakemail.services.drive import EngineDriver, MakeEngine
from fakemail.services.drive_smtp import SmtpDriver
from fakemail.services.duties import Duties
from fakemail.services.files import Unusable, allow_connections, may_write, writing
from fakemail.services.lock import FolderLock
from fakemail.services.manners import Manners
from fakemail.services.ports import HTTP
from fakemail.services.ready import READY_FILE, Ready, read
from fakemail.services.refuse import Refuser
from fakemail.services.sockets import Bindings, bind, expand
from fakemail.services.tls import old_server_context, server_context
from fakemail.services.web_door import WebDoor
from fakemail.wire.engine import Peer

if TYPE_CHECKING:
    from fakemail.web.listener import WebListener

DRAIN = 1.5
"""Seconds that sessions have to finish what was accepted, after the server was told to stop."""

LINGER_AT_STOP = 0.2
"""Seconds that a client has to take leave then."""

SPARE = 100
"""So many connections above `max_connections` are refused in words; beyond them, without."""

WARM_UP_AFTER = 0.01
"""Seconds between "ready" and the import of what only sessions need."""

log = logging.getLogger("fakemail")
RSA_ONLY = "rsa_key_exchange_only"
_ENGINES: dict[str, MakeEngine] = {"pop3": pop3, "imap": imap}


class Server:
    """Start in three steps: make it, `prepare()` (files, ports), `start()` (serve).

    Between the steps nothing is served; a failure leaves nothing behind.
    """

    handshake_limit = 15.0
    linger = 2.0

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.manners = Manners(settings)
        self.connections: set[Connection] = set()
        self.bindings = Bindings(())
        self.certificates = certs.Certificates(settings.folder / "certs")
        self._lock = FolderLock(settings.folder)
        self._context: ssl.SSLContext | None = None
        self._old_context: ssl.SSLContext | None = None
        self._servers: list[asyncio.Server] = []
        self._duties: Duties | None = None
        self._empty: asyncio.Event | None = None
        self._post_office: PostOffice | None = None
        self._web = WebDoor(self._make_web)

    @property
    def post_office(self) -> PostOffice:
        """Accounts, store and sessions; there from `prepare` on."""
        assert self._post_office is not None, "the server was not prepared"
        return self._post_office

    def prepare(self) -> None:
        """Data folder, certificates, accounts, store, ports: everything that can fail.

        Raises FolderInUse, CannotListen, Unusable, AccountsFileError; then nothing is held.
        """
        settings = self.settings
        # 0711: the clients of other users must reach the CA file; mail and accounts stay closed.
        with writing(f"the data folder {settings.folder}", "--data FOLDER"):
            settings.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            self._lock.take()
        try:
            self.bindings = bind(
                settings.ports,
                settings.fixed_ports,
                self.manners.listen_on(expand(settings.listen)),
                expand(settings.listen) if settings.http else (),
            )
            self._make_way_for_ready_files()
            with writing(f"the data folder {settings.folder}", "--data FOLDER"):
                names = certs.wanted_names(
                    settings.host_name, (*settings.tls_name, *self.manners.names)
                )
                folder = settings.folder / "certs"
                old = self.manners.any_has(RSA_ONLY)
                self.certificates = certs.ensure(folder, names, self.clock.time(), rsa_too=old)
                self._context = self._make_context()
                self._old_context = old_server_context(self.certificates) if old else None
                self._post_office = PostOffice(settings, self.clock)
        except BaseException:
            self.bindings.close()
            self._lock.release()
            raise

    async def start(self) -> Ready:
        """Serve; every port is open when this returns, and the ready files are written."""
        loop = asyncio.get_running_loop()
        allow_connections(self.settings.max_connections + SPARE)
        self._empty = asyncio.Event()
        self._duties = Duties(self.post_office, loop)
        self._duties.start()
        for bound in self.bindings.bound:
            listener = bound.listener
            if listener is HTTP:
                self._web.add(bound.socket, loop)
                continue
            server = await loop.create_server(
                lambda listener=listener: Connection(self, listener, loop),  # type: ignore[misc]
                sock=bound.socket,
                backlog=1024,
            )
            self._servers.append(server)
        ready = self.ready()
        for path in self._ready_files():
            ready.write(path)
        loop.call_later(WARM_UP_AFTER, warm_up)
        return ready

    def ready(self) -> Ready:
        """Where everything is."""
        return Ready(
            host=_reachable(self.bindings.bound[0].address),
            pid=os.getpid(),
            data=str(self.settings.folder),
            ca_file=str(self.certificates.ca),
            ports=self.bindings.ports,
            accounts=self.settings.accounts,
            dialect=self.manners.dialect.name,
            providers={each.dialect.name: each.address for each in self.manners.providers},
        )

    async def stop(self, drain: float = DRAIN) -> None:
        """Take no more connections, let sessions finish what was accepted, put all away."""
        for server in self._servers:
            server.close()
        self.forget_ready_files()
        self.linger = LINGER_AT_STOP
        try:
            await self._web.stop()
            for connection in tuple(self.connections):
                connection.shut_down()
            await self._gone_within(drain)
            for connection in tuple(self.connections):
                connection.abort("closed by server: it was stopped")
            await self._gone_within(0.2)
        finally:
            self.dispose()

    def dispose(self) -> None:
        """Give back what `prepare` took."""
        self._web.close()
        self.bindings.close()
        if self._duties is not None:
            self._duties.stop()
        if self._post_office is not None:
            self._post_office.close()
        self._lock.release()

    def forget_ready_files(self) -> None:
        """Remove those that are ours: nobody shall find a server that has gone."""
        for path in self._ready_files():
            found = read(path)
            if found is not None and found.pid == os.getpid():
                path.unlink(missing_ok=True)

    # Host, as a connection sees it

    def has_room(self) -> bool:
        """Whether one more connection can at least be answered."""
        return len(self.connections) < self.settings.max_connections + SPARE

    def admit(self, connection: Connection, peer: Peer) -> tuple[Desk, App]:
        """A session for this connection; one too many gets a session that refuses."""
        protocol = connection.listener.protocol
        assert protocol != "http"
        self.connections.add(connection)
        manner = self.manners.at_first(peer)
        desk = self.post_office.desk(
            protocol, peer, manner.dialect, manner.host_name, manner.domain
        )
        if len(self.connections) > self.settings.max_connections:
            return desk, EngineDriver(connection, desk, lambda d, _: Refuser(d, protocol))
        app: SmtpDriver | EngineDriver
        if protocol == "smtp":
            app = SmtpDriver(connection, desk)
        else:
            app = EngineDriver(connection, desk, _ENGINES[protocol])
        desk.faults = Strikes(self.post_office.faults, protocol, peer, desk.recorder, app.arm)
        return desk, app

    def speak(self, dialect: str, rules: Sequence[str]) -> Dialect:
        """Speak with the sessions that begin from now on in this dialect, rules by hand on top.

        Certificates and addresses stay as they are. Raises SettingsError, DialectError, RuleError.
        """
        wanted = msgspec.structs.replace(self.settings, dialect=dialect, rule=tuple(rules))
        self.manners = Manners(wanted)
        self.post_office.rates.forget()
        return self.manners.dialect

    def tls_context(self, desk: Desk) -> ssl.SSLContext | None:
        """One of two contexts, by the dialect as it is known before the handshake."""
        old = self._old_context if desk.dialect.has(RSA_ONLY) else None
        return old or self._context

    def named(self, connection: Connection, server_name: str | None) -> None:
        """The name may be a provider's."""
        desk = connection.desk
        manner = self.manners.by_server_name(server_name, desk.peer)
        if manner is not None and manner.dialect.name != desk.dialect.name:
            self.post_office.change_dialect(desk, manner.dialect, manner.host_name, manner.domain)

    def gone(self, connection: Connection) -> None:
        """A connection has ended."""
        self.connections.discard(connection)
        desk = getattr(connection, "desk", None)  # none, if it could not be admitted
        if desk is not None and desk.gate is not None:
            desk.gate.leave()
        if self._duties is not None:
            self._duties.session_ended()
        if not self.connections and self._empty is not None:
            self._empty.set()

    def _make_web(self, loop: asyncio.AbstractEventLoop) -> WebListener:
        from fakemail.web.listener import WebListener
        from fakemail.web.office import Office

        return WebListener(
            Office(
                self.post_office,
                self.settings,
                self.bindings.ports,
                self.manners.dialect,
                self.speak,
            ),
            loop,
        )

    async def _gone_within(self, seconds: float) -> None:
        if not self.connections or self._empty is None:
            return
        self._empty.clear()
        try:
            await asyncio.wait_for(self._empty.wait(), seconds)
        except TimeoutError:
            pass

    def _make_context(self) -> ssl.SSLContext:
        try:
            return server_context(self.certificates.server, self.certificates.server_key)
        except ssl.SSLError as error:
            raise Unusable(
                f"the certificate {self.certificates.server} or its key is damaged"
                f" ({error.reason or error}).\n"
                f"Remove {self.certificates.note} to have both made anew."
            ) from error

    def _make_way_for_ready_files(self) -> None:
        """Remove what an earlier server left; where none could be written, say so now."""
        for path in self._ready_files():
            with writing(f"the ready file {path}", "--ready-file FILE"):
                path.unlink(missing_ok=True)
                may_write(path)

    def _ready_files(self) -> list[Path]:
        files = [self.settings.folder / READY_FILE]
        if self.settings.ready_file:
            files.append(Path(self.settings.ready_file))
        return files


def _reachable(address: str) -> str:
    """What a client on this machine connects to."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
