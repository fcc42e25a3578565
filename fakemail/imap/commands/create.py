"""CREATE (RFC 3501 §6.3.3), with USE (RFC 6154 §3)."""

from __future__ import annotations

from dataclasses import dataclass

from fakemail.imap.capabilities import announced, require
from fakemail.imap.command import Command, Running
from fakemail.imap.commands.select import parse_name
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.imap.objectid import mailbox_id
from fakemail.imap.session import Session, State
from fakemail.reasons.imap import MAILBOX_EXISTS
from fakemail.reasons.mailbox_use import USE_ATTRIBUTE
from fakemail.reasons.provider import CREATE_REFUSED
from fakemail.reasons.reason import Refusal
from fakemail.store.errors import MailboxExists
from fakemail.wire.cursor import Cursor

USES = {
    use[1:].encode("ascii").upper(): use
    for use in ("\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash", "\\Important")
}
"""Special uses that can be given; \\All and \\Flagged would have to be views of other mailboxes."""


@dataclass(frozen=True, slots=True)
class CreateArguments:
    """The name, and the special uses as the client wrote them; None: nothing was said of any."""

    name: str
    uses: tuple[bytes, ...] | None = None


def parse_create(cursor: Cursor) -> CreateArguments:
    """create = "CREATE" SP mailbox [SP "(" create-param *(SP create-param) ")"]

    create-param = "USE" SP "(" [use-attr *(SP use-attr)] ")" ; use-attr = "\\" atom
    """
    name = parse_name(cursor)
    if not cursor.accept(b" "):
        return CreateArguments(name)
    cursor.expect(b"(", "parameters in parentheses")
    cursor.expect_word(b"USE", "USE")
    cursor.space()
    cursor.expect(b"(", "special-use attributes in parentheses")
    uses: dict[bytes, None] = {}
    while not cursor.accept(b")"):
        if uses:
            cursor.space()
        cursor.expect(b"\\", "a special-use attribute such as \\Sent")
        uses[cursor.run1(ATOM_CHAR, "a special-use attribute such as \\Sent")] = None
    cursor.expect(b")", "the ) behind USE (...)")
    return CreateArguments(name, tuple(uses))


def create(session: Session, arguments: CreateArguments) -> Running:
    """CREATE; a trailing separator only says that names below it will follow (§6.3.3). It
    answers with the ID that the mailbox has from now on (RFC 8474 §4.1)."""
    if arguments.uses is not None:
        require(session, "CREATE-SPECIAL-USE", "USE")
    if session.desk.dialect.has("create_refused"):
        raise Refusal(CREATE_REFUSED)
    use = _use(arguments.uses or ())
    name = arguments.name.removesuffix("/")
    try:
        session.home.create(name)
    except MailboxExists:
        raise Refusal(MAILBOX_EXISTS, name=name) from None
    if use is not None:
        session.home.set_special_use(name, use)
    yield from ()
    if not announced(session, "OBJECTID"):
        return b"OK CREATE completed."
    found = mailbox_id(session, session.mailbox(name)).encode("ascii")
    return b"OK [MAILBOXID (%b)] CREATE completed." % found


def _use(uses: tuple[bytes, ...]) -> str | None:
    """The attribute; a mailbox has one at most. Another mailbox may have the same (§3)."""
    if not uses:
        return None
    if len(uses) > 1:
        raise Refusal(USE_ATTRIBUTE, detail="A mailbox has one special use here, not several")
    found = USES.get(uses[0].upper())
    if found is None:
        name = uses[0].decode("ascii")
        raise Refusal(USE_ATTRIBUTE, detail=f"\\{name} is not supported")
    return found


ROWS = (
    Command(
        name="CREATE",
        parse=parse_create,
        run=create,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.3",
    ),
)
