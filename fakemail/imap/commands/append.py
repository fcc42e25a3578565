"""APPEND (RFC 3501 §6.3.11; RFC 4315 §3 for APPENDUID; RFC 6855 §4 for UTF8)."""

from __future__ import annotations

from fakemail.imap import quota
from fakemail.imap.capabilities import append_limit, offered
from fakemail.imap.command import Command, Running
from fakemail.imap.grammar.dates import date_time
from fakemail.imap.grammar.flags import flag_list
from fakemail.imap.grammar.mailbox_name import mailbox
from fakemail.imap.session import Session, State
from fakemail.reasons.imap import MESSAGE_TOO_LARGE, NUL, TRY_CREATE
from fakemail.reasons.reason import Refusal
from fakemail.reasons.utf8 import UTF8_NOT_ENABLED
from fakemail.store.delivery import Delivery
from fakemail.store.errors import NoSuchMailbox
from fakemail.store.mailbox import Mailbox
from fakemail.wire.cursor import Cursor

UTF8 = b"UTF8 ("
MISPLACED_UTF8 = (
    "the message itself begins with 'UTF8 (': the client put the words of APPEND UTF8 (~{n} into "
    "the literal, as Python's imaplib does after ENABLE UTF8=ACCEPT; it is stored as it came "
    "(RFC 6855 §4)"
)


class Appending:
    """One message on its way into a mailbox; never more than a chunk of it in memory."""

    __slots__ = ("_delivery", "begins", "date", "flags", "mailbox", "size", "utf8")

    def __init__(
        self,
        mailbox: Mailbox,
        flags: tuple[str, ...],
        date: float | None,
        size: int,
        delivery: Delivery,
        utf8: bool,
    ) -> None:
        self.mailbox = mailbox
        self.flags = flags
        self.date = date
        self.size = size
        self.utf8 = utf8
        """Whether it stands in ``UTF8 (...)``."""
        self.begins = b""
        """The first octets."""
        self._delivery = delivery

    def write(self, octets: bytes) -> None:
        """Take some of the message; Refusal(imap.nul) for a NUL (RFC 3501 §4.3)."""
        if b"\0" in octets:
            raise Refusal(NUL, where="a message literal")
        if len(self.begins) < len(UTF8):
            self.begins += octets[: len(UTF8)]
        self._delivery.write(octets)

    def discard(self) -> None:
        """Forget it."""
        self._delivery.discard()

    def end(self, cursor: Cursor) -> None:
        """Nothing follows the message (MULTIAPPEND is not offered) but the end of ``UTF8 (``."""
        if self.utf8:
            cursor.expect(b")", "the ) behind the message")
        cursor.end()

    def commit(self, session: Session) -> int | None:
        """Into the mailbox; the UID it got."""
        try:
            [(_, uid)] = self._delivery.commit(
                [session.home],
                mailbox=self.mailbox.name,
                flags=self.flags,
                internal_date=self.date,
                uid_wanted=True,
            )
        except NoSuchMailbox:  # deleted while the message came in
            raise Refusal(TRY_CREATE, name=self.mailbox.name) from None
        return uid


def announced(session: Session, cursor: Cursor, size: int) -> Appending | None:
    """append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP append-data

    append-data = literal / "UTF8" SP "(" literal8 ")" ; literal8 = "~" literal

    Called at each literal; refuses before the client sends the message. None: the literal is the
    mailbox name.
    """
    cursor.space()
    if _is_last_literal(cursor):
        return None
    name = mailbox(cursor)
    cursor.space()
    flags: tuple[str, ...] = ()
    date = None
    if cursor.next == 0x28:
        flags = tuple(flag_list(cursor))
        cursor.space()
    if cursor.next == 0x22:
        date = date_time(cursor)
        cursor.space()
    utf8 = cursor.accept_word(UTF8)
    if utf8:
        cursor.expect(b"~", "a literal8 such as ~{310}")
    if not _is_last_literal(cursor):
        cursor.fail("a literal that holds the message")
    if utf8 and not session.utf8:
        raise Refusal(UTF8_NOT_ENABLED)
    target = session.mailbox(name, TRY_CREATE)
    limit = append_limit(session)
    if size > limit:
        raise Refusal(MESSAGE_TOO_LARGE, size=size, limit=limit)
    quota.check(session, size, 1)
    flags = session.lasting(flags)
    return Appending(target, flags, date, size, session.desk.store.delivery(), utf8)


def _is_last_literal(cursor: Cursor) -> bool:
    """Whether all that is left is ``{n}`` or ``{n+}``."""
    return cursor.next == 0x7B and cursor.rest.endswith(b"}") and b"\n" not in cursor.rest


def without_message(cursor: Cursor) -> None:
    """An APPEND that ended before any message: say what is missing."""
    cursor.space()
    mailbox(cursor)
    cursor.space()
    if cursor.next == 0x28:
        flag_list(cursor)
        cursor.space()
    if cursor.next == 0x22:
        date_time(cursor)
        cursor.space()
    cursor.fail("a literal that holds the message, such as {310}")


def append(session: Session, message: Appending) -> Running:
    """APPEND puts a message into a mailbox, its octets as they came."""
    uid = message.commit(session)
    if session.utf8 and message.begins.startswith(UTF8):
        session.desk.recorder.mark(MISPLACED_UTF8)
    yield from ()
    if uid is None or not offered(session, "UIDPLUS"):
        return b"OK APPEND completed."
    return b"OK [APPENDUID %d %d] APPEND completed." % (session.uid_validity(message.mailbox), uid)


ROWS = (
    Command(
        name="APPEND",
        parse=without_message,
        run=append,
        states=State.LOGGED_IN,
        cites="RFC 3501 §6.3.11",
        message=announced,
    ),
)
