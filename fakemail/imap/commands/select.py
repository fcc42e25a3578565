"""SELECT, EXAMINE, CHECK, CLOSE, UNSELECT (RFC 3501 §6.3.1-2, §6.4.1-2; RFC 3691; RFC 7162)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fakemail.imap import condstore, untagged
from fakemail.imap.capabilities import announced, offered
from fakemail.imap.command import Command, Running, nothing
from fakemail.imap.commands.expunge import expunge_deleted
from fakemail.imap.commands.fetch import FLAGS, MODSEQ, UID, answers, changed_since
from fakemail.imap.commands.numbers import Numbers
from fakemail.imap.grammar.mailbox_name import mailbox
from fakemail.imap.grammar.modifiers import Resync, SelectParameters, select_parameters
from fakemail.imap.grammar.sequence import NO_MESSAGES, SequenceSet
from fakemail.imap.objectid import mailbox_id
from fakemail.imap.opening import as_seen, first_unseen
from fakemail.imap.session import Session, State
from fakemail.imap.view import View
from fakemail.reasons.provider import ID_REQUIRED
from fakemail.reasons.reason import Refusal
from fakemail.store.mailbox import Mailbox
from fakemail.wire.cursor import Cursor
from fakemail.wire.effects import Effect


@dataclass(frozen=True, slots=True)
class SelectArguments:
    """Which mailbox, and how."""

    name: str | Refusal
    """A refusal for a name that no mailbox can have: it must still close the mailbox before."""

    parameters: SelectParameters


def parse_name(cursor: Cursor) -> str:
    """SP mailbox"""
    cursor.space()
    return mailbox(cursor)


def parse_selected(cursor: Cursor) -> SelectArguments:
    """SP mailbox [select-params]"""
    name: str | Refusal
    try:
        name = parse_name(cursor)
    except Refusal as refusal:
        name = refusal
    return SelectArguments(name, select_parameters(cursor))


def select(session: Session, arguments: SelectArguments) -> Running:
    """SELECT opens a mailbox (RFC 3501 §6.3.1)."""
    yield from _open(session, arguments, read_only=False)
    return b"OK [READ-WRITE] SELECT completed."


def examine(session: Session, arguments: SelectArguments) -> Running:
    """EXAMINE opens a mailbox and changes nothing in it, \\Recent included (RFC 3501 §6.3.2)."""
    yield from _open(session, arguments, read_only=True)
    return b"OK [READ-ONLY] EXAMINE completed."


def _open(session: Session, arguments: SelectArguments, read_only: bool) -> Iterator[Effect]:
    """The untagged responses; the mailbox before is closed even when this fails."""
    name, parameters = arguments.name, arguments.parameters
    condstore.allow(session, parameters)
    dialect = session.desk.dialect
    if dialect.has("id_before_select") and not session.said_id:
        raise Refusal(ID_REQUIRED)
    seen = dialect.opening(read_only) if dialect.texts else None
    if session.selected:
        session.unselect()
        if seen is None or announced(session, "CONDSTORE"):
            yield b"* OK [CLOSED] Previous mailbox is closed.\r\n"
    if isinstance(name, Refusal):
        raise name
    opened = session.mailbox(name)
    view = session.select(opened, read_only)
    view.saved = NO_MESSAGES if offered(session, "SEARCHRES") else None
    try:
        while view.claim():
            yield b""
        if parameters.condstore or parameters.resync is not None:
            session.enabled.add("CONDSTORE")
        modseq = condstore.opened(session) if condstore.is_aware(session) else b""
        if seen is None:
            yield b"".join(_facts(session, opened, view)) + modseq
        else:
            yield as_seen(session, opened, view, seen, modseq)
        if parameters.resync is not None:
            yield from _resync(session, view, parameters.resync)
    except BaseException:
        session.unselect()  # a SELECT that failed selects nothing
        raise


def _facts(session: Session, opened: Mailbox, view: View) -> list[bytes]:
    """FLAGS, EXISTS, RECENT, and the response codes that SELECT must give (§6.3.1)."""
    unseen = first_unseen(opened, view)
    uid_next = untagged.ok(b"UIDNEXT %d" % opened.uid_next, b"Predicted next UID.")
    return [
        view.flags_defined(),
        untagged.exists(len(view)),
        untagged.recent(len(view.recent.intersection(view.uids))),
        untagged.ok(b"UNSEEN %d" % unseen, b"First unseen.") if unseen else b"",
        untagged.ok(b"UIDVALIDITY %d" % session.uid_validity(opened), b"UIDs valid."),
        b"" if session.desk.dialect.has("no_uidnext") else uid_next,
        _mailbox_id(session, opened) if announced(session, "OBJECTID") else b"",
    ]


def _mailbox_id(session: Session, opened: Mailbox) -> bytes:
    """RFC 8474 §4.2"""
    found = mailbox_id(session, opened).encode("ascii")
    return untagged.ok(b"MAILBOXID (%b)" % found, b"Mailbox ID.")


def _resync(session: Session, view: View, resync: Resync) -> Iterator[Effect]:
    """What vanished and what changed while the client was away (RFC 7162 §3.2.5.1); nothing if its
    UIDs mean nothing here any more."""
    mailbox = view.mailbox
    if resync.uid_validity != session.uid_validity(mailbox) or not view.aware:
        return
    known = (
        SequenceSet(((1, max(1, mailbox.uid_next - 1)),)) if resync.known is None else resync.known
    )
    above = condstore.matched(view, resync)
    yield condstore.earlier(mailbox, resync.modseq, known.bounds(0), above)
    found = Numbers(known, by_uid=True).messages(view)
    found.keep(changed_since(view, resync.modseq))
    yield from answers(session, found, (UID, FLAGS, MODSEQ))


def check(session: Session, _: None) -> Running:
    """CHECK looks at the disk; there is nothing else to check (RFC 3501 §6.4.1)."""
    session.view.mailbox.refresh()
    yield from ()
    return b"OK CHECK completed."


def close(session: Session, _: None) -> Running:
    """CLOSE expunges without saying so, unless EXAMINE opened the mailbox (RFC 3501 §6.4.2)."""
    view = session.view
    if not view.read_only:
        yield from expunge_deleted(view, list(view.uids))
    session.unselect()
    return b"OK CLOSE completed."


def unselect(session: Session, _: None) -> Running:
    """UNSELECT is CLOSE that expunges nothing (RFC 3691 §2)."""
    session.unselect()
    yield from ()
    return b"OK UNSELECT completed."


ROWS = (
    Command(
        name="SELECT",
        parse=parse_selected,
        run=select,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.1",
    ),
    Command(
        name="EXAMINE",
        parse=parse_selected,
        run=examine,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.2",
    ),
    Command(name="CHECK", parse=nothing, run=check, states=State.SELECTED, cites="RFC 3501 §6.4.1"),
    Command(name="CLOSE", parse=nothing, run=close, states=State.SELECTED, cites="RFC 3501 §6.4.2"),
    Command(
        name="UNSELECT",
        parse=nothing,
        run=unselect,
        states=State.SELECTED,
        cites="RFC 3691 §2",
        capability="UNSELECT",
    ),
)
