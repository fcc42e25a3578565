"""THREAD=ORDEREDSUBJECT, "poor man's threading" (RFC 5256 §3)."""

from __future__ import annotations

from collections.abc import Sequence

from fakemail.imap.sort.order import RUN, Turns
from fakemail.imap.thread.node import Node
from fakemail.imap.thread.post import Post


def ordered_subject(posts: Sequence[Post]) -> Turns[list[Node]]:
    """Messages of one base subject are one thread: the first is the parent of all others.

    The posts are sorted by sent date, so threads begin in the order of their first messages.
    """
    roots: dict[str, Node] = {}
    for looked, post in enumerate(posts, 1):
        node = Node(post.seq, post.subject)
        root = roots.setdefault(post.subject.text, node)
        if root is not node:
            root.children.append(node)
        if not looked % RUN:
            yield b""
    return list(roots.values())
