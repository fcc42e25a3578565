"""STATUS (RFC 3501 §6.3.10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from fakemail.imap import untagged
from fakemail.imap.command import Command, Running
from fakemail.imap.commands.select import parse_name
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.imap.session import Session, State
from fakemail.store.mailbox import Mailbox
from fakemail.wire.cursor import Cursor


def _unseen(mailbox: Mailbox) -> int:
    return sum("\\Seen" not in message.flags for message in mailbox.messages())


ITEMS: dict[bytes, Callable[[Mailbox], int]] = {
    b"MESSAGES": lambda mailbox: len(mailbox.messages()),
    b"RECENT": lambda mailbox: mailbox.recent_count(),
    b"UIDNEXT": lambda mailbox: mailbox.uid_next,
    b"UIDVALIDITY": lambda mailbox: mailbox.uid_validity,
    b"UNSEEN": _unseen,
}
"""status-att, and how each is found out."""


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
    cursor.expect(b"(", "a list of items in parentheses")
    items: dict[bytes, None] = {}
    while True:
        start = cursor.at
        item = cursor.run(ATOM_CHAR).upper()
        if item not in ITEMS:
            cursor.fail("one of " + b" ".join(ITEMS).decode("ascii"), start)
        items[item] = None
        if cursor.accept(b")"):
            return StatusArguments(name, tuple(items))
        cursor.space()


def status(session: Session, arguments: StatusArguments) -> Running:
    """STATUS tells facts about a mailbox without selecting it."""
    mailbox = session.mailbox(arguments.name)
    facts = {item: ITEMS[item](mailbox) for item in arguments.items}
    if b"UIDVALIDITY" in facts:
        facts[b"UIDVALIDITY"] = session.uid_validity(mailbox)
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
    return b"OK STATUS completed."


ROWS = (
    Command(
        name="STATUS",
        parse=parse_status,
        run=status,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.10",
    ),
)
