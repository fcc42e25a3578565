"""Step 1 of THREAD=REFERENCES: who answers whom (RFC 5256 §3).

Only parents are kept, children are gathered when all is known: a link that turns out to be wrong
is then one assignment. A link must not make a loop; whether it would is a walk up from the parent,
which can be long, and is not needed for a message that nobody has for a parent yet. So the usual
mailbox takes no walks, and one that was made for it pays with pauses.
"""

from __future__ import annotations

from collections.abc import Iterable

from fakemail.imap.sort.order import Turns
from fakemail.imap.thread.node import Node
from fakemail.imap.thread.post import Post

STEPS = 5000
"""References to look at, and ancestors to pass, before other sessions may have their turn."""

MOST_ABSENT = 200_000
"""Messages that are not there and are remembered; references to further ones are passed over."""


class Ancestry:
    """All messages, and those that are referred to, by message ID."""

    def __init__(self) -> None:
        self._nodes: dict[bytes, Node] = {}
        self._parents: set[Node] = set()
        """Nodes that are or were somebody's parent."""
        self._absent = 0
        self._steps = 0

    def of(self, posts: Iterable[Post]) -> Turns[dict[int, Node]]:
        """A node for each message, by sequence number, with its parent. `posts` ascend in
        sequence numbers, since the lowest has the right to a message ID that several have."""
        found: dict[int, Node] = {}
        for post in posts:
            node = found[post.seq] = self._message(post)
            above: Node | None = None
            for reference in post.references:
                referred = self._referred(reference)
                if referred is None:
                    continue
                if above is not None and referred.parent is None:
                    yield from self._link(above, referred)
                above = referred
            node.parent = None
            if above is not None:
                yield from self._link(above, node)
            yield from self._step(1 + len(post.references))
        return found

    def _step(self, steps: int) -> Turns[None]:
        self._steps += steps
        if self._steps >= STEPS:
            self._steps = 0
            yield b""

    def _message(self, post: Post) -> Node:
        """The node of a message: a dummy that was waiting for it, or a new one."""
        if post.message_id is None:
            return Node(post.seq, post.subject)
        node = self._nodes.get(post.message_id)
        if node is None:
            node = self._nodes[post.message_id] = Node(post.seq, post.subject)
        elif node.seq:
            return Node(post.seq, post.subject)  # its message ID is another's: as if it had none
        else:
            node.seq, node.subject = post.seq, post.subject
            self._absent -= 1
        return node

    def _referred(self, message_id: bytes) -> Node | None:
        node = self._nodes.get(message_id)
        if node is None and self._absent < MOST_ABSENT:
            node = self._nodes[message_id] = Node()
            self._absent += 1
        return node

    def _link(self, parent: Node, child: Node) -> Turns[None]:
        """Make one the parent of the other, unless it descends from it."""
        if child in self._parents or parent is child:
            above: Node | None = parent
            while above is not None:
                if above is child:
                    return
                above = above.parent
                yield from self._step(1)
        child.parent = parent
        self._parents.add(parent)
