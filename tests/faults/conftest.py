"""A server with faults, and a client of octets: what it says, and what it hears until the end."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

import fakemail
from fakemail.testing.endpoint import Endpoint
from fakemail.testing.mail import Mail

PATIENCE = 10.0


class Line:
    """One connection; `heard` is everything so far."""

    def __init__(self, endpoint: Endpoint, ca: Path | None = None) -> None:
        self._socket = socket.create_connection((endpoint.host, endpoint.port), PATIENCE)
        if ca is not None:
            context = ssl.create_default_context(cafile=str(ca))
            self._socket = context.wrap_socket(self._socket, server_hostname="localhost")
        self.heard = b""
        self.pieces: list[bytes] = []

    def say(self, *lines: str) -> None:
        """Send lines, all at once."""
        self._socket.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def until(self, end: str) -> bytes:
        """Read until something stands there that was not heard before."""
        start = len(self.heard)
        while end.encode() not in self.heard[start:]:
            piece = self._socket.recv(65536)
            assert piece, f"closed after {self.heard[start:]!r}, before {end!r}"
            self._take(piece)
        return self.heard[start:]

    def rest(self) -> bytes:
        """Read to the end; ConnectionResetError where there is no end but a reset."""
        start = len(self.heard)
        while piece := self._socket.recv(65536):
            self._take(piece)
        return self.heard[start:]

    def silent_for(self, seconds: float) -> bool:
        """Whether nothing comes for so long, not even the end."""
        self._socket.settimeout(seconds)
        try:
            self._take(self._socket.recv(65536))
        except TimeoutError:
            return True
        finally:
            self._socket.settimeout(PATIENCE)
        return False

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _take(self, piece: bytes) -> None:
        self.heard += piece
        self.pieces.append(piece)


@pytest.fixture
def served() -> Iterator[Callable[..., Mail]]:
    """Start a server with these faults."""
    with ExitStack() as stack:
        yield lambda *faults, **settings: stack.enter_context(
            fakemail.run(fault=faults, **settings)
        )


@pytest.fixture
def call() -> Iterator[Callable[..., Line]]:
    """Connect to a listener of a server; inside TLS if it is given a CA file."""
    with ExitStack() as stack:

        def connect(endpoint: Endpoint, ca: Path | None = None) -> Line:
            line = Line(endpoint, ca)
            stack.callback(line.close)
            return line

        yield connect


@pytest.fixture
def run_for() -> Callable[..., AbstractContextManager[Mail]]:
    """A server with this fault, for as long as the block lasts."""
    return lambda *faults: fakemail.run(fault=faults)


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Wait until something is so."""

    def wait(so: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not so():
            assert time.monotonic() < end
            threading.Event().wait(0.01)

    return wait
