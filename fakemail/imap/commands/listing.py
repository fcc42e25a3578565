"""LIST, LSUB and NAMESPACE (RFC 3501 §6.3.8, §6.3.9; RFC 5258, RFC 5819, RFC 6154; RFC 2342)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from fakemail.imap import untagged
from fakemail.imap.capabilities import require
from fakemail.imap.command import Command, Running, nothing
from fakemail.imap.commands.status import StatusArguments, status_items, told
from fakemail.imap.folders import Folders
from fakemail.imap.grammar.listing import ListArguments, list_parser, lsub_arguments
from fakemail.imap.selection import Selection, parents
from fakemail.imap.session import Session, State
from fakemail.imap.wording import untagged as said
from fakemail.reasons.imap import NO_SUCH_MAILBOX, NOT_SELECTABLE
from fakemail.reasons.reason import Refusal

TURN = 20
"""Names to look at before other sessions may have their turn: patterns can be long."""


NEEDS = {
    b"SUBSCRIBED": "LIST-EXTENDED",
    b"REMOTE": "LIST-EXTENDED",
    b"RECURSIVEMATCH": "LIST-EXTENDED",
    b"STATUS": "LIST-STATUS",
}
"""Options and the capability that brings them; CHILDREN and SPECIAL-USE are always told."""


def list_(session: Session, arguments: ListArguments) -> Running:
    """LIST names mailboxes, each with its children and its special use, asked for or not
    (RFC 3501 §6.3.8; RFC 5258 §3; RFC 5819 §2; RFC 6154 §2). No mailbox is on another server, so
    that REMOTE adds none."""
    for option in sorted(arguments.selection | arguments.returned):
        if option in NEEDS:
            require(session, NEEDS[option], option.decode("ascii"))
    if len(arguments.patterns) > 1:
        require(session, "LIST-EXTENDED", "a list of patterns")
    slow = bool(arguments.status) or len(arguments.patterns) > 1
    yield from _gathered(_listed(session, arguments, as_xlist=False), 1 if slow else TURN)
    return b"OK LIST completed."


def xlist(session: Session, arguments: ListArguments) -> Running:
    """XLIST is LIST with the roles of folders, as some providers had it before RFC 6154."""
    yield from _gathered(_listed(session, arguments, as_xlist=True))
    return b"OK XLIST completed."


def _listed(session: Session, arguments: ListArguments, as_xlist: bool) -> Iterator[bytes]:
    if arguments.hierarchy_only:
        yield _separator(session, b"XLIST" if as_xlist else b"LIST")
        return
    dialect, home = session.desk.dialect, session.home
    folders = Folders(session, as_xlist) if dialect.texts or dialect.rules else None
    mailboxes = frozenset(home.mailboxes())
    uses = home.special_uses()
    chosen = Selection(arguments, mailboxes, home.subscriptions, uses)
    in_order = _in_order if folders is None else folders.in_order
    for name in in_order(chosen.candidates):
        if not chosen.matches(name) or chosen.is_redundant(name):
            yield b""
            continue
        selectable = home.selectable(name)
        status = _status(session, name, arguments) if selectable and chosen.meets(name) else b""
        absent = None
        if not selectable or status is None:
            absent = "\\NonExistent" if arguments.extended else "\\Noselect"
        parent, use, data = name in chosen.parents, uses.get(name), chosen.child_info(name)
        more = ["\\Subscribed"] if name in chosen.subscribed else []
        if folders is not None:
            yield folders.line(
                name, absent=absent, parent=parent, role=use, more=more, data=data
            ) + (status or b"")
            continue
        attributes = [] if absent is None else [absent]
        attributes.append("\\HasChildren" if parent else "\\HasNoChildren")
        attributes += [use, *more] if use is not None else more
        yield untagged.list_(attributes, session.spelled(name), data=data) + (status or b"")


def _status(session: Session, name: str, arguments: ListArguments) -> bytes | None:
    """The STATUS response that goes with a name; None when it is gone meanwhile (RFC 5819 §2)."""
    if not arguments.status:
        return b""
    try:
        return b"".join(told(session, StatusArguments(name, arguments.status)))
    except Refusal as refusal:
        if refusal.reason not in (NO_SUCH_MAILBOX, NOT_SELECTABLE):
            raise
        return None


def lsub(session: Session, arguments: ListArguments) -> Running:
    """LSUB names what was subscribed, existing or not; with %, the levels above it too
    (RFC 3501 §6.3.9)."""
    yield from _gathered(_subscribed(session, arguments))
    return b"OK LSUB completed."


def _subscribed(session: Session, arguments: ListArguments) -> Iterator[bytes]:
    if arguments.hierarchy_only:
        yield _separator(session, b"LSUB")
        return
    names = set(session.home.subscriptions())
    levels = any(pattern.text.endswith("%") for pattern in arguments.patterns)
    for name in _in_order(names | parents(names) if levels else names):
        if arguments.match(name):
            attributes = [] if name in names else ["\\Noselect"]
            separator = session.desk.dialect.delimiter
            yield untagged.list_(attributes, session.spelled(name), b"LSUB", separator)
        else:
            yield b""


def _separator(session: Session, response: bytes) -> bytes:
    """The answer to an empty pattern (§6.3.8)."""
    return untagged.list_(["\\Noselect"], b'""', response, session.desk.dialect.delimiter)


def namespace(session: Session, _: None) -> Running:
    """NAMESPACE: one personal namespace without a prefix (RFC 2342 §5)."""
    ours = f'* NAMESPACE (("" "{session.desk.dialect.delimiter}")) NIL NIL\r\n'
    yield said(session, "imap.namespace") or ours.encode("ascii")
    return b"OK NAMESPACE completed."


def _gathered(lines: Iterator[bytes], turn: int = TURN) -> Iterator[bytes]:
    """The responses, some names at a time, so that others have their turn in between."""
    while piece := list(islice(lines, turn)):
        yield b"".join(piece)


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name != "INBOX", name))


ROWS = (
    Command(
        name="LIST",
        parse=list_parser(status_items),
        run=list_,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.8",
    ),
    Command(
        name="XLIST",
        parse=lsub_arguments,
        run=xlist,
        states=State.LOGGED_IN,
        cites="none (before RFC 6154)",
        capability="XLIST",
    ),
    Command(
        name="LSUB",
        parse=lsub_arguments,
        run=lsub,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.9",
    ),
    Command(
        name="NAMESPACE",
        parse=nothing,
        run=namespace,
        states=State.LOGGED_IN,
        cites="RFC 2342 §5",
        capability="NAMESPACE",
    ),
)
