"""THREAD=REFERENCES (RFC 5256 §3), steps 2 to 6; step 1 is `ancestry`.

The RFC builds a tree, prunes its dummies, and sorts again and again. Here the messages come sorted
by sent date, and each joins the message above it in that order, so that nearly everything is in
order from the start:

* Step 3, bottom up, comes to this: a message hangs below the nearest message above it; where there
  is none, below the topmost dummy, and that dummy stays if it has two such children, else its only
  child takes its place.
* Steps 2 and 4: the roots, each placed by its first message, are sorted as they come.
* Step 5 moves some roots below others, and only these sets of siblings are sorted again (step 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fakemail.imap.sort.order import RUN, Turns, sorted_in_turns
from fakemail.imap.thread.ancestry import Ancestry
from fakemail.imap.thread.node import Node
from fakemail.imap.thread.post import Post


def references(posts: Sequence[Post]) -> Turns[list[Node]]:
    """The threads of these messages, which are sorted by sent date."""
    by_number = yield from sorted_in_turns(posts, lambda post: post.seq)
    nodes = yield from Ancestry().of(by_number)
    roots: list[Node] = []
    for rank, post in enumerate(posts):
        node = nodes[post.seq]
        node.rank = rank
        above = _above(node)
        if above is None:
            roots.append(node)
        else:
            if not above.seq and not above.children:
                roots.append(above)
            above.children.append(node)
        if not rank % RUN:
            yield b""
    roots = [root if root.seq or len(root.children) > 1 else root.children[0] for root in roots]
    roots = yield from _merged(roots)
    return (yield from sorted_in_turns(roots, _rank))


def _rank(node: Node) -> int:
    return node.first.rank


def _above(node: Node) -> Node | None:
    """The nearest message above, or the topmost dummy, or nothing; dummies remember it."""
    above = node.parent
    if above is None or above.seq:
        return above
    passed = []
    while above.above is None:
        passed.append(above)
        parent = above.parent
        if parent is None or parent.seq:
            above.above = parent or above
            break
        above = parent
    end = above.above
    for dummy in passed:
        dummy.above = end
    return end


def _merged(roots: Sequence[Node]) -> Turns[list[Node]]:
    """Step 5: threads with the same base subject become one."""
    table = yield from _subject_table(roots)
    gone: set[Node] = set()
    replaced: dict[Node, Node] = {}
    changed: dict[Node, None] = {}
    for looked, root in enumerate(roots, 1):
        if not looked % RUN:
            yield b""
        subject = root.first.subject
        first = table.get(subject.text)
        if first is None or first is root:
            continue
        if not first.seq:
            first.children += [root] if root.seq else root.children
        elif subject.is_reply and not first.subject.is_reply:
            first.children.append(root)
        else:
            dummy = Node()
            dummy.children = [first, root]
            table[subject.text] = replaced[first] = first = dummy
        gone.add(root)
        changed[first] = None
    for node in changed:
        node.children = yield from sorted_in_turns(node.children, _rank)
    return [replaced.get(root, root) for root in roots if root not in gone]


def _subject_table(roots: Iterable[Node]) -> Turns[dict[str, Node]]:
    """Step 5.B: for each base subject, the thread that the others are merged with."""
    table: dict[str, Node] = {}
    for looked, root in enumerate(roots, 1):
        if not looked % RUN:
            yield b""
        subject = root.first.subject
        if not subject.text:
            continue
        first = table.setdefault(subject.text, root)
        if first.seq and (not root.seq or (first.subject.is_reply and not subject.is_reply)):
            table[subject.text] = root
    return table
