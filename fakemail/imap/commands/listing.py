"""LIST, LSUB and NAMESPACE (RFC 3501 §6.3.8, §6.3.9; RFC 3348, RFC 6154; RFC 2342)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from fakemail.imap import untagged
from fakemail.imap.command import Command, Running, nothing
from fakemail.imap.folders import Folders
from fakemail.imap.grammar.listing import (
    SEPARATOR,
    ListArguments,
    list_arguments,
    lsub_arguments,
)
from fakemail.imap.session import Session, State
from fakemail.imap.wording import untagged as said

TURN = 20
"""Names to look at before other sessions may have their turn: patterns can be long."""


def list_(session: Session, arguments: ListArguments) -> Running:
    """LIST names mailboxes, each with its children and its special use, asked for or not
    (RFC 3501 §6.3.8; RFC 3348 §2; RFC 6154 §2)."""
    yield from _gathered(_listed(session, arguments, as_xlist=False))
    return b"OK LIST completed."


def xlist(session: Session, arguments: ListArguments) -> Running:
    """XLIST is LIST with the roles of folders, as some providers had it before RFC 6154."""
    yield from _gathered(_listed(session, arguments, as_xlist=True))
    return b"OK XLIST completed."


def _listed(session: Session, arguments: ListArguments, as_xlist: bool) -> Iterator[bytes]:
    if arguments.hierarchy_only:
        yield _separator(session, b"XLIST" if as_xlist else b"LIST")
        return
    dialect = session.desk.dialect
    folders = Folders(session, as_xlist) if dialect.texts or dialect.rules else None
    home = session.home
    names = home.mailboxes()
    parents = _parents(names)
    special_uses = home.special_uses()
    listed = {*names, *parents}
    for name in _in_order(listed) if folders is None else folders.in_order(listed):
        special_use = special_uses.get(name)
        if arguments.only_special_use and special_use is None:
            continue
        if not arguments.pattern.matches(name):
            yield b""
            continue
        if folders is not None:
            selectable, parent = home.selectable(name), name in parents
            yield folders.line(name, selectable=selectable, parent=parent, role=special_use)
            continue
        attributes = [] if home.selectable(name) else ["\\Noselect"]
        attributes.append("\\HasChildren" if name in parents else "\\HasNoChildren")
        if special_use is not None:
            attributes.append(special_use)
        yield untagged.list_(attributes, session.spelled(name))


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
    parents = _parents(names) if arguments.pattern.text.endswith("%") else set()
    for name in _in_order(names | parents):
        if arguments.pattern.matches(name):
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


def _gathered(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The responses, some names at a time, so that others have their turn in between."""
    while piece := list(islice(lines, TURN)):
        yield b"".join(piece)


def _parents(names: Iterable[str]) -> set[str]:
    """Every name that has something below it."""
    found: set[str] = set()
    for name in names:
        while SEPARATOR in name:
            name = name.rpartition(SEPARATOR)[0]
            if name in found:
                break
            found.add(name)
    return found


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name != "INBOX", name))


ROWS = (
    Command(
        name="LIST",
        parse=list_arguments,
        run=list_,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.8",
    ),
    Command(
        name="XLIST",
        parse=list_arguments,
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
