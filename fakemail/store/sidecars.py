"""The small files of a home: subscriptions, special uses, and the last UIDVALIDITY given.

``subscriptions`` and ``dovecot-uidvalidity`` are Dovecot's; ``fakemail-special-use`` is ours, one
line ``<attribute><tab><mailbox>`` for each (RFC 6154).
"""

from __future__ import annotations

import contextlib
import os
import re

from fakemail.store.locking import replacing
from fakemail.store.names import decode_modified_utf7

SUBSCRIPTIONS = "subscriptions"
SPECIAL_USE = "fakemail-special-use"
VALIDITY = "dovecot-uidvalidity"
HIGHEST_VALIDITY = 0xFFFF_FFFF

_MARKER = re.compile(r"dovecot-uidvalidity\.([0-9a-f]{8})")


def _lines(path: str) -> list[str]:
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []


def read_subscriptions(home: str) -> list[str]:
    """The names in ``subscriptions``, as they stand there.

    Version 2 begins ``V<tab>2`` and an empty line and separates the parts of a name by tabs; the
    version before has one name a line with dots between the parts, also in modified UTF-7.
    """
    lines = _lines(os.path.join(home, SUBSCRIPTIONS))
    if lines[:1] == ["V\t2"]:
        return [line.replace("\t", "/") for line in lines[2:] if line]
    names = []
    for line in lines:
        with contextlib.suppress(ValueError):
            name = decode_modified_utf7(line) if line.isascii() else line
            names.append(name.replace(".", "/"))
    return [name for name in names if name]


def change_subscription(home: str, name: str, subscribed: bool) -> None:
    """Add or remove one name; written in version 2."""
    with replacing(os.path.join(home, SUBSCRIPTIONS)) as content:
        names = read_subscriptions(home)
        if (name in names) is not subscribed:
            names = [n for n in names if n != name] + [name] * subscribed
            lines = "".join(n.replace("/", "\t") + "\n" for n in names)
            content.append(f"V\t2\n\n{lines}".encode())


def read_special_uses(home: str) -> dict[str, str] | None:
    """Mailbox name to attribute such as ``\\Sent``; None if nobody has chosen any yet."""
    path = os.path.join(home, SPECIAL_USE)
    if not os.path.exists(path):
        return None
    pairs = (line.split("\t", 1) for line in _lines(path) if "\t" in line)
    return {name: attribute for attribute, name in pairs}


def write_special_uses(home: str, uses: dict[str, str]) -> None:
    """Replace the file."""
    with replacing(os.path.join(home, SPECIAL_USE)) as content:
        content.append(b"# RFC 6154: attribute, tab, mailbox\n")
        content.extend(f"{attribute}\t{name}\n".encode() for name, attribute in uses.items())


def next_validity(home: str, now: float, above: int) -> int:
    """A UIDVALIDITY that no mailbox of this home has had (RFC 3501 §2.3.1.1).

    The time in seconds, or one more than the last one. Dovecot's way: the last value is the name
    of an empty file, made with O_EXCL, so that no two processes get the same; a second file that
    holds the value is a hint only.
    """
    markers = {}
    for entry in os.listdir(home):
        if match := _MARKER.fullmatch(entry):
            markers[int(match[1], 16)] = entry
    value = max(int(now) & HIGHEST_VALIDITY, above + 1, *(m + 1 for m in markers), 1)
    while True:
        marker = os.path.join(home, f"{VALIDITY}.{value & HIGHEST_VALIDITY:08x}")
        try:
            os.close(os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o444))
            break
        except FileExistsError:
            value += 1
    for old in markers.values():
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(home, old))
    with replacing(os.path.join(home, VALIDITY)) as content:
        content.append(f"{value & HIGHEST_VALIDITY:08x}".encode())
    return value & HIGHEST_VALIDITY
