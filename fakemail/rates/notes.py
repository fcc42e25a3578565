"""How `fakemail reset`, a program of its own, tells a running server to count anew.

It adds a line to a file in the data folder: an address, or ``*``. The server looks when it would
refuse somebody, and when a session begins in which something is limited; who limits nothing never
looks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

FILE_NAME = "reset.log"
EVERYBODY = "*"


class Notes:
    """The file, as a server reads it: only what came since it was made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        self._read = 0

    def new(self) -> list[str]:
        """Addresses, or `EVERYBODY`, since the last time."""
        try:
            size = os.stat(self._path).st_size
            if size == self._read:
                return []
            with self._path.open("rb") as file:
                file.seek(self._read if size > self._read else 0)
                octets = file.read()
                whole = octets[: octets.rfind(b"\n") + 1]
                self._read = file.tell() - len(octets) + len(whole)
        except OSError:
            return []
        return whole.decode("utf-8", "replace").split()


def note(folder: Path, addresses: Iterable[str]) -> None:
    """Have it counted anew for these, or, where there are none, for everybody. Raises OSError."""
    lines = "".join(f"{address}\n" for address in addresses) or f"{EVERYBODY}\n"
    descriptor = os.open(folder / FILE_NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, lines.encode())
    finally:
        os.close(descriptor)
