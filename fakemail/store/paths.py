"""Where an address's mail lies: ``<root>/<domain>/<local part>/``.

Two addresses share a folder only if they are equal in lower case; RFC 5321 §2.4 lets a host
treat local parts so, and all do. Letters, digits, ``-_+=.`` stay as they are, each other octet
of the UTF-8 form becomes ``%XX``: legal on every file system, and never a separator.

A dot in front or at the end is written ``%2E``, so that no part is hidden, ``.`` or ``..``; an
empty part is a lone ``%`` and a missing domain ``%none``; a device name of Windows has its first
letter written ``%XX``; a part beyond 150 octets is cut and ends in ``%~`` and the SHA-256 of the
whole.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from urllib.parse import unquote_to_bytes

from fakemail.store.errors import PathEscapes

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_+=.")
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{d}{n}" for d in ("com", "lpt") for n in range(10)]
)
_LONGEST = 150


def canonical(address: str) -> str:
    """The form in which addresses are compared: lower case."""
    return address.lower()


def encode_part(part: str) -> str:
    """One part of an address as the name of a folder; injective on lower-case strings."""
    octets = part.encode("utf-8", "surrogatepass")
    if not octets:
        return "%"
    text = "".join(chr(o) if o in _PLAIN else f"%{o:02X}" for o in octets)
    if text[0] == "." or text.partition(".")[0] in _DEVICES:
        text = f"%{ord(text[0]):02X}{text[1:]}"
    if text[-1] == ".":
        text = text[:-1] + "%2E"
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 66]}%~{hashlib.sha256(octets).hexdigest()}"
    return text


def path_of(root: Path, address: str) -> Path:
    """Where the mail of an address lies below `root`, whether it is there yet or not."""
    local_part, at, domain = canonical(address).rpartition("@")
    if not at:
        return root / "%none" / encode_part(domain)
    return root / encode_part(domain) / encode_part(local_part)


def decode_part(name: str) -> str | None:
    """What `encode_part` made this name of; None if it made it of something too long, or did not
    make it."""
    if name == "%":
        return ""
    if "%~" in name:
        return None
    try:
        part = unquote_to_bytes(name).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    return part if encode_part(part) == name else None


def address_of(domain: str, local_part: str) -> str | None:
    """The address whose mail lies in these folders; None where the names do not say it."""
    local = decode_part(local_part)
    if domain == "%none":
        return local
    decoded = decode_part(domain)
    return None if local is None or decoded is None else f"{local}@{decoded}"


def refuse_escape(root: str, path: str) -> None:
    """Raise `PathEscapes` if `path`, a symbolic link or below one, is not really below `root`.

    Cheap when there is no link: one ``lstat`` for each step from the root.
    """
    step = path
    while len(step) > len(root):
        try:
            if stat.S_ISLNK(os.lstat(step).st_mode):
                real = os.path.realpath(path)
                top = os.path.realpath(root)
                if os.path.commonpath([real, top]) != top:
                    raise PathEscapes("A symbolic link in the mail folder leads out of it.")
                return
        except FileNotFoundError:
            pass
        step = os.path.dirname(step)
