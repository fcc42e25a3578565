"""The door to the HTTP API: it opens when somebody knocks.

The sockets listen from the start, with all others. Nobody is accepted, and nothing of Twisted's
HTTP is imported, until the first client is there: a server that nobody asks over HTTP starts as
fast as if it had none, and a client does not notice.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakemail.web.listener import WebListener

log = logging.getLogger("fakemail")


class WebDoor:
    """The HTTP sockets of one server; `make` makes what answers on them, at the first knock."""

    def __init__(self, make: Callable[[asyncio.AbstractEventLoop], WebListener]) -> None:
        self._make = make
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sockets: list[socket.socket] = []
        self._listener: WebListener | None = None

    def add(self, listening: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        """One more socket to listen on."""
        self._loop = loop
        self._sockets.append(listening)
        loop.add_reader(listening.fileno(), self._knocked)

    async def stop(self) -> None:
        """Nobody new; requests that wait are told so."""
        self._unwatch()
        if self._listener is not None:
            await self._listener.stop()

    def close(self) -> None:
        """Nobody any more."""
        self._unwatch()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _knocked(self) -> None:
        assert self._loop is not None
        sockets = tuple(self._sockets)
        self._unwatch()
        try:
            self._listener = self._make(self._loop)
            for listening in sockets:
                self._listener.listen(listening)
        except Exception:
            log.exception("the HTTP API cannot be served")
            for listening in sockets:
                listening.close()

    def _unwatch(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            for listening in self._sockets:
                if listening.fileno() >= 0:
                    self._loop.remove_reader(listening.fileno())
        self._sockets.clear()
