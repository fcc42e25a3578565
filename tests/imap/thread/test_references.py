"""THREAD without a mailbox: trees from posts (RFC 5256 §3)."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.imap.sort.base_subject import base_subject
from fakemail.imap.thread import ancestry
from fakemail.imap.thread.node import Node, written
from fakemail.imap.thread.ordered_subject import ordered_subject
from fakemail.imap.thread.post import Post
from fakemail.imap.thread.references import references


def finished(work: Generator[bytes, None, Any]) -> Any:
    while True:
        try:
            assert next(work) == b""
        except StopIteration as end:
            return end.value


def post(seq: int, ids: str = "", subject: str = "", sent: float | None = None) -> Post:
    """``ids``: the message ID, then the references."""
    own, *others = [word.encode() if word != "-" else None for word in (ids or f"{seq}@x").split()]
    base = base_subject(subject.upper())
    return Post(seq, seq if sent is None else sent, base, own, tuple(filter(None, others)))


def threads(*posts: Post, algorithm: Any = references) -> str:
    in_order = sorted(posts, key=lambda each: (each.sent, each.seq))
    return finished(written(finished(algorithm(in_order)), lambda seq: seq)).decode()


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ([], ""),
        ([post(1), post(2)], "(1)(2)"),
        ([post(1), post(2, "2@x 1@x"), post(3, "3@x 2@x")], "(1 2 3)"),
        ([post(1, "1@x 2@x"), post(2, "2@x 3@x"), post(3)], "(3 2 1)"),
        # RFC 5256 §4: (2)(3 6 (4 23)(44 7 96))
        (
            [
                post(2), post(3), post(6, "6@x 3@x"), post(4, "4@x 6@x"), post(23, "23@x 4@x"),
                post(44, "44@x 6@x"), post(7, "7@x 44@x"), post(96, "96@x 7@x"),
            ],
            "(2)(3 6 (4 23)(44 7 96))",
        ),
        # RFC 5256 §4: 3 and 5 are siblings of a parent that is not there
        ([post(3, "3@x gone@x"), post(5, "5@x gone@x")], "((3)(5))"),
        # step 3: a dummy with one child goes, dummies below a message go, so do chains of them
        ([post(3, "3@x gone@x")], "(3)"),
        ([post(1), post(2, "2@x 1@x gone@x"), post(3, "3@x 1@x gone@x")], "(1 (2)(3))"),
        ([post(1, "1@x a@x b@x c@x"), post(2, "2@x a@x d@x")], "((1)(2))"),
        # step 1.A: an existing parent stays; 1.B: the last reference is the right parent
        ([post(1), post(2), post(3, "3@x 1@x"), post(4, "4@x 2@x 3@x")], "(1 3 4)(2)"),
        ([post(1), post(2), post(3, "3@x 1@x 2@x")], "(1 2 3)"),
        ([post(1), post(2, "2@x 1@x 3@x"), post(3)], "(1)(3 2)"),
        # no loops, not even with oneself
        ([post(1, "1@x 1@x")], "(1)"),
        ([post(1, "1@x 2@x"), post(2, "2@x 1@x")], "(2 1)"),
        ([post(1, "1@x 3@x"), post(2, "2@x 1@x"), post(3, "3@x 2@x")], "(3 1 2)"),
        # a message ID is the first message's that has it; without one, a message has no children
        ([post(1, "1@x"), post(2, "1@x"), post(3, "3@x 1@x")], "(1 3)(2)"),
        ([post(1, "-"), post(2, "- 1@x")], "(1)(2)"),
        # steps 4 and 6: sorted by sent date, a dummy by its first child
        ([post(1, sent=9), post(2, "2@x 3@x"), post(3, sent=5), post(4, "4@x 3@x", sent=1)],
         "(3 (4)(2))(1)"),
        ([post(1, "1@x gone@x", sent=9), post(2, sent=5), post(3, "3@x gone@x", sent=1)],
         "((3)(1))(2)"),
        # step 5: same base subject, not both replies, becomes parent and child
        ([post(1, subject="tea"), post(2, subject="Re: tea")], "(1 2)"),
        ([post(1, subject="Re: tea"), post(2, subject="tea")], "(2 1)"),
        ([post(1, subject="tea"), post(2, subject="tea")], "((1)(2))"),
        ([post(1, subject="Re: tea"), post(2, subject="Re: tea"), post(3, subject="fwd: tea")],
         "((1)(2)(3))"),
        ([post(1, subject="tea"), post(2, subject="re: tea"), post(3, subject="tea")],
         "((1 2)(3))"),
        ([post(1, subject="re: tea"), post(2, "2@x gone@x", "tea"), post(3, "3@x gone@x")],
         "((1)(2)(3))"),
        ([post(1), post(2)], "(1)(2)"),  # an empty one merges nothing
    ],
)  # fmt: skip
def test_references(posts: list[Post], expected: str) -> None:
    assert threads(*posts) == expected


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ([], ""),
        ([post(1, subject="tea"), post(2), post(3, subject="Re: tea")], "(1 3)(2)"),
        # RFC 5256 §3: no grandchildren; threads by the date of their first message
        (
            [post(1, subject="a", sent=5), post(2, subject="b", sent=2), post(3, subject="A"),
             post(4, subject="re: b", sent=9), post(5, subject="B", sent=8)],
            "(2 (5)(4))(3 1)",
        ),
    ],
)  # fmt: skip
def test_ordered_subject(posts: list[Post], expected: str) -> None:
    assert threads(*posts, algorithm=ordered_subject) == expected


IDS = st.integers(1, 9).map(lambda number: f"{number}@x")
WORDS = st.lists(IDS, max_size=4).map(" ".join)
POSTS = st.lists(
    st.tuples(
        IDS | st.just("-"), WORDS, st.sampled_from(["", "a", "re: a", "b"]), st.integers(0, 5)
    )
).map(
    lambda rows: [
        post(seq, f"{own} {others}", subject, sent)
        for seq, (own, others, subject, sent) in enumerate(rows, 1)
    ]
)


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.replace("(", " ").replace(")", " ").split()]


@given(POSTS, st.sampled_from([references, ordered_subject]))
def test_every_message_is_there_once(posts: list[Post], algorithm: Any) -> None:
    assert sorted(numbers(threads(*posts, algorithm=algorithm))) == [each.seq for each in posts]


@given(POSTS, st.sampled_from([references, ordered_subject]))
def test_siblings_ascend_by_date_and_the_grammar_holds(posts: list[Post], algorithm: Any) -> None:
    """thread-nested = 2*thread-list: a list of one is never nested."""
    sent = {each.seq: (each.sent, each.seq) for each in posts}
    in_order = sorted(posts, key=lambda each: sent[each.seq])
    roots: list[Node] = finished(algorithm(in_order))
    for siblings, top in _sets(roots):
        assert [sent[node.first.seq] for node in siblings] == sorted(
            sent[node.first.seq] for node in siblings
        )
        assert top or all(node.seq for node in siblings)
        assert all(node.seq or len(node.children) > 1 for node in siblings)


def _sets(roots: list[Node]) -> Iterator[tuple[list[Node], bool]]:
    waiting, top = [roots], True
    while waiting:
        siblings = waiting.pop()
        yield siblings, top
        waiting += [node.children for node in siblings]
        top = False


def test_threads_may_be_as_deep_as_the_mailbox() -> None:
    count = 20_000
    down = [post(seq, f"{seq}@x {seq - 1}@x") for seq in range(1, count)]
    assert threads(*down) == "(" + " ".join(map(str, range(1, count))) + ")"
    up = [post(seq, f"{seq}@x {seq + 1}@x") for seq in range(1, count)]
    assert threads(*up) == "(" + " ".join(map(str, range(count - 1, 0, -1))) + ")"


def test_walks_are_taken_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long chain, and many messages that want its root below its end."""
    monkeypatch.setattr(ancestry, "STEPS", 100)
    chain = [post(seq, f"{seq}@x {seq - 1}@x") for seq in range(2, 500)]
    loops = [post(seq, f"{seq}@x 499@x 1@x 499@x 1@x") for seq in range(500, 600)]
    work = ancestry.Ancestry().of([post(1), *chain, *loops])
    started, steps = time.process_time(), 0
    while True:
        try:
            next(work)
            steps += 1
        except StopIteration as end:
            nodes = end.value
            break
    assert steps > 500  # each loop is a walk of 498 steps: five pauses at least
    assert all(nodes[seq].parent is nodes[1] for seq in range(500, 600))
    assert nodes[1].parent is None
    assert time.process_time() - started < 5


def test_what_is_absent_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ancestry, "MOST_ABSENT", 3)
    posts = [post(seq, f"{seq}@x a{seq}@x b{seq}@x") for seq in range(1, 5)]
    assert threads(*posts, post(5, "5@x b1@x"), post(6, "6@x b4@x")) == "((1)(5))(2)(3)(4)(6)"
