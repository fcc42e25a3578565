"""The ready file: how other programs learn that all ports are open, and where they are."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import msgspec

from fakemail.services.files import write_atomically
from fakemail.services.lock import held

READY_FILE = "ready.json"
"""In the data folder, always; `--ready-file` names another one beside it."""


class Ready(msgspec.Struct, frozen=True):
    """The file's content."""

    host: str
    pid: int
    data: str
    ca_file: str
    ports: dict[str, int]
    """Listener name to port number, in the order of the documentation."""

    accounts: str = "open"
    """``open`` or ``listed``: whether strangers may log in."""

    dialect: str = "generic"
    providers: dict[str, str] = msgspec.field(default_factory=dict)
    """Providers that the server is too, and the loopback address of each."""

    @property
    def line(self) -> str:
        """The line on standard output that scripts wait for."""
        return "fakemail ready " + " ".join(f"{name}={n}" for name, n in self.ports.items())

    def json(self) -> bytes:
        """Indented, for people too."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    def write(self, path: Path) -> None:
        """Put it at `path` in one step."""
        write_atomically(path, self.json())

    def alive(self) -> bool:
        """Whether the process lives and still has its data folder.

        It opens all ports before it writes the file, and removes the file before it closes them;
        so no port is touched, which would be one more session each time a health check asks.
        Where the folder is another user's, the ports have to answer.
        """
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        in_use = held(Path(self.data))
        if in_use is not None:
            return in_use
        return all(self._answers(port) for port in self.ports.values())

    def _answers(self, port: int) -> bool:
        try:
            socket.create_connection((self.host, port), timeout=1.0).close()
        except OSError:
            return False
        return True


def read(path: Path) -> Ready | None:
    """The file at `path`; None when there is none or it is none of ours."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ready)
    except (OSError, msgspec.DecodeError):
        return None
