"""``dovecot-keywords``: which letter (a to z) in file names stands for which IMAP keyword.

    0 $Forwarded
    1 important

A folder has room for 26. A keyword that no message carries any more gives its letter back when
a 27th is wanted; if all 26 are in use, the 27th is refused (`TooManyKeywords`), and PERMANENTFLAGS
should say so by leaving out ``\\*`` (RFC 3501 §7.1). Letters that are not in the file are kept in
file names and not shown; they are the last to be given to a new keyword.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from string import ascii_lowercase

from fakemail.store.errors import BadFlag, TooManyKeywords
from fakemail.store.filename import FLAG_OF_LETTER, LETTER_OF_FLAG
from fakemail.store.locking import replacing

FILE = "dovecot-keywords"
ROOM = len(ascii_lowercase)

_LINE = re.compile(r"(\d{1,4}) ([^\s\x00-\x1f\x7f]+)")
_ATOM = re.compile(r"[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|~\[]+")
"""RFC 3501 §9: flag-keyword = atom; ``]`` is a resp-special."""


class Keywords:
    """The keywords of one folder, by letter; re-read when the file changed."""

    def __init__(self, folder: str) -> None:
        self.path = os.path.join(folder, FILE)
        self._signature: tuple[int, int, int] | None = None
        self._names: dict[str, str] = {}
        self._cache: dict[str, frozenset[str]] = {}

    def refresh(self) -> bool:
        """Read the file if it is not as last read; says whether a letter changed its meaning."""
        try:
            status = os.stat(self.path)
        except FileNotFoundError:
            return False
        signature = (status.st_ino, status.st_size, status.st_mtime_ns)
        if signature == self._signature:
            return False
        with open(self.path, "rb") as file:
            text = file.read().decode("utf-8", "replace")
        before, self._names = self._names, _parse(text)
        self._signature = signature
        self._cache.clear()
        return before != self._names

    def names(self) -> list[str]:
        """The keywords that have a letter, in the order of the letters."""
        return [self._names[letter] for letter in sorted(self._names)]

    def has_room(self, in_use: Callable[[], Collection[str]]) -> bool:
        """Whether one more keyword could get a letter."""
        return len(self._names) < ROOM or not self._names.keys() <= set(in_use())

    def flags(self, letters: str) -> frozenset[str]:
        """The flags and keywords that these letters stand for."""
        found = self._cache.get(letters)
        if found is None:
            names = (FLAG_OF_LETTER.get(x) or self._names.get(x) for x in letters)
            found = self._cache[letters] = frozenset(name for name in names if name)
        return found

    def letters(self, flags: Collection[str], in_use: Callable[[], Collection[str]]) -> str:
        """The letters for these flags; new keywords get one. `in_use` lists letters on messages.

        Flags compare case-insensitively (RFC 3501 §2.3.2); raises `BadFlag`, `TooManyKeywords`.
        """
        known = {name.lower(): letter for letter, name in self._names.items()}
        letters = ""
        missing: dict[str, str] = {}
        for flag in flags:
            letter = LETTER_OF_FLAG.get(flag.lower()) or known.get(flag.lower())
            if letter:
                letters += letter
            elif _ATOM.fullmatch(flag):
                missing.setdefault(flag.lower(), flag)
            else:
                raise BadFlag("A keyword is an atom; the system flags are those of RFC 3501.")
        if missing:
            self._add(list(missing.values()), in_use)
            return self.letters(flags, in_use)
        return letters

    def known_letters(self, flags: Collection[str]) -> str:
        """The letters for those of the flags that have one; nothing is added or refused."""
        known = {name.lower(): letter for letter, name in self._names.items()}
        found = (LETTER_OF_FLAG.get(f.lower()) or known.get(f.lower()) for f in flags)
        return "".join(letter for letter in found if letter)

    def _add(self, wanted: list[str], in_use: Callable[[], Collection[str]]) -> None:
        used = in_use()
        with replacing(self.path) as content:
            self.refresh()
            names = dict(self._names)
            there = {name.lower() for name in names.values()}
            new = [name for name in wanted if name.lower() not in there]
            if len(names) + len(new) > ROOM:
                names = {letter: name for letter, name in names.items() if letter in used}
            free = [x for x in ascii_lowercase if x not in names]
            free.sort(key=lambda letter: letter in used)
            if len(new) > len(free):
                raise TooManyKeywords("A mailbox has room for 26 different keywords.")
            names.update(zip(free, new, strict=False))
            lines = (f"{ascii_lowercase.index(x)} {names[x]}\n" for x in sorted(names))
            content.append("".join(lines).encode())
        self._signature = None
        self.refresh()


def _parse(text: str) -> dict[str, str]:
    """Letter to keyword; lines that make no sense, or come after the 26th, are left out."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match and int(match[1]) < ROOM and match[2].lower() not in taken:
            names[ascii_lowercase[int(match[1])]] = match[2]
            taken.add(match[2].lower())
    return names
