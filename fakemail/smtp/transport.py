"""The asyncio transport that aiosmtpd sees: it writes to the border."""

from __future__ import annotations

import asyncio
from typing import Any

from fakemail.desk import Desk
from fakemail.smtp.border import Border


class BorderTransport(asyncio.Transport):
    """No socket, no buffer: what is written goes to the border at once."""

    __slots__ = ("_border", "_desk", "closing")

    def __init__(self, border: Border, desk: Desk) -> None:
        self._border = border
        self._desk = desk
        self.closing = False

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Send these octets, which are a whole reply."""
        if not self.closing:
            self._border.send(bytes(data))

    def close(self) -> None:
        """Close after everything sent so far has gone out."""
        if not self.closing:
            self.closing = True
            self._border.close()

    abort = close

    def is_closing(self) -> bool:
        """Whether `close` was called."""
        return self.closing

    def pause_reading(self) -> None:
        """Take no more octets from the client for now."""
        self._border.pause_reading()

    def resume_reading(self) -> None:
        """Take octets again."""
        self._border.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """``peername`` and ``sockname``, as asyncio calls the ends of a connection."""
        peer = self._desk.peer
        if name == "peername":
            return peer.host, peer.port
        if name == "sockname":
            return peer.local_host, peer.local_port
        return default
