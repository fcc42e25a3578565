"""The client's end of a conversation that is played again: a socket, and DEFLATE where the client
that is played used it (RFC 4978)."""

from __future__ import annotations

import re
import socket
import zlib
from typing import Any

_COMPRESS = re.compile(rb"^([^ \r\n]+) COMPRESS DEFLATE\r?\n", re.IGNORECASE | re.MULTILINE)


class Wire:
    """Sends and hears; compresses both ways from the OK of COMPRESS on."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._tag: bytes | None = None
        """Of the COMPRESS that is not answered yet."""
        self._heard = b""
        self._deflate: Any = None
        self._inflate: Any = None

    def send(self, octets: bytes) -> None:
        """Raises OSError."""
        if self._deflate is not None:
            octets = self._deflate.compress(octets) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        elif command := _COMPRESS.search(octets):
            self._tag, self._heard = command[1], b""
        self.connection.sendall(octets)

    def receive(self) -> bytes:
        """What the server said, clear again; empty at the end, and never before it.

        Raises OSError.
        """
        while octets := self.connection.recv(65536):
            if found := self._cleared(octets):
                return found
        return b""

    def _cleared(self, octets: bytes) -> bytes:
        if self._inflate is not None:
            try:
                return bytes(self._inflate.decompress(octets))
            except zlib.error as error:
                raise ConnectionError(f"the server's DEFLATE stream is broken: {error}") from None
        if self._tag is None:
            return octets
        self._heard += octets
        answer = re.search(
            rb"(?im)^%b (OK|NO|BAD)[^\r\n]*\r?\n" % re.escape(self._tag), self._heard
        )
        if answer is None:
            return octets
        self._tag = None
        if answer[1].upper() != b"OK":
            return octets
        self._deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        early = len(self._heard) - answer.end()
        clear = octets[: len(octets) - early]
        return clear + (self._cleared(octets[len(octets) - early :]) if early else b"")
