"""COPY and MOVE between the mailboxes of one home: all or none (RFC 3501 §6.4.7, RFC 6851).

A copy is a hard link where the file system has them, so it costs no space and keeps the file's
date; copies grow in the target's ``tmp/`` and are renamed into ``new/`` only when all are there. A
move is one rename for each message; if one fails, the others go back. A kill in the middle leaves
some copied or some moved, but each message whole, and in at least one place.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING

from fakemail.store.errors import MessageGone, NoSuchMailbox
from fakemail.store.filename import with_letters
from fakemail.store.index import Message

if TYPE_CHECKING:
    from fakemail.store.mailbox import Mailbox

TURN = 200
"""Messages to copy before somebody else may have a turn."""


def link_or_copy(source: str, target: str) -> None:
    """A second name for a file; a second file with the same octets and date where links fail."""
    try:
        os.link(source, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:
        try:
            shutil.copyfile(source, target, follow_symlinks=False)
            shutil.copystat(source, target, follow_symlinks=False)
        except OSError:
            remove(target)
            raise


def remove(path: str) -> None:
    """Remove a file if it is there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def copying(
    source: Mailbox, uids: Iterable[int], target: Mailbox
) -> Generator[None, None, list[tuple[int, int]]]:
    """Copy messages; pairs of old and new UID. Those that are gone are left out.

    Yields now and then while the copies grow, which nobody sees; what makes them visible happens
    at once, at the end. If it is closed before, there is no copy.
    """
    staged: list[tuple[Message, str]] = []
    placed: list[tuple[str, str]] = []
    try:
        for number, (message, base) in enumerate(_plan(source, uids, target), 1):
            if _carry(source, message, target, link_or_copy, f"{target.folder.tmp}/{base}"):
                staged.append((message, base))
            if not number % TURN:
                yield
        for (_, base), name in zip(staged, _names(staged, target), strict=True):
            os.rename(f"{target.folder.tmp}/{base}", target.folder.file(name, True))
            placed.append((base, name))
        new_uids = target.adopt(placed)
    except BaseException as error:
        for _, base in staged:
            remove(f"{target.folder.tmp}/{base}")
        for _, name in placed:
            remove(target.folder.file(name, True))
        if isinstance(error, FileNotFoundError):
            raise NoSuchMailbox("The mailbox was deleted meanwhile.") from error
        raise
    return [(m.uid, new) for (m, _), new in zip(staged, new_uids, strict=True)]


def copy(source: Mailbox, uids: Iterable[int], target: Mailbox) -> list[tuple[int, int]]:
    """The same without pauses."""
    work = copying(source, uids, target)
    while True:
        try:
            next(work)
        except StopIteration as end:
            pairs: list[tuple[int, int]] = end.value
            return pairs


def move(source: Mailbox, uids: Iterable[int], target: Mailbox) -> list[tuple[int, int]]:
    """Move messages; pairs of old and new UID. The target is announced before the source."""
    plan = _plan(source, uids, target)
    moved: list[Message] = []
    placed: list[tuple[str, str]] = []
    try:
        for (message, base), name in zip(plan, _names(plan, target), strict=True):
            if _carry(source, message, target, os.rename, target.folder.file(name, True)):
                moved.append(message)
                placed.append((base, name))
        new_uids = target.adopt(placed)
    except BaseException:
        for message, (_, name) in zip(moved, placed, strict=True):
            os.rename(target.folder.file(name, True), source.path_of(message))
        raise
    source.dropped(moved)
    return [(m.uid, new) for m, new in zip(moved, new_uids, strict=True)]


def _plan(source: Mailbox, uids: Iterable[int], target: Mailbox) -> list[tuple[Message, str]]:
    """The messages that are there, in order of UID, and their base names in the target."""
    if source.gone or target.gone:
        raise NoSuchMailbox("The mailbox has been deleted.")
    target.look()
    if target.gone:
        raise NoSuchMailbox("The mailbox has been deleted.")
    found = filter(None, map(source.get, sorted(set(uids))))
    return [(message, target.around.names.like(message.base)) for message in found]


def _names(plan: list[tuple[Message, str]], target: Mailbox) -> Iterator[str]:
    """File names in the target: keywords get the letters that they have there.

    All letters are found before the first name is: raises BadFlag or TooManyKeywords early.
    """
    letters = {flags: target.letters_for(flags) for flags in {m.flags for m, _ in plan}}
    for message, base in plan:
        found = letters[message.flags]
        yield with_letters(base, found) if found else base


def _carry(
    source: Mailbox,
    message: Message,
    target: Mailbox,
    action: Callable[[str, str], None],
    path: str,
) -> bool:
    """Link or rename one file to `path`; False if another program has removed it."""
    try:
        source.with_file(message, lambda here, _: action(here, path))
    except MessageGone:
        if not target.folder.is_there():
            raise NoSuchMailbox("The mailbox was deleted meanwhile.") from None
        return False
    return True
