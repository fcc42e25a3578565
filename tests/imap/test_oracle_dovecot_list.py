"""Dovecot beside us: the same LIST commands over the same mailboxes (RFC 5258, RFC 5819).

Compared are the names, what is subscribed, what is not there, CHILDINFO and STATUS. Not compared is
what a server may tell or leave out: children and special uses (RFC 5258 §4, RFC 6154 §2), the
order, and NonExistent against Noselect of a name that only leads to others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

NAMESPACE = """
namespace inbox {
  inbox = yes
  separator = /
}
"""
SCENE = [
    b"DELETE Archive", b"DELETE Drafts", b"DELETE Junk", b"DELETE Sent", b"DELETE Trash",
    b"CREATE Fruit", b"CREATE Fruit/Apple", b"CREATE Fruit/Banana", b"CREATE Tofu",
    b"CREATE Vegetable", b"CREATE Vegetable/Broccoli", b"CREATE Vegetable/Corn",
    b"CREATE music/rock", b"CREATE Fruit/Peach", b"SUBSCRIBE INBOX", b"SUBSCRIBE Fruit/Banana",
    b"SUBSCRIBE Fruit/Peach", b"SUBSCRIBE Vegetable", b"SUBSCRIBE Vegetable/Broccoli",
    b"SUBSCRIBE music/rock", b"DELETE Fruit/Peach",
]  # fmt: skip
COMMANDS = [
    b'LIST "" "*"', b'LIST "" %', b'LIST () "" %', b'LIST (SUBSCRIBED) "" *',
    b'LIST (SUBSCRIBED) "" %', b'LIST (SUBSCRIBED REMOTE) "" *', b'LIST "" * RETURN (SUBSCRIBED)',
    b'LIST "" (Fruit/% Tofu)', b'LIST "" (INBOX Fruit Fruit) RETURN (CHILDREN)',
    b'LIST (SUBSCRIBED RECURSIVEMATCH) "" %', b'LIST (RECURSIVEMATCH SUBSCRIBED) "" Fruit',
    b'LIST (RECURSIVEMATCH SUBSCRIBED) "" (Vegetable music)',
    b'LIST "" % RETURN (STATUS (MESSAGES UNSEEN))',
    b'LIST (SUBSCRIBED) "" * RETURN (STATUS (MESSAGES))',
    b'LIST (RECURSIVEMATCH) "" *', b'LIST (REMOTE RECURSIVEMATCH) "" *', b'LIST (NOTHING) "" *',
    b'LIST "" ""', b'LIST "" "" RETURN ()', b'LIST "" ("" Tofu)', b'LIST Fruit/ %',
    b'LIST (SUBSCRIBED RECURSIVEMATCH) "" *',
]  # fmt: skip

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="module")
def theirs(make_dovecot: Any) -> Iterator[Callable[[bytes], bytes]]:
    """A session of Dovecot in which the scene is set."""
    with make_dovecot(more=NAMESPACE) as made:
        ask = made.session()
        for line in SCENE:
            ask(b"t " + line)
        yield lambda line: ask(b"t " + line)


@pytest.fixture
def ours(office: Any) -> Callable[[bytes], bytes]:
    """The same with us."""
    client = office.client()
    client.login()
    for line in SCENE:
        client.ask(b"t " + line)
    return lambda line: bytes(client.ask(b"t " + line))


Told = dict[bytes, tuple[set[bytes], bytes]]


def told(said: bytes) -> tuple[Told, set[bytes], bytes]:
    """Names with the attributes that are compared and their extended data, STATUS responses, and
    how it ended."""
    names: Told = {}
    for attributes, name, data in re.findall(
        rb'\* LIST \(([^)]*)\) "/" ("[^"]*"|[^ \r\n]+)(?: \((.*)\))?\r\n', said
    ):
        wanted = set(attributes.lower().split()) & {b"\\subscribed", b"\\nonexistent"}
        names[name.strip(b'"')] = wanted, data.upper().replace(b'"', b"")
    statuses = set(re.findall(rb"\* STATUS (.*)\r\n", said.replace(b'"', b"")))
    return names, statuses, re.findall(rb"(?m)^t (OK|NO|BAD)", said)[0]


@pytest.mark.parametrize("command", COMMANDS, ids=repr)
def test_both_list_the_same(
    command: bytes, theirs: Callable[[bytes], bytes], ours: Callable[[bytes], bytes]
) -> None:
    their_names, their_statuses, their_end = told(theirs(command))
    our_names, our_statuses, our_end = told(ours(command))
    assert our_end == their_end
    assert our_names.keys() == their_names.keys()
    for name, (attributes, data) in our_names.items():
        their_attributes, their_data = their_names[name]
        leads_only = name == b"music"
        ignored = {b"\\nonexistent"} if leads_only else set()
        assert attributes - ignored == their_attributes - ignored, name
        assert data == their_data, name
    assert our_statuses == their_statuses
