"""Sorting, with pauses in which other sessions have their turn.

One stable sort for each criterion, the last first, is what RFC 5256 §3 asks for: REVERSE turns
round one criterion and leaves messages that are equal by it in the order that they had. A long
list is sorted in runs that are then merged, which is as stable as one sort.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from heapq import merge
from typing import Any, TypeAlias, TypeVar

from fakemail.imap.sort.keys import Criterion
from fakemail.imap.sort.values import FROM_HEADER, WITHOUT_HEADER, Value
from fakemail.imap.view import View
from fakemail.message.header import Header, header_of
from fakemail.store.errors import MessageGone
from fakemail.store.index import Message

T = TypeVar("T")

RUN = 1000
"""Messages to sort, or to merge, before other sessions may have their turn."""

HEADS = 20
"""Headers to read before that."""

Turns: TypeAlias = Generator[bytes, None, T]


def in_order(view: View, found: Sequence[int], criteria: Sequence[Criterion]) -> Turns[list[int]]:
    """Sequence numbers in the order that the criteria ask for; who is gone is left out."""
    columns: list[list[Value]] = [[] for _ in criteria]
    needs_header = any(each.key in FROM_HEADER for each in criteria)
    numbers: list[int] = []

    def take(seq: int, message: Message, header: Header) -> None:
        for column, criterion in zip(columns, criteria, strict=True):
            plain = WITHOUT_HEADER.get(criterion.key)
            column.append(plain(message) if plain else FROM_HEADER[criterion.key](message, header))
        numbers.append(seq)

    yield from each_header(view, found, take, needs_header)
    order = list(range(len(numbers)))
    for column, criterion in reversed(list(zip(columns, criteria, strict=True))):
        order = yield from sorted_in_turns(order, column.__getitem__, criterion.reverse)
    return [numbers[place] for place in order]


def each_header(
    view: View,
    found: Sequence[int],
    take: Callable[[int, Message, Header], None],
    needs_header: bool = True,
) -> Turns[None]:
    """Hand over every message that is still there, with its header (an empty one unless it is
    needed)."""
    turn = HEADS if needs_header else RUN
    mailbox, uids = view.mailbox, view.uids
    empty = header_of(b"")
    for looked, seq in enumerate(found, 1):
        message = mailbox.get(uids[seq - 1])
        if message is None:
            continue
        try:
            header = header_of(mailbox.read_head(message.uid)) if needs_header else empty
        except MessageGone:
            continue
        take(seq, message, header)
        if not looked % turn:
            yield b""


def sorted_in_turns(
    items: Sequence[T], key: Callable[[T], Any], reverse: bool = False
) -> Turns[list[T]]:
    """``sorted(items, key=key, reverse=reverse)``."""
    runs = []
    for start in range(0, len(items), RUN):
        runs.append(sorted(items[start : start + RUN], key=key, reverse=reverse))
        if len(items) > RUN:
            yield b""
    if len(runs) < 2:
        return runs[0] if runs else []
    merged: list[T] = []
    for item in merge(*runs, key=key, reverse=reverse):
        merged.append(item)
        if not len(merged) % RUN:
            yield b""
    return merged
