"""STORE and UID STORE (RFC 3501 §6.4.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from fakemail.imap import untagged
from fakemail.imap.command import Command, Running
from fakemail.imap.command import Numbers as Uses
from fakemail.imap.commands.numbers import Numbers, parser
from fakemail.imap.grammar.flags import flag, flag_list
from fakemail.imap.session import Session, State
from fakemail.imap.view import View
from fakemail.reasons.imap import READ_ONLY
from fakemail.reasons.reason import Refusal
from fakemail.store.index import Message
from fakemail.wire.cursor import Cursor

TURN = 500
"""Messages to change before other sessions may have their turn."""

How: TypeAlias = Literal["add", "remove", "replace"]


@dataclass(frozen=True, slots=True)
class StoreArguments:
    """Which messages, and what is to happen to their flags."""

    numbers: Numbers
    how: How
    silent: bool
    flags: tuple[str, ...]


def store_parser(by_uid: bool) -> Callable[[Cursor], StoreArguments]:
    """STORE's parser, for sequence numbers or UIDs."""
    numbers = parser(by_uid)

    def parse(cursor: Cursor) -> StoreArguments:
        """store = "STORE" SP sequence-set SP store-att-flags

        store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
        """
        messages = numbers(cursor)
        cursor.space()
        how: How = "replace"
        if cursor.accept(b"+"):
            how = "add"
        elif cursor.accept(b"-"):
            how = "remove"
        cursor.expect_word(b"FLAGS", "FLAGS, +FLAGS or -FLAGS")
        silent = cursor.accept_word(b".SILENT")
        cursor.space()
        if cursor.next == 0x28:
            flags = flag_list(cursor)
        else:
            flags = [flag(cursor)]
            while cursor.accept(b" "):
                flags.append(flag(cursor))
        return StoreArguments(messages, how, silent, tuple(flags))

    return parse


def store(session: Session, arguments: StoreArguments) -> Running:
    """STORE changes flags, and answers with what they are then, unless it is .SILENT.

    What others did to the flags of these messages is told all the same (§6.4.6, Note).
    """
    view = session.view
    if view.read_only:
        raise Refusal(READ_ONLY)
    found = arguments.numbers.messages(view)
    arguments = replace(arguments, flags=session.lasting(arguments.flags))
    for start in range(0, len(found.messages), TURN):
        yield _store(view, arguments, found.messages[start : start + TURN])
    found.all_there()
    return b"OK STORE completed."


def _store(view: View, arguments: StoreArguments, messages: list[tuple[int, Message]]) -> bytes:
    """Some of the messages, and what the client hears of them."""
    uids = [message.uid for _, message in messages]
    untold: frozenset[int] = view.untold if arguments.silent else frozenset()
    view.mailbox.change_flags(uids, arguments.how, arguments.flags)
    view.told(set(uids) - untold)
    lines = [view.keyword_news()]
    if not arguments.silent:
        for sequence, message in messages:
            items = b"FLAGS " + view.flags(message)
            if arguments.numbers.by_uid:
                items = b"UID %d " % message.uid + items
            lines.append(untagged.fetch(sequence, items))
    return b"".join(lines)


ROWS = (
    Command(
        name="STORE",
        parse=store_parser(by_uid=False),
        run=store,
        states=State.SELECTED,
        numbers=Uses.USES,
        cites="RFC 3501 §6.4.6",
    ),
    Command(
        name="UID STORE",
        parse=store_parser(by_uid=True),
        run=store,
        states=State.SELECTED,
        cites="RFC 3501 §6.4.8",
    ),
)
