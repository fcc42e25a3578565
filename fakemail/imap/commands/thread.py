"""THREAD and UID THREAD (RFC 5256); the algorithms are in `imap/thread/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fakemail.imap.capabilities import require
from fakemail.imap.command import Command, Numbers, Running
from fakemail.imap.commands.search import modseq_needed
from fakemail.imap.grammar.strings import atom
from fakemail.imap.search.evaluate import SearchProgram
from fakemail.imap.search.find import bound, find
from fakemail.imap.search.parse import parse_criteria
from fakemail.imap.session import Session, State
from fakemail.imap.thread.node import written
from fakemail.imap.thread.ordered_subject import ordered_subject
from fakemail.imap.thread.post import posts
from fakemail.imap.thread.references import references
from fakemail.wire.cursor import Cursor

ALGORITHMS = {"ORDEREDSUBJECT": ordered_subject, "REFERENCES": references}
WANTED = "a threading algorithm, " + " or ".join(ALGORITHMS)


@dataclass(frozen=True, slots=True)
class ThreadArguments:
    """What is looked for, and how it is threaded."""

    algorithm: str
    program: SearchProgram
    by_uid: bool


def thread_parser(by_uid: bool) -> Callable[[Cursor], ThreadArguments]:
    """THREAD's parser, for answers in sequence numbers or UIDs."""

    def parse(cursor: Cursor) -> ThreadArguments:
        """thread = "THREAD" SP thread-alg SP search-criteria"""
        cursor.space()
        start = cursor.at
        algorithm = atom(cursor, WANTED).decode("ascii").upper()
        if algorithm not in ALGORITHMS:
            cursor.fail(WANTED, start)
        cursor.space()
        return ThreadArguments(algorithm, parse_criteria(cursor), by_uid)

    return parse


def thread(session: Session, arguments: ThreadArguments) -> Running:
    """THREAD: a search, and then the trees."""
    algorithm = arguments.algorithm
    require(session, f"THREAD={algorithm}", algorithm)
    view = session.view
    program = bound(session, arguments.program)
    yield from modseq_needed(session, program)
    found = yield from find(session, program)
    known = yield from posts(view, found, with_references=algorithm == "REFERENCES")
    roots = yield from ALGORITHMS[algorithm](known)
    uids = view.uids
    trees = yield from written(roots, lambda seq: uids[seq - 1] if arguments.by_uid else seq)
    yield b"* THREAD %b\r\n" % trees if trees else b"* THREAD\r\n"
    return b"OK THREAD completed."


ROWS = (
    Command(
        name="THREAD",
        parse=thread_parser(by_uid=False),
        run=thread,
        states=State.SELECTED,
        numbers=Numbers.USES,
        looks_first=True,
        cites="RFC 5256 §3",
        capability="THREAD",
    ),
    Command(
        name="UID THREAD",
        parse=thread_parser(by_uid=True),
        run=thread,
        states=State.SELECTED,
        looks_first=True,
        cites="RFC 5256 §3",
        capability="THREAD",
    ),
)
