"""GETQUOTA, GETQUOTAROOT and SETQUOTA (RFC 9208 §4.1)."""

from __future__ import annotations

from collections.abc import Iterator

from fakemail.imap import write
from fakemail.imap.command import Command, Running
from fakemail.imap.commands.select import parse_name
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.imap.grammar.strings import astring
from fakemail.imap.quota import UNIT, Usage, limits, used
from fakemail.imap.session import Session, State
from fakemail.reasons.mailbox_use import NO_SUCH_QUOTA_ROOT, SET_QUOTA_REFUSED
from fakemail.reasons.reason import Refusal
from fakemail.wire.cursor import Cursor


def parse_root(cursor: Cursor) -> bytes:
    """SP quota-root-name ; quota-root-name = astring"""
    cursor.space()
    return astring(cursor, 'the name of a quota root, such as ""')


def parse_set_quota(cursor: Cursor) -> bytes:
    """setquota = "SETQUOTA" SP quota-root-name SP setquota-list

    setquota-list = "(" [setquota-resource *(SP setquota-resource)] ")"
    """
    root = parse_root(cursor)
    cursor.space()
    cursor.expect(b"(", "resources in parentheses")
    first = True
    while not cursor.accept(b")"):
        if not first:
            cursor.space()
        first = False
        cursor.run1(ATOM_CHAR, "the name of a resource such as STORAGE")
        cursor.space()
        cursor.number("a limit", most=(1 << 63) - 1)
    return root


def get_quota(session: Session, root: bytes) -> Running:
    """GETQUOTA tells of one quota root (§4.1.1)."""
    _check_root(root)
    yield from _told(session)
    return b"OK GETQUOTA completed."


def get_quota_root(session: Session, name: str) -> Running:
    """GETQUOTAROOT tells which roots a mailbox counts for, one that is still to come too, and of
    these (§4.1.2)."""
    yield b'* QUOTAROOT %b ""\r\n' % session.spelled(name)
    yield from _told(session)
    return b"OK GETQUOTAROOT completed."


def set_quota(session: Session, root: bytes) -> Running:
    """SETQUOTA is for the operator only (§4.1.3)."""
    _check_root(root)
    yield from ()
    raise Refusal(SET_QUOTA_REFUSED)


def _check_root(root: bytes) -> None:
    if root:
        raise Refusal(NO_SUCH_QUOTA_ROOT, name=root.decode("utf-8", "backslashreplace"))


def _told(session: Session) -> Iterator[bytes]:
    """The QUOTA response: only what has a limit is in it (§4.2.1)."""
    allowed, usage = limits(session), Usage()
    if allowed:
        for _ in used(session.home, usage):
            yield b""
    resources = []
    if (storage := allowed.get("quota_storage")) is not None:
        resources.append(b"STORAGE %d %d" % (-(-usage.octets // UNIT), storage))
    if (messages := allowed.get("quota_messages")) is not None:
        resources.append(b"MESSAGE %d %d" % (usage.messages, messages))
    yield b'* QUOTA "" %b\r\n' % write.parenthesized(resources)


ROWS = (
    Command(
        name="GETQUOTA",
        parse=parse_root,
        run=get_quota,
        states=State.LOGGED_IN,
        cites="RFC 9208 §4.1.1",
        capability="QUOTA",
    ),
    Command(
        name="GETQUOTAROOT",
        parse=parse_name,
        run=get_quota_root,
        states=State.LOGGED_IN,
        cites="RFC 9208 §4.1.2",
        capability="QUOTA",
    ),
    Command(
        name="SETQUOTA",
        parse=parse_set_quota,
        run=set_quota,
        states=State.LOGGED_IN,
        cites="RFC 9208 §4.1.3",
        capability="QUOTA",
    ),
)
