"""SEARCH and UID SEARCH (RFC 3501 §6.4.4; RFC 4731; RFC 5182); the keys are in `imap/search/`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fakemail.imap import untagged
from fakemail.imap.capabilities import offered, require
from fakemail.imap.command import Command, Numbers, Running
from fakemail.imap.condstore import needed
from fakemail.imap.grammar.sequence import NO_MESSAGES, set_of
from fakemail.imap.search.evaluate import SearchProgram
from fakemail.imap.search.find import bound, find
from fakemail.imap.search.keys import ModSeq, leaves
from fakemail.imap.search.options import CAPABILITIES, ReturnOptions, esearch, return_options
from fakemail.imap.search.parse import parse_search
from fakemail.imap.session import Session, State
from fakemail.reasons.reason import Refusal
from fakemail.wire.cursor import Cursor


@dataclass(frozen=True, slots=True)
class SearchArguments:
    """What is looked for, and how the answer is to look."""

    program: SearchProgram | Refusal
    """A refusal instead, where that empties what was saved."""

    by_uid: bool
    options: ReturnOptions | None = None


def search_parser(by_uid: bool) -> Callable[[Cursor], SearchArguments]:
    """SEARCH's parser, for answers in sequence numbers or UIDs."""

    def parse(cursor: Cursor) -> SearchArguments:
        """search = "SEARCH" [search-return-opts] SP search-program

        search-program = ["CHARSET" SP astring SP] search-key *(SP search-key)
        """
        cursor.space()
        options = return_options(cursor)
        return SearchArguments(program_or_refusal(cursor, options, parse_search), by_uid, options)

    return parse


def program_or_refusal(
    cursor: Cursor, options: ReturnOptions | None, parse: Callable[[Cursor], SearchProgram]
) -> SearchProgram | Refusal:
    """The program; where a NO must empty ``$`` (RFC 5182 §2.1), the refusal is for later."""
    try:
        return parse(cursor)
    except Refusal as refusal:
        if options is None or b"SAVE" not in options.words:
            raise
        cursor.at = len(cursor.octets)
        return refusal


def search(session: Session, arguments: SearchArguments) -> Running:
    """SEARCH; with RETURN, an ESEARCH response or none at all."""
    options, by_uid = arguments.options, arguments.by_uid
    if options is not None:
        allow(session, options)
    program = begun(session, arguments.program, options)
    yield from modseq_needed(session, program)
    found = yield from find(session, program, None if options is None else options.ends)
    highest = modseq_of(session, program, found, options)
    uids = session.view.uids
    numbers = [uids[seq - 1] for seq in found] if by_uid else found
    if options is None:
        word = b"SEARCH"
        if seen := session.desk.dialect.untagged("imap.search"):
            word = seen[0].split()[1].encode("ascii")
        yield untagged.search(numbers, word, highest)
    else:
        yield from answer(session, options, found, numbers, by_uid, highest)
    return b"OK SEARCH completed."


def answer(
    session: Session,
    options: ReturnOptions,
    found: list[int],
    numbers: list[int],
    by_uid: bool,
    highest: int = 0,
) -> Iterator[bytes]:
    """What RETURN asks for: `found` are sequence numbers, `numbers` what is told of them, both in
    the order of the result; `highest` as in `modseq_of`."""
    if b"SAVE" in options.words:
        uids = session.view.uids
        session.view.saved = set_of(sorted(uids[seq - 1] for seq in options.saved(found)))
    if not options.silent:
        more = b" MODSEQ %d" % highest if highest else b""
        yield esearch(session.tag, options, numbers, by_uid, more)
    if b"UPDATE" in options.said:
        yield b'* NO [NOUPDATE "%b"] Results are not kept up to date.\r\n' % session.tag


def allow(session: Session, options: ReturnOptions) -> None:
    """Refusal(imap.not-offered) for a result option that the provider has not. PARTIAL may be
    there without the others."""
    for word in sorted(options.words | options.said) or [b"ALL"]:
        if not any(offered(session, capability) for capability in CAPABILITIES[word]):
            require(session, CAPABILITIES[word][0], f"RETURN ({word.decode('ascii')})")


def begun(
    session: Session, program: SearchProgram | Refusal, options: ReturnOptions | None
) -> SearchProgram:
    """The program, ready to run. From here on a search that was to save and fails has saved
    nothing (RFC 5182 §2.1)."""
    ready = program if isinstance(program, Refusal) else bound(session, program)
    if options is not None and b"SAVE" in options.words:
        session.view.saved = NO_MESSAGES
    if isinstance(ready, Refusal):
        raise ready
    return ready


def modseq_needed(session: Session, program: SearchProgram) -> Iterator[bytes]:
    """What is to be said before, if the search is about mod-sequences (RFC 7162 §3.1)."""
    if _names_modseq(program):
        yield from needed(session, "MODSEQ")


def modseq_of(
    session: Session,
    program: SearchProgram,
    found: Sequence[int],
    options: ReturnOptions | None = None,
) -> int:
    """The highest mod-sequence of what is told of these sequence numbers, if the search is about
    mod-sequences, else 0 (RFC 7162 §3.1.6; RFC 4731 §3.2)."""
    if not _names_modseq(program):
        return 0
    view = session.view
    told = found if options is None else options.saved(found)
    return max((view.mailbox.modseq(view.uids[seq - 1]) for seq in told), default=0)


def _names_modseq(program: SearchProgram) -> bool:
    return any(isinstance(key, ModSeq) for key in leaves(program.key))


ROWS = (
    Command(
        name="SEARCH",
        parse=search_parser(by_uid=False),
        run=search,
        states=State.SELECTED,
        numbers=Numbers.USES,
        looks_first=True,
        cites="RFC 3501 §6.4.4",
    ),
    Command(
        name="UID SEARCH",
        parse=search_parser(by_uid=True),
        run=search,
        states=State.SELECTED,
        looks_first=True,
        cites="RFC 3501 §6.4.8",
    ),
)
