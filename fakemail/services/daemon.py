"""Hosts a server under Twisted: the reactor, the service, the signals.

The reactor is Twisted's asyncio reactor over a loop of our choice (uvloop where it is installed):
aiosmtpd wants asyncio, the service tree and `twistd` want Twisted, and one loop serves both. Why
the sockets are asyncio's and not Twisted's: docs/decisions.md, "Transports".
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable

from twisted.application.service import MultiService
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.defer import Deferred
from twisted.internet.main import installReactor

from fakemail.services.loop import new_loop
from fakemail.services.ready import Ready
from fakemail.services.server import Server

log = logging.getLogger("fakemail")


class MailService(MultiService):
    """One fakemail server in a tree of Twisted services.

    As Twisted wants it: ports are bound in `privilegedStartService`, while the process may still
    have the rights, and served from `startService`.
    """

    def __init__(
        self,
        server: Server,
        loop: asyncio.AbstractEventLoop,
        announce: Callable[[Ready], None],
        on_failure: Callable[[], None] | None = None,
        prepared: bool = False,
    ) -> None:
        """`loop`: the reactor's. It is told and not asked for, since a process that has forked to
        be a daemon has no current loop any more (Python 3.12 and later)."""
        super().__init__()
        self.setName("fakemail")
        self.server = server
        self._loop = loop
        self.failure: BaseException | None = None
        self._announce = announce
        self._on_failure = on_failure
        self._prepared = prepared

    def prepare(self) -> None:
        """Bind the ports; once, by whoever comes first."""
        if not self._prepared:
            self.server.prepare()
            self._prepared = True

    def privilegedStartService(self) -> None:
        """Bind the ports.

        Raises what `Server.prepare` raises.
        """
        self.prepare()
        super().privilegedStartService()

    def startService(self) -> None:
        """Serve; the result is announced."""
        self.prepare()
        super().startService()
        starting = Deferred.fromFuture(self._loop.create_task(self.server.start()))
        starting.addCallbacks(self._announce, self._failed)

    def stopService(self) -> Deferred[None]:
        """Drain; fires when every session has ended."""
        super().stopService()
        return Deferred.fromFuture(self._loop.create_task(self.server.stop()))

    def _failed(self, failure: object) -> None:
        self.failure = getattr(failure, "value", None)
        log.critical("fakemail cannot serve: %s", self.failure)
        if self._on_failure is not None:
            self._on_failure()


def run(server: Server, announce: Callable[[Ready], None]) -> int:
    """Serve until a signal says stop; the exit code.

    The server is prepared already. SIGTERM, SIGINT and SIGHUP drain; a second one ends at once.
    """
    loop = new_loop(server.settings.uvloop)
    asyncio.set_event_loop(loop)
    reactor = AsyncioSelectorReactor(loop)
    installReactor(reactor)
    service = MailService(server, loop, announce, on_failure=reactor.stop, prepared=True)
    stopping = False

    def stop(number: int) -> None:
        nonlocal stopping
        if stopping:
            server.forget_ready_files()
            os._exit(128 + number)
        stopping = True
        reactor.stop()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup, and background jobs of sh
            loop.add_signal_handler(number, stop, number)
    reactor.addSystemEventTrigger("before", "shutdown", service.stopService)
    reactor.callWhenRunning(service.startService)
    reactor.run(installSignalHandlers=False)
    return 1 if service.failure else 0
