"""STORE and UID STORE (RFC 3501 §6.4.6; RFC 7162 §3.1.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from fakemail.imap import condstore, untagged, write
from fakemail.imap.command import Command, Running
from fakemail.imap.command import Numbers as Uses
from fakemail.imap.commands.labels import LabelArguments, label
from fakemail.imap.commands.numbers import Numbers, parser
from fakemail.imap.grammar.flags import flag, flag_list
from fakemail.imap.grammar.labels import labels
from fakemail.imap.grammar.modifiers import store_modifiers
from fakemail.imap.session import Session, State
from fakemail.imap.view import View
from fakemail.reasons.condstore import MODIFIED
from fakemail.reasons.imap import READ_ONLY
from fakemail.reasons.reason import Refusal
from fakemail.store.index import Message
from fakemail.wire.cursor import Cursor

TURN = 500
"""Messages to change before other sessions may have their turn."""

How: TypeAlias = Literal["add", "remove", "replace"]
Pairs: TypeAlias = list[tuple[int, Message]]
"""Sequence number and message."""


@dataclass(frozen=True, slots=True)
class StoreArguments:
    """Which messages, and what is to happen to their flags."""

    numbers: Numbers
    how: How
    silent: bool
    flags: tuple[str, ...]
    unchanged_since: int | None = None
    """Only messages that did not change after that (RFC 7162 §3.1.3)."""


def store_parser(by_uid: bool) -> Callable[[Cursor], StoreArguments | LabelArguments]:
    """STORE's parser, for sequence numbers or UIDs."""
    numbers = parser(by_uid)

    def parse(cursor: Cursor) -> StoreArguments | LabelArguments:
        """store = "STORE" SP sequence-set [store-modifiers] SP store-att-flags

        store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
        """
        messages = numbers(cursor)
        unchanged_since = store_modifiers(cursor)
        cursor.space()
        how: How = "replace"
        if cursor.accept(b"+"):
            how = "add"
        elif cursor.accept(b"-"):
            how = "remove"
        if cursor.accept_word(b"X-GM-LABELS"):
            silent = cursor.accept_word(b".SILENT")
            cursor.space()
            return LabelArguments(messages, how, silent, labels(cursor))
        cursor.expect_word(b"FLAGS", "FLAGS, +FLAGS or -FLAGS")
        silent = cursor.accept_word(b".SILENT")
        cursor.space()
        if cursor.next == 0x28:
            flags = flag_list(cursor)
        else:
            flags = [flag(cursor)]
            while cursor.accept(b" "):
                flags.append(flag(cursor))
        return StoreArguments(messages, how, silent, tuple(flags), unchanged_since)

    return parse


def store(session: Session, arguments: StoreArguments | LabelArguments) -> Running:
    """STORE changes flags, and answers with what they are then, unless it is .SILENT.

    What others did to the flags of these messages is told all the same (§6.4.6, Note). With
    UNCHANGEDSINCE, messages that changed meanwhile are left as they are and named in MODIFIED.
    """
    view = session.view
    if view.read_only:
        raise Refusal(READ_ONLY)
    if isinstance(arguments, LabelArguments):
        yield from label(session, arguments)
        return b"OK STORE completed."
    if arguments.unchanged_since is not None:
        yield from condstore.needed(session, "UNCHANGEDSINCE")
    found = arguments.numbers.messages(view)
    arguments = replace(arguments, flags=session.lasting(arguments.flags))
    modified: Pairs = []
    for start in range(0, len(found.messages), TURN):
        messages = found.messages[start : start + TURN]
        if arguments.unchanged_since is not None:
            messages, failed = _tested(view, arguments.unchanged_since, messages)
            modified += failed
            yield _flags(view, failed, by_uid=arguments.numbers.by_uid)
        if messages:
            yield _store(view, arguments, messages)
    if not modified:
        found.all_there()
        return b"OK STORE completed."
    numbers = write.number_set(
        message.uid if arguments.numbers.by_uid else sequence for sequence, message in modified
    )
    if found.missing:
        raise Refusal(MODIFIED, numbers=numbers.decode("ascii"))
    return b"OK [MODIFIED %b] STORE completed but for these." % numbers


def _tested(view: View, unchanged_since: int, messages: Pairs) -> tuple[Pairs, Pairs]:
    """Those that did not change after a mod-sequence, and those that did."""
    passed: Pairs = []
    failed: Pairs = []
    for pair in messages:
        unchanged = view.mailbox.modseq(pair[1].uid) <= unchanged_since
        (passed if unchanged else failed).append(pair)
    return passed, failed


def _store(view: View, arguments: StoreArguments, messages: Pairs) -> bytes:
    """Some of the messages, and what the client hears of them: of their flags unless it is
    .SILENT; of their mod-sequences if it knows these (RFC 7162 §3.2.4)."""
    uids = [message.uid for _, message in messages]
    untold: frozenset[int] = view.untold if arguments.silent else frozenset()
    changed = view.mailbox.change_flags(uids, arguments.how, arguments.flags)
    view.told(set(uids) - untold)
    news = view.keyword_news()
    if not arguments.silent:
        return news + _flags(view, messages, by_uid=arguments.numbers.by_uid)
    if view.aware:
        told = set(uids if arguments.unchanged_since is not None else changed)
        for sequence, message in messages:
            if message.uid in told:
                news += untagged.fetch(sequence, view.items(message, flags=False))
    return news


def _flags(view: View, messages: Pairs, *, by_uid: bool) -> bytes:
    """FETCH responses with the flags."""
    lines = []
    for sequence, message in messages:
        items = view.items(message)
        if by_uid and not view.aware:
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
