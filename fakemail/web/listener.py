"""The HTTP listener: Twisted's HTTP over the server's loop, without the global reactor.

Twisted's HTTP wants a reactor. Under `fakemail serve` there is one, in a test's thread there is
none, and the global one is nobody's business; so the listener makes its own, over the loop that
runs already. It is never started and never stopped: it lends its sockets and timers to the loop,
and gives them back in `close`.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, cast

from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPFactory

from fakemail.web.guard import Guard
from fakemail.web.office import Office
from fakemail.web.site import Site, WebRequest
from fakemail.web.table import ROUTES

IDLE = 60
"""Seconds that a connection may be silent between requests."""


LONGEST_HEAD = 128 * 1024
"""Octets of a request line, and of all header fields: more than any query that a row takes, for
Twisted hangs up without a word when a line is longer."""


class _Factory(HTTPFactory):
    """Makes a channel for each client; writes no log of requests."""

    def __init__(self, reactor: Any, site: Site) -> None:
        super().__init__(timeout=IDLE, reactor=reactor)
        self.site = site

    def startFactory(self) -> None:
        """Without the timer for the log."""

    def stopFactory(self) -> None:
        """Nothing was started."""

    def buildProtocol(self, addr: Any) -> Any:
        """One client."""
        channel = super().buildProtocol(addr)
        assert channel is not None
        channel.requestFactory = self._request
        first: Any = channel._channel
        first.MAX_LENGTH = first.totalHeadersSize = LONGEST_HEAD
        return channel

    def log(self, request: Any) -> None:
        """Requests are not logged."""

    def _request(self, channel: Any, *args: Any) -> WebRequest:
        return WebRequest(channel, self.site)


class WebListener:
    """Everything that the API has to do with sockets."""

    def __init__(self, office: Office, loop: asyncio.AbstractEventLoop) -> None:
        self._office = office
        self._loop = loop
        self._reactor = AsyncioSelectorReactor(loop)
        self._site = Site(office, ROUTES, Guard(office.settings), loop)
        self._factory = _Factory(self._reactor, self._site)
        self._ports: list[Any] = []

    def listen(self, listening: socket.socket) -> None:
        """Accept on a socket that listens already; it stays the caller's."""
        reactor = cast(Any, self._reactor)
        port = reactor.adoptStreamPort(listening.fileno(), listening.family, self._factory)
        self._ports.append(port)

    async def stop(self) -> None:
        """Nobody new; who waits is told that the server stops."""
        for port in self._ports:
            port.stopListening()
        self._ports.clear()
        await self._site.stop()
        await asyncio.sleep(0)  # the reactor writes what it has on the next turn of the loop

    def close(self) -> None:
        """Cut everybody off and give everything back."""
        reactor = cast(Any, self._reactor)
        self._office.close()
        reactor.runUntilCurrent()
        for each in reactor.removeAll():
            each.connectionLost(Failure(ConnectionDone()))
        for waker in tuple(reactor._internalReaders):
            reactor.removeReader(waker)
            waker.connectionLost(Failure(ConnectionDone()))
        for call in reactor.getDelayedCalls():
            call.cancel()
        if reactor._timerHandle is not None:
            reactor._timerHandle.cancel()
