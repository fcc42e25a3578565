"""LIST, LSUB and NAMESPACE (RFC 3501 §6.3.8, §6.3.9; RFC 3348, RFC 6154; RFC 2342)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from fakemail.imap import untagged
from fakemail.imap.command import Command, Running, nothing
from fakemail.imap.grammar.listing import (
    SEPARATOR,
    ListArguments,
    list_arguments,
    lsub_arguments,
)
from fakemail.imap.session import Session, State

TURN = 20
"""Names to look at before other sessions may have their turn: patterns can be long."""


def list_(session: Session, arguments: ListArguments) -> Running:
    """LIST names mailboxes, each with its children and its special use, asked for or not
    (RFC 3501 §6.3.8; RFC 3348 §2; RFC 6154 §2)."""
    yield from _gathered(_listed(session, arguments))
    return b"OK LIST completed."


def _listed(session: Session, arguments: ListArguments) -> Iterator[bytes]:
    if arguments.hierarchy_only:
        yield untagged.list_(["\\Noselect"], "")
        return
    home = session.home
    names = home.mailboxes()
    parents = _parents(names)
    special_uses = home.special_uses()
    for name in _in_order({*names, *parents}):
        special_use = special_uses.get(name)
        if arguments.only_special_use and special_use is None:
            continue
        if not arguments.pattern.matches(name):
            yield b""
            continue
        attributes = [] if home.selectable(name) else ["\\Noselect"]
        attributes.append("\\HasChildren" if name in parents else "\\HasNoChildren")
        if special_use is not None:
            attributes.append(special_use)
        yield untagged.list_(attributes, name)


def lsub(session: Session, arguments: ListArguments) -> Running:
    """LSUB names what was subscribed, existing or not; with %, the levels above it too
    (RFC 3501 §6.3.9)."""
    yield from _gathered(_subscribed(session, arguments))
    return b"OK LSUB completed."


def _subscribed(session: Session, arguments: ListArguments) -> Iterator[bytes]:
    if arguments.hierarchy_only:
        yield untagged.list_(["\\Noselect"], "", b"LSUB")
        return
    names = set(session.home.subscriptions())
    parents = _parents(names) if arguments.pattern.text.endswith("%") else set()
    for name in _in_order(names | parents):
        if arguments.pattern.matches(name):
            yield untagged.list_([] if name in names else ["\\Noselect"], name, b"LSUB")
        else:
            yield b""


def namespace(session: Session, _: None) -> Running:
    """NAMESPACE: one personal namespace without a prefix (RFC 2342 §5)."""
    yield b'* NAMESPACE (("" %b)) NIL NIL\r\n' % untagged.SEPARATOR
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
