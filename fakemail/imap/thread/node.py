"""A tree of messages, and how the THREAD response writes it (RFC 5256 §4, §5).

Threads may be as deep as the mailbox has messages, so nothing here is recursive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fakemail.imap.sort.base_subject import BaseSubject
from fakemail.imap.sort.order import Turns

TURN = 2000
"""Messages to write before other sessions may have their turn."""

ABSENT = 0
"""The number of a message that is referred to and not there."""

NO_SUBJECT = BaseSubject("", False)


class Node:
    """A message in a tree, or a dummy in the place of one that is not there."""

    __slots__ = ("above", "children", "parent", "rank", "seq", "subject")

    def __init__(self, seq: int = ABSENT, subject: BaseSubject = NO_SUBJECT) -> None:
        self.seq = seq
        """Message sequence number; `ABSENT`: a dummy."""
        self.rank = 0
        """Its place when all messages are sorted by sent date."""
        self.subject = subject
        self.parent: Node | None = None
        """The message that it answers, so far as the references say."""
        self.above: Node | None = None
        """Of a dummy, once it is known: the nearest message above it, or the topmost dummy."""
        self.children: list[Node] = []

    @property
    def first(self) -> Node:
        """The message that speaks for this one: itself; of a dummy, its first child."""
        return self if self.seq else self.children[0]


def written(roots: Iterable[Node], number: Callable[[int], int]) -> Turns[bytes]:
    """1*thread-list, with the numbers that `number` gives for sequence numbers.

    thread-list = "(" (thread-members / thread-nested) ")"
    thread-members = nz-number *(SP nz-number) [SP thread-nested] ; thread-nested = 2*thread-list
    """
    pieces: list[bytes] = []
    waiting: list[Node | bytes] = []
    for root in roots:
        waiting += (b")", root, b"(")
        while waiting:
            at = waiting.pop()
            if isinstance(at, bytes):
                pieces.append(at)
                continue
            if at.seq:
                pieces.append(b"%d" % number(at.seq))
                if at.children:
                    pieces.append(b" ")
            if len(at.children) == 1:
                waiting.append(at.children[0])
            else:
                for child in reversed(at.children):
                    waiting += (b")", child, b"(")
            if not len(pieces) % TURN:
                yield b""
    return b"".join(pieces)
