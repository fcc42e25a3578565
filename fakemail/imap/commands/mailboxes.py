"""DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE (RFC 3501 §6.3.4-6.3.7)."""

from __future__ import annotations

from fakemail.imap.command import Command, Running
from fakemail.imap.commands.select import parse_name
from fakemail.imap.grammar.mailbox_name import mailbox
from fakemail.imap.session import Session, State
from fakemail.reasons.imap import MAILBOX_EXISTS, NO_SUCH_MAILBOX
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MailboxExists, NoSuchMailbox
from fakemail.wire.cursor import Cursor


def delete(session: Session, name: str) -> Running:
    """DELETE; the client's own selected mailbox is closed before it goes (§6.3.4)."""
    if not session.home.exists(name):
        raise Refusal(NO_SUCH_MAILBOX, name=name)
    if session.selected and session.view.mailbox.name == name != "INBOX":
        session.unselect()
        yield b"* OK [CLOSED] The selected mailbox is being deleted.\r\n"
    session.home.delete(name)
    return b"OK DELETE completed."


def parse_rename(cursor: Cursor) -> tuple[str, str]:
    """rename = "RENAME" SP mailbox SP mailbox"""
    old = parse_name(cursor)
    cursor.space()
    return old, mailbox(cursor)


def rename(session: Session, names: tuple[str, str]) -> Running:
    """RENAME; of INBOX, it moves the messages and leaves INBOX empty (§6.3.5)."""
    old, new = names
    if old == "INBOX":
        session.mailbox(old).look()  # which may take as long as the moving
        yield b""
    try:
        session.home.rename(old, new.removesuffix("/"))
    except NoSuchMailbox:
        raise Refusal(NO_SUCH_MAILBOX, name=old) from None
    except MailboxExists:
        raise Refusal(MAILBOX_EXISTS, name=new) from None
    return b"OK RENAME completed."


def subscribe(session: Session, name: str) -> Running:
    """SUBSCRIBE adds a name to LSUB's list; only names that exist (§6.3.6)."""
    name = name.removesuffix("/")
    if not session.home.exists(name):
        raise Refusal(NO_SUCH_MAILBOX, name=name)
    session.home.subscribe(name)
    yield from ()
    return b"OK SUBSCRIBE completed."


def unsubscribe(session: Session, name: str) -> Running:
    """UNSUBSCRIBE takes a name off LSUB's list, existing or not (§6.3.7)."""
    session.home.unsubscribe(name.removesuffix("/"))
    yield from ()
    return b"OK UNSUBSCRIBE completed."


ROWS = (
    Command(
        name="DELETE",
        parse=parse_name,
        run=delete,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.4",
    ),
    Command(
        name="RENAME",
        parse=parse_rename,
        run=rename,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.5",
    ),
    Command(
        name="SUBSCRIBE",
        parse=parse_name,
        run=subscribe,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.6",
    ),
    Command(
        name="UNSUBSCRIBE",
        parse=parse_name,
        run=unsubscribe,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.7",
    ),
)
