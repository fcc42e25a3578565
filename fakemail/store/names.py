"""Mailbox names and the folders that hold them (Maildir++).

A mailbox ``Work/2026`` is the folder ``.Work.2026`` beside INBOX's ``cur``; INBOX itself is the
root. Each part is written in modified UTF-7 (RFC 3501 §5.1.3), as Dovecot does by default. A dot
within a part, which Maildir++ has no way to write and Dovecot therefore refuses, is base64 here
(``v&AC4-1``): real providers take such names. Dovecot shows these folders as they are on disk.

Refused: empty parts, ``.`` and ``..``, control characters, and what would not fit a folder name
of 255 octets.
"""

from __future__ import annotations

import base64
import re

from fakemail.store.errors import BadMailboxName

SEPARATOR = "/"
INBOX = "INBOX"
LONGEST_FOLDER = 255

_ENCODED = re.compile(r"&([^-]*)-")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def encode_modified_utf7(text: str, also: str = "") -> str:
    """Modified UTF-7 (RFC 3501 §5.1.3); characters in `also` are put in base64 as well."""
    out: list[str] = []
    shifted: list[str] = []

    def flush() -> None:
        if shifted:
            octets = "".join(shifted).encode("utf-16-be")
            out.append("&" + base64.b64encode(octets).decode().rstrip("=").replace("/", ",") + "-")
            shifted.clear()

    for character in text:
        if " " <= character <= "~" and character not in also:
            flush()
            out.append("&-" if character == "&" else character)
        else:
            shifted.append(character)
    flush()
    return "".join(out)


def decode_modified_utf7(text: str) -> str:
    """The reverse; ValueError if it is not modified UTF-7."""

    def replace(match: re.Match[str]) -> str:
        digits = match[1]
        if not digits:
            return "&"
        padded = digits.replace(",", "/") + "=" * (-len(digits) % 4)
        return base64.b64decode(padded, validate=True).decode("utf-16-be")

    if not text.isascii() or "&" in _ENCODED.sub("", text):
        raise ValueError("not modified UTF-7")
    return _ENCODED.sub(replace, text)


def canonical_name(name: str) -> str:
    """The name as the store knows it: ``inbox`` in any case as first part is ``INBOX``.

    Raises `BadMailboxName` with the reason if no mailbox can have this name.
    """
    if _CONTROL.search(name):
        raise BadMailboxName("A mailbox name cannot contain control characters.")
    parts = name.split(SEPARATOR)
    if not all(parts):
        raise BadMailboxName("A mailbox name cannot have empty parts.")
    if "." in parts or ".." in parts:
        raise BadMailboxName("A part of a mailbox name cannot be '.' or '..'.")
    if parts[0].upper() == INBOX:
        parts[0] = INBOX
    return SEPARATOR.join(parts)


def folder_of(name: str) -> str:
    """The folder of a mailbox, relative to the home; empty for INBOX. Raises `BadMailboxName`."""
    name = canonical_name(name)
    if name == INBOX:
        return ""
    try:
        folder = "".join("." + encode_modified_utf7(p, also=".") for p in name.split(SEPARATOR))
    except UnicodeEncodeError:
        raise BadMailboxName("A mailbox name must be Unicode text.") from None
    if len(folder) > LONGEST_FOLDER:
        raise BadMailboxName("The mailbox name is too long.")
    return folder


def name_of(folder: str) -> str | None:
    """The mailbox in a folder such as ``.Work.2026``; None if the store would not write it so."""
    try:
        name = SEPARATOR.join(decode_modified_utf7(part) for part in folder[1:].split("."))
        return name if folder_of(name) == folder else None
    except (ValueError, BadMailboxName):
        return None


def parents(name: str) -> list[str]:
    """The names above this one, outermost first."""
    parts = name.split(SEPARATOR)
    return [SEPARATOR.join(parts[:n]) for n in range(1, len(parts))]


def is_below(name: str, parent: str) -> bool:
    """Whether `name` is a child of `parent`, at any depth."""
    return name.startswith(parent + SEPARATOR)
