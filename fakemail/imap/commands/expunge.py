"""EXPUNGE and UID EXPUNGE (RFC 3501 §6.4.3; RFC 4315 §2.1)."""

from __future__ import annotations

from fakemail.imap.command import Command, Running, nothing
from fakemail.imap.commands.numbers import Numbers, parser
from fakemail.imap.session import Session, State
from fakemail.reasons.imap import READ_ONLY
from fakemail.reasons.reason import Refusal


def expunge(session: Session, wanted: Numbers | None) -> Running:
    """EXPUNGE removes what is \\Deleted; of UID EXPUNGE, only what has these UIDs.

    Only messages that the client knows of; the EXPUNGE responses are the view's, like any other.
    """
    view = session.view
    if view.read_only:
        raise Refusal(READ_ONLY)
    if wanted is None:
        messages = [view.mailbox.get(uid) for uid in view.uids]
    else:
        messages = [message for _, message in wanted.messages(view).messages]
    deleted = [m.uid for m in messages if m is not None and "\\Deleted" in m.flags]
    if deleted:
        view.mailbox.expunge(deleted)
    yield from ()
    return b"OK EXPUNGE completed."


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
