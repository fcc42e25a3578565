"""Mail that others have kept: mbox files, Maildirs, single messages, and folders of them.

Read once, for `fakemail import`; nothing is changed there. Which of them a path is, is seen from
what is in it:

* a Maildir has ``cur`` and ``new``; its subfolders (Maildir++) are mailboxes;
* a folder whose folders are called by addresses is GreenMail's preload layout,
  ``<address>/<mailbox>/*.eml``, nested as the mailboxes are;
* any other folder is searched for ``*.eml``, however deep;
* a file that begins with ``From `` is an mbox (RFC 4155), any other one is a message.
"""

from __future__ import annotations

import os
import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote

from fakemail.store.filename import FLAG_OF_LETTER, base_of, letters_of
from fakemail.store.maildir import CUR, NEW, with_crlf
from fakemail.store.names import INBOX, SEPARATOR, name_of

_FROM = b"From "
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_STATUS = {"R": "\\Seen", "A": "\\Answered", "F": "\\Flagged", "D": "\\Deleted", "T": "\\Draft"}
_STATUS_FIELD = re.compile(rb"^(?:X-)?Status:[ \t]*([A-Z]*)", re.MULTILINE | re.IGNORECASE)
_MESSAGE = ".eml"


@dataclass(frozen=True, slots=True)
class Kept:
    """One message of them."""

    octets: bytes = field(repr=False)
    """As on the wire: CRLF line ends."""

    source: Path
    taken: int
    """Octets of the source that it stands for, for progress."""

    date: float | None = None
    """When it was received, in seconds since 1970 UTC."""

    flags: tuple[str, ...] = ()
    address: str | None = None
    """Whose it is, where the place says so."""

    mailbox: str = INBOX


def size_of(source: Path) -> int:
    """Octets of everything that would be read."""
    if source.is_file():
        return source.stat().st_size
    return sum(path.stat().st_size for path in _files_of(source))


def read(source: Path) -> Iterator[Kept]:
    """Every message in it, in order; raises OSError for what cannot be read."""
    if source.is_file():
        yield from _read_file(source)
    elif _is_maildir(source):
        yield from _read_maildirs(source)
    else:
        for path in _files_of(source):
            address, mailbox = _place(path.relative_to(source).parts)
            yield _message(path, address, mailbox)


def addresses_in(source: Path) -> list[str]:
    """Whose folders there are in GreenMail's layout, also those without mail."""
    if not source.is_dir() or _is_maildir(source):
        return []
    folders = [entry.name for entry in source.iterdir() if entry.is_dir()]
    return sorted(unquote(name) for name in folders if "@" in name)


def unquoted(octets: bytes) -> bytes:
    """A message of an mbox with its ``>From `` lines as they were (the *mboxrd* way)."""
    return _QUOTED.sub(rb"\1", octets)


def quoted(octets: bytes) -> bytes:
    """The opposite: no line of it begins with ``From `` any more."""
    return re.sub(rb"^(>*From )", rb">\1", octets, flags=re.MULTILINE)


def _read_file(path: Path) -> Iterator[Kept]:
    with path.open("rb") as file:
        if file.read(len(_FROM)) == _FROM:
            file.seek(0)
            yield from _read_mbox(file, path)
            return
    yield _message(path, None, INBOX)


def _read_mbox(file: BinaryIO, path: Path) -> Iterator[Kept]:
    """A message ends where an empty line is followed by a line that begins with ``From ``."""
    lines: list[bytes] = []
    after_empty = False
    line = next(file, b"")
    taken, date = len(line), _date_of(line)
    for line in file:
        if after_empty and line.startswith(_FROM):
            yield _of_mbox(lines[:-1], path, taken, date)
            lines, taken, date, after_empty = [], len(line), _date_of(line), False
            continue
        lines.append(line)
        taken += len(line)
        after_empty = line in (b"\n", b"\r\n")
    yield _of_mbox(lines[:-1] if after_empty and len(lines) > 1 else lines, path, taken, date)


def _date_of(line: bytes) -> float | None:
    """``From a@example.com Sun Nov 22 01:03:56 2026``, in UTC (RFC 4155, appendix A)."""
    found = parsedate(b" ".join(line.split()[2:7]).decode("latin-1"))
    try:
        return None if found is None else float(timegm(found))
    except (OverflowError, ValueError):
        return None


def _of_mbox(lines: list[bytes], path: Path, taken: int, date: float | None) -> Kept:
    octets = with_crlf(unquoted(b"".join(lines)))
    head = octets.partition(b"\r\n\r\n")[0]
    letters = b"".join(_STATUS_FIELD.findall(head)).decode("ascii")
    flags = tuple(flag for letter, flag in _STATUS.items() if letter in letters.upper())
    return Kept(octets, path, taken, date, flags)


def _is_maildir(path: Path) -> bool:
    return (path / CUR).is_dir() and (path / NEW).is_dir()


def _read_maildirs(top: Path) -> Iterator[Kept]:
    yield from _read_maildir(top, INBOX)
    for folder in sorted(top.iterdir()):
        if folder.name.startswith(".") and _is_maildir(folder):
            name = name_of(folder.name)
            if name is not None:
                yield from _read_maildir(folder, name)


def _read_maildir(folder: Path, mailbox: str) -> Iterator[Kept]:
    found = [entry for sub in (CUR, NEW) for entry in (folder / sub).iterdir() if entry.is_file()]
    for path in sorted(found, key=lambda path: path.name):
        if not path.name.startswith("."):
            letters = letters_of(path.name, base_of(path.name))
            flags = tuple(FLAG_OF_LETTER[each] for each in letters if each in FLAG_OF_LETTER)
            yield _message(path, None, mailbox, flags)


def place_of(address: str, mailbox: str) -> Path:
    """``alice@example.com/Work/2026``: where GreenMail's layout has a mailbox.

    What no folder can be called stands as ``%XX``, so that nothing leads out.
    """
    return Path(*(_folder(part) for part in (address, *mailbox.split(SEPARATOR))))


def _folder(part: str) -> str:
    name = quote(part, safe="@+=, ", errors="surrogatepass")
    return f"%2E{name[1:]}" if name.startswith(".") else name


def _place(parts: tuple[str, ...]) -> tuple[str | None, str]:
    """The opposite, of a file: whose it is, and which mailbox."""
    first, *folders = [unquote(part) for part in parts[:-1]] or [""]
    return (first, SEPARATOR.join(folders) or INBOX) if "@" in first else (None, INBOX)


def _message(path: Path, address: str | None, mailbox: str, flags: tuple[str, ...] = ()) -> Kept:
    octets = path.read_bytes()
    date = path.stat().st_mtime
    return Kept(with_crlf(octets), path, len(octets), date, flags, address, mailbox)


def _files_of(folder: Path) -> list[Path]:
    """The message files below a folder, by name."""
    if _is_maildir(folder):
        places = [folder, *(p for p in folder.iterdir() if p.name[:1] == "." and _is_maildir(p))]
        return [f for p in places for sub in (CUR, NEW) for f in (p / sub).iterdir() if f.is_file()]
    return sorted(
        Path(where) / name
        for where, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith(_MESSAGE)
    )
