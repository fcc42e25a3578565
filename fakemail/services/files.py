"""Files that are either there as a whole or not at all; and how many may be open."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Unusable(Exception):
    """A file or folder that the server needs; the text says which, why not, and what to do."""


@contextmanager
def writing(what: str, flag: str) -> Iterator[None]:
    """An OSError in the block becomes Unusable: `what` in words, the `flag` that names another."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename and error.filename not in what else ""
        why = (error.strerror or str(error)).lower()
        if isinstance(error, FileExistsError):
            why = "it is no folder"
        raise Unusable(
            f"{what} cannot be used: {why}{where}.\nName another with {flag}."
        ) from error


def may_write(path: Path) -> None:
    """Raises OSError if `write_atomically` could put nothing at `path`."""
    temporary = _temporary(path)
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    temporary.unlink()


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def write_atomically(path: Path, octets: bytes, mode: int = 0o644) -> None:
    """Put `octets` at `path` in one step; who reads meanwhile sees the old file or the new."""
    temporary = _temporary(path)
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(fd, "wb") as file:
            os.fchmod(fd, mode)
            file.write(octets)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def allow_connections(wanted: int) -> None:
    """Raise the soft limit of open files, as far as the hard limit goes, for so many clients."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * wanted + 200  # a socket, and a message file being read or written
    if hard != resource.RLIM_INFINITY:
        needed = min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
