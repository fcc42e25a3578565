"""EXPUNGE and UID EXPUNGE (RFC 3501 §6.4.3; RFC 4315 §2.1; RFC 7162 §3.2.7)."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from fakemail.imap.command import Command, Running, nothing
from fakemail.imap.commands.numbers import Numbers, parser
from fakemail.imap.session import Session, State
from fakemail.imap.view import View
from fakemail.reasons.imap import READ_ONLY
from fakemail.reasons.reason import Refusal

TURN = 1000
"""Messages to look at before other sessions may have their turn."""


def expunge(session: Session, wanted: Numbers | None) -> Running:
    """EXPUNGE removes what is \\Deleted; of UID EXPUNGE, only what has these UIDs.

    Only messages that the client knows of; the EXPUNGE responses are the view's, like any other.
    """
    view = session.view
    if view.read_only:
        raise Refusal(READ_ONLY)
    if wanted is None:
        removed = yield from expunge_deleted(view, list(view.uids))
    else:
        found = wanted.messages(view).messages
        removed = yield from expunge_deleted(view, [message.uid for _, message in found])
    return b"OK %bEXPUNGE completed." % (highest(view) if removed else b"")


def highest(view: View) -> bytes:
    """HIGHESTMODSEQ after messages were removed, for clients that know QRESYNC: all of it will be
    told before the tagged response (RFC 7162 §3.2.7)."""
    view.highest_follows = view.vanishes
    return b"[HIGHESTMODSEQ %d] " % view.mailbox.highest_modseq if view.vanishes else b""


def expunge_deleted(view: View, uids: Sequence[int]) -> Generator[bytes, None, bool]:
    """Remove what of these is \\Deleted, with pauses for others; for CLOSE too. Whether any was."""
    removed = False
    for start in range(0, len(uids), TURN):
        messages = map(view.mailbox.get, uids[start : start + TURN])
        deleted = [m.uid for m in messages if m is not None and "\\Deleted" in m.flags]
        if deleted:
            removed |= bool(view.mailbox.expunge(deleted))
        yield b""
    return removed


ROWS = (
    Command(
        name="EXPUNGE",
        parse=nothing,
        run=expunge,
        states=State.SELECTED,
        cites="RFC 3501 §6.4.3",
    ),
    Command(
        name="UID EXPUNGE",
        parse=parser(by_uid=True),
        run=expunge,
        states=State.SELECTED,
        cites="RFC 4315 §2.1",
        capability="UIDPLUS",
    ),
)
