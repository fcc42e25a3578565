"""COPY and MOVE between the mailboxes of one home: all or none (RFC 3501 §6.4.7, RFC 6851).

A copy is a hard link where the file system has them, so it costs no space and keeps the file's
date; copies grow in the target's ``tmp/`` and are renamed into ``new/`` only when all are there. A
move is one rename for each message; if one fails, the others go back.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from fakemail.store.errors import MessageGone, NoSuchMailbox
from fakemail.store.filename import with_letters
from fakemail.store.index import Message

if TYPE_CHECKING:
    from fakemail.store.mailbox import Mailbox

Planned = tuple[Message, str, str]
"""A message, and base and name of its file in the target."""


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


def copy(source: Mailbox, uids: Iterable[int], target: Mailbox) -> list[tuple[int, int]]:
    """Copy messages; pairs of old and new UID. Those that are gone are left out."""
    made: list[Planned] = []
    final: list[str] = []
    try:
        for planned in _plan(source, uids, target):
            message, _, name = planned
            staged = f"{target.folder.tmp}/{name}"
            with contextlib.suppress(MessageGone):
                source.with_file(message, _to(staged, link_or_copy))
                made.append(planned)
        for _, _, name in made:
            os.rename(f"{target.folder.tmp}/{name}", target.folder.file(name, True))
            final.append(target.folder.file(name, True))
        new_uids = target.adopt([(base, name) for _, base, name in made])
    except BaseException:
        for _, _, name in made:
            remove(f"{target.folder.tmp}/{name}")
        for path in final:
            remove(path)
        raise
    return [(m.uid, new) for (m, _, _), new in zip(made, new_uids, strict=True)]


def move(source: Mailbox, uids: Iterable[int], target: Mailbox) -> list[tuple[int, int]]:
    """Move messages; pairs of old and new UID. The target is announced before the source."""
    moved: list[Planned] = []
    try:
        for planned in _plan(source, uids, target):
            message, _, name = planned
            final = target.folder.file(name, True)
            with contextlib.suppress(MessageGone):
                source.with_file(message, _to(final, os.rename))
                moved.append(planned)
        new_uids = target.adopt([(base, name) for _, base, name in moved])
    except BaseException:
        for message, _, name in moved:
            os.rename(target.folder.file(name, True), source.path_of(message))
        raise
    source.dropped([message for message, _, _ in moved])
    return [(m.uid, new) for (m, _, _), new in zip(moved, new_uids, strict=True)]


def _to(target: str, action: Callable[[str, str], None]) -> Callable[[str, str], None]:
    return lambda path, _: action(path, target)


def _plan(source: Mailbox, uids: Iterable[int], target: Mailbox) -> list[Planned]:
    """New names in the target, in order of UID; keywords get their letters there."""
    if source.gone or target.gone:
        raise NoSuchMailbox("The mailbox has been deleted.")
    plan = []
    for uid in sorted(set(uids)):
        message = source.get(uid)
        if message is not None:
            base = target.around.names.like(message.base)
            letters = target.letters_for(message.flags)
            plan.append((message, base, with_letters(base, letters) if letters else base))
    return plan
