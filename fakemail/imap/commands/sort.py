"""SORT and UID SORT (RFC 5256; RFC 5267 §3 for RETURN; RFC 5957 for DISPLAYFROM, DISPLAYTO)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fakemail.imap import untagged
from fakemail.imap.capabilities import require
from fakemail.imap.command import Command, Numbers, Running
from fakemail.imap.commands.search import (
    allow,
    answer,
    begun,
    modseq_needed,
    modseq_of,
    program_or_refusal,
)
from fakemail.imap.search.evaluate import SearchProgram
from fakemail.imap.search.find import find
from fakemail.imap.search.options import ReturnOptions, return_options
from fakemail.imap.search.parse import parse_criteria
from fakemail.imap.session import Session, State
from fakemail.imap.sort.keys import DISPLAY, Criterion, sort_criteria
from fakemail.imap.sort.order import in_order
from fakemail.reasons.reason import Refusal
from fakemail.wire.cursor import Cursor


@dataclass(frozen=True, slots=True)
class SortArguments:
    """What is looked for, in which order, and how the answer is to look."""

    criteria: tuple[Criterion, ...]
    program: SearchProgram | Refusal
    by_uid: bool
    options: ReturnOptions | None = None


def sort_parser(by_uid: bool) -> Callable[[Cursor], SortArguments]:
    """SORT's parser, for answers in sequence numbers or UIDs."""

    def parse(cursor: Cursor) -> SortArguments:
        """sort = "SORT" [search-return-opts] SP sort-criteria SP search-criteria"""
        cursor.space()
        options = return_options(cursor)
        criteria = sort_criteria(cursor)
        cursor.space()
        program = program_or_refusal(cursor, options, parse_criteria)
        return SortArguments(criteria, program, by_uid, options)

    return parse


def sort(session: Session, arguments: SortArguments) -> Running:
    """SORT: a search, and then the order; MIN and MAX are the ends of that order."""
    options = arguments.options
    if options is not None:
        require(session, "ESORT", "RETURN")
        allow(session, options)
    for criterion in arguments.criteria:
        if criterion.key in DISPLAY:
            require(session, "SORT=DISPLAY", criterion.key)
    program = begun(session, arguments.program, options)
    yield from modseq_needed(session, program)
    found = yield from find(session, program)
    found = yield from in_order(session.view, found, arguments.criteria)
    highest = modseq_of(session, program, found, options)
    uids = session.view.uids
    numbers = [uids[seq - 1] for seq in found] if arguments.by_uid else found
    if options is None:
        yield untagged.search(numbers, b"SORT", highest)
    else:
        yield from answer(session, options, found, numbers, arguments.by_uid, highest)
    return b"OK SORT completed."


ROWS = (
    Command(
        name="SORT",
        parse=sort_parser(by_uid=False),
        run=sort,
        states=State.SELECTED,
        numbers=Numbers.USES,
        looks_first=True,
        cites="RFC 5256 §3",
        capability="SORT",
    ),
    Command(
        name="UID SORT",
        parse=sort_parser(by_uid=True),
        run=sort,
        states=State.SELECTED,
        looks_first=True,
        cites="RFC 5256 §3",
        capability="SORT",
    ),
)
