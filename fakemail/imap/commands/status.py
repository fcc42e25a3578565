"""STATUS (RFC 3501 §6.3.10; RFC 7162 §3.1.7; RFC 8474 §4.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fakemail.imap import condstore, untagged
from fakemail.imap.capabilities import append_limit, require
from fakemail.imap.command import Command, Running
from fakemail.imap.commands.select import parse_name
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.imap.objectid import mailbox_id
from fakemail.imap.session import Session, State
from fakemail.store.index import Message
from fakemail.store.mailbox import Mailbox
from fakemail.wire.cursor import Cursor


def _unseen(mailbox: Mailbox) -> int:
    return sum("\\Seen" not in message.flags for message in mailbox.messages())


def _deleted(mailbox: Mailbox) -> Iterator[Message]:
    return (message for message in mailbox.messages() if "\\Deleted" in message.flags)


def _highest_modseq(mailbox: Mailbox) -> int:
    mailbox.look()
    return condstore.highest(mailbox)


ITEMS: dict[bytes, Callable[[Session, Mailbox], int | bytes]] = {
    b"MESSAGES": lambda _, mailbox: len(mailbox.messages()),
    b"RECENT": lambda _, mailbox: mailbox.recent_count(),
    b"UIDNEXT": lambda _, mailbox: mailbox.uid_next,
    b"UIDVALIDITY": lambda session, mailbox: session.uid_validity(mailbox),
    b"UNSEEN": lambda _, mailbox: _unseen(mailbox),
    b"SIZE": lambda _, mailbox: sum(message.size for message in mailbox.messages()),
    b"DELETED": lambda _, mailbox: len(list(_deleted(mailbox))),
    b"DELETED-STORAGE": lambda _, mailbox: sum(message.size for message in _deleted(mailbox)),
    b"APPENDLIMIT": lambda session, _: append_limit(session),
    b"HIGHESTMODSEQ": lambda _, mailbox: _highest_modseq(mailbox),
    b"MAILBOXID": lambda session, mailbox: b"(%b)" % mailbox_id(session, mailbox).encode("ascii"),
}
"""status-att, and how each is found out."""

EXTENSIONS = {
    b"SIZE": "STATUS=SIZE",
    b"DELETED": "QUOTA=RES-MESSAGE",
    b"DELETED-STORAGE": "QUOTA=RES-STORAGE",
    b"HIGHESTMODSEQ": "CONDSTORE",
    b"MAILBOXID": "OBJECTID",
}
"""Items that came with an extension, and the capability that says it is there."""


_SEEN = re.compile(r"\* STATUS (\S+|\"[^\"]*\") \((.*)\)")


@dataclass(frozen=True, slots=True)
class StatusArguments:
    """A mailbox name and the items wanted, in the client's order, each once."""

    name: str
    items: tuple[bytes, ...]


def parse_status(cursor: Cursor) -> StatusArguments:
    """status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")" """
    name = parse_name(cursor)
    cursor.space()
    return StatusArguments(name, status_items(cursor))


def status_items(cursor: Cursor) -> tuple[bytes, ...]:
    """ "(" status-att *(SP status-att) ")" """
    cursor.expect(b"(", "a list of items in parentheses")
    items: dict[bytes, None] = {}
    while True:
        start = cursor.at
        item = cursor.run(ATOM_CHAR).upper()
        if item not in ITEMS:
            cursor.fail("one of " + b" ".join(ITEMS).decode("ascii"), start)
        items[item] = None
        if cursor.accept(b")"):
            return tuple(items)
        cursor.space()


def status(session: Session, arguments: StatusArguments) -> Running:
    """STATUS tells facts about a mailbox without selecting it."""
    yield from told(session, arguments)
    return b"OK STATUS completed."


def told(session: Session, arguments: StatusArguments) -> Iterator[bytes]:
    """The STATUS response about one mailbox, and what goes before it."""
    mailbox = session.mailbox(arguments.name)
    for item in arguments.items:
        if item in EXTENSIONS:
            require(session, EXTENSIONS[item], item.decode("ascii"))
    if b"HIGHESTMODSEQ" in arguments.items:
        yield condstore.begin(session)
    facts = {item: ITEMS[item](session, mailbox) for item in arguments.items}
    if session.desk.dialect.has("no_uidnext"):
        facts.pop(b"UIDNEXT", None)
    name = session.spelled(arguments.name)
    seen = session.desk.dialect.untagged("imap.status")
    if seen and (match := _SEEN.fullmatch(seen[0])):  # the server's own order, and its quotes
        order = match[2].encode("ascii").split()[::2]
        known = [item for item in order if item in facts]
        facts = {item: facts[item] for item in dict.fromkeys([*known, *facts])}
        if match[1].startswith('"') and not name.startswith(b'"'):
            name = b'"%b"' % name
    yield untagged.status(name, facts.items())


ROWS = (
    Command(
        name="STATUS",
        parse=parse_status,
        run=status,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.10",
    ),
)
