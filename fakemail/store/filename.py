"""The name of one message file: ``<unique>,S=<octets>,W=<octets>:2,<flag letters>``.

The part before the colon, the *base*, never changes while the message lives in its folder; it
is what ``dovecot-uidlist`` lists. ``S`` is the size of the file, ``W`` the size on the wire
(RFC822.SIZE). The rule of this store: where S and W are there and equal, the octets of the file
are the octets on the wire, whatever they are. All other files may have LF line ends, as other
programs write them, and grow a CR for each bare LF when they are read.

The unique part is ``<seconds>.M<microseconds>P<pid>R<random>.<host>`` (maildir(5), as Dovecot
does). Microseconds never repeat within one `NameMaker`, so names sort in order of delivery.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import socket
from functools import lru_cache

from fakemail.clock import Clock

FLAG_OF_LETTER = {
    "D": "\\Draft",
    "F": "\\Flagged",
    "R": "\\Answered",
    "S": "\\Seen",
    "T": "\\Deleted",
}
LETTER_OF_FLAG = {flag.lower(): letter for letter, flag in FLAG_OF_LETTER.items()}

_SIZES = re.compile(r",S=(\d{1,18})(?=,|$)|,W=(\d{1,18})(?=,|$)")
_UIDL = re.compile("[!-~]{1,70}")
_STAMP = re.compile(r"(\d{1,19})\.(?:M(\d{1,9}))?")


def base_of(name: str) -> str:
    """The part of a file name that never changes: all before the colon."""
    return name.partition(":")[0]


def letters_of(name: str, base: str) -> str:
    """The flag letters of a file name that begins with `base`; empty if it has none, or another
    kind of info. What other programs put behind them and a comma are no letters."""
    at = len(base)
    return name[at + 3 :].partition(",")[0] if name.startswith(":2,", at) else ""


def with_letters(base: str, letters: str) -> str:
    """A file name for ``cur``: each letter once, in ASCII order, as maildir(5) asks."""
    return f"{base}:2,{''.join(sorted(set(letters)))}"


@lru_cache(maxsize=64)
def system_letters(flags: tuple[str, ...]) -> str | None:
    """The letters for these flags, in ASCII order; None if one of them is not a system flag, so
    that its letter is the mailbox's affair."""
    letters = {LETTER_OF_FLAG.get(flag.lower(), "") for flag in flags}
    return None if "" in letters else "".join(sorted(letters))


def sizes_of(base: str) -> tuple[int | None, int | None]:
    """What the name says of the file's size and the size on the wire, in octets."""
    stored = wire = None
    for match in _SIZES.finditer(base):
        if match[1] is not None:
            stored = int(match[1])
        else:
            wire = int(match[2])
    return stored, wire


def is_verbatim(base: str) -> bool:
    """Whether the file holds wire octets, not to be touched: S and W are there and equal."""
    stored, wire = sizes_of(base)
    return stored is not None and stored == wire


def guid_of(base: str) -> str:
    """A message's name for ever, as POP3's UIDL shows it: the base, or a hash of an odd one.

    UIDL takes 1 to 70 characters from ! to ~ (RFC 1939 §7); other programs may choose others.
    """
    return base if _UIDL.fullmatch(base) else hashlib.sha256(os.fsencode(base)).hexdigest()


def delivery_order(base: str) -> tuple[int, int, str]:
    """A sort key: names by the time of delivery that they state; others come first, by name."""
    match = _STAMP.match(base)
    return (int(match[1]), int(match[2] or 0), base) if match else (0, 0, base)


def moment_of(base: str) -> int | None:
    """When it was delivered, in microseconds; None where the name does not say it so exactly."""
    match = _STAMP.match(base)
    return int(match[1]) * 1_000_000 + int(match[2]) if match and match[2] else None


class NameMaker:
    """Makes base names that no other file has: in this process, on this machine, ever."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        host = re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname().partition(".")[0])[:8] or "host"
        self._tail = f"P{os.getpid()}R{secrets.token_hex(3)}.{host}"

    def unique(self) -> str:
        """A new name without sizes; later names sort after earlier ones."""
        now = int(self._clock.time() * 1_000_000)
        self._last = now = now if now > self._last else self._last + 1
        seconds, microseconds = divmod(now, 1_000_000)
        return f"{seconds}.M{microseconds:06}{self._tail}"

    def moment(self) -> int:
        """Now, in microseconds: later than in every name so far, earlier than in all to come."""
        self._last = max(self._last + 1, int(self._clock.time() * 1_000_000))
        return self._last

    def base(self, octets: int) -> str:
        """A new base for a file that holds so many wire octets."""
        return f"{self.unique()},S={octets},W={octets}"

    def like(self, base: str) -> str:
        """A new base for a copy of the message that has this one: same sizes."""
        stored, wire = sizes_of(base)
        name = self.unique()
        if stored is not None:
            name += f",S={stored}"
        if wire is not None:
            name += f",W={wire}"
        return name
