"""Whatever a client sends, the session survives or ends in order, and stays in sync."""

from __future__ import annotations

import logging
import random
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEEDS = [
    b"a LOGIN tom code\r\n",
    b"a LOGIN {3}\r\ntom {4+}\r\ncode\r\n",
    b"a AUTHENTICATE PLAIN AHRvbQBjb2Rl\r\n",
    b"a AUTHENTICATE LOGIN\r\ndG9t\r\nY29kZQ==\r\n",
    b"a SELECT INBOX\r\n",
    b"a EXAMINE {5+}\r\nINBOX\r\n",
    b"a CREATE &Jjo-/x\r\n",
    b"a RENAME Archive Old\r\n",
    b'a LIST (SPECIAL-USE) "" "*" RETURN (SPECIAL-USE)\r\n',
    b'a LSUB "" %\r\n',
    b"a STATUS INBOX (MESSAGES UIDNEXT UNSEEN)\r\n",
    b'a APPEND INBOX (\\Seen x) "17-Jul-1996 02:44:25 -0700" {12+}\r\nSubject: x\r\n\r\n',
    b"a FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[1.MIME]<0.5>)\r\n",
    b"a FETCH 1 BODY[HEADER.FIELDS (a b)]\r\n",
    b"a UID FETCH 1:*,3 FULL\r\n",
    b"a STORE 1:2 +FLAGS.SILENT (\\Seen work)\r\n",
    b"a UID STORE * FLAGS ()\r\n",
    b"a COPY 1 Trash\r\n",
    b"a UID MOVE 2 Trash\r\n",
    b"a SEARCH CHARSET UTF-8 OR (FROM {1+}\r\nx) NOT SINCE 1-Feb-2020 1:3\r\n",
    b"a SEARCH RETURN (SAVE MIN PARTIAL -1:-5) $\r\n",
    b"a UID SEARCH RETURN (MAX COUNT ALL) CHARSET GBK OR $ YOUNGER 99 OLDER 1\r\n",
    b"a FETCH $ (UID FLAGS)\r\n",
    b"a SORT RETURN () (REVERSE DATE FROM) UTF-8 SUBJECT {1+}\r\nx\r\n",
    b"a UID SORT (DISPLAYTO SUBJECT SIZE) US-ASCII 1:*\r\n",
    b"a THREAD REFERENCES UTF-8 ALL\r\n",
    b"a UID THREAD ORDEREDSUBJECT UTF-8 NOT $\r\n",
    b'a ID ("name" "x" "y" NIL)\r\n',
    b"a IDLE\r\nDONE\r\n",
    b"a EXPUNGE\r\n",
    b"a UID EXPUNGE 1:*\r\n",
    b"a ENABLE X\r\n",
    b"a CLOSE\r\n",
]
SPICE = [
    *[bytes([octet]) for octet in b"\0\xff\r\n\"\\{}()*% &[]0$+'=\t"],
    *(b"\r\n,{9},{9+},&-,  ,<0.0>,99999999999,-1,NIL,UID ,\\*,\\Recent".split(b",")),
    b"{0}\r\n",
    b"{2+}\r\nab",
]


def mutated(chance: random.Random) -> bytes:
    """A few commands, damaged in a few places."""
    octets = bytearray(b"".join(chance.choice(SEEDS) for _ in range(chance.randint(1, 4))))
    for _ in range(chance.randint(0, 5)):
        at = chance.randint(0, len(octets))
        match chance.randint(0, 3):
            case 0:
                octets[at:at] = chance.choice(SPICE)
            case 1:
                del octets[at : at + chance.randint(1, 8)]
            case 2:
                octets[at : at + 1] = bytes([chance.randint(0, 255)])
            case _:
                octets[at:at] = octets[at : at + chance.randint(1, 20)]
    return bytes(octets)


def resynchronize(client: Any) -> None:
    """End what the client may be in the middle of, as a lost client would: with line ends."""
    for _ in range(40):
        if not client.open:
            return
        client.hear()
        client.send(b"\r\nDONE\r\n*\r\nsync NOOP\r\n")
        if b"sync OK NOOP completed.\r\n" in client.hear():
            return
        client.send(b"x" * 97)  # the rest of a literal
    raise AssertionError("the session is not in sync")


@pytest.mark.parametrize("seed", range(150))
@pytest.mark.parametrize("state", ["new", "logged in", "selected"])
def test_mutated_commands(
    selected: Any, seed: int, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    office, chance = selected.office, random.Random(f"{seed} {state}")
    client = office.client("2")
    if state == "logged in":
        client.login()
    elif state == "selected":
        client.select()
    octets = mutated(chance)
    with caplog.at_level(logging.ERROR):
        for piece in re.findall(b"(?s).{1,%d}" % chance.choice([1, 7, 1000]), octets):
            client.send(piece)
        said = client.hear()
        assert b"SERVERBUG" not in said, (octets, said)
        assert not caplog.records, octets
        resynchronize(client)
    selected.ask("a NOOP")
    assert selected.ask("b NOOP") == b"b OK NOOP completed.\r\n"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=300))
def test_random_octets(data: bytes, small_office: Any) -> None:
    small_office.clients.clear()
    client = small_office.client()
    client.send(data)
    assert b"SERVERBUG" not in client.hear()
    resynchronize(client)


def test_messages_of_random_octets_can_be_fetched(office: Any) -> None:
    chance = random.Random(4)
    client = office.client()
    for number in range(60):
        size = chance.choice([0, 1, 2, 50, 700])
        octets = bytes(chance.choice(b'\r\n :;,<>@"()\\-=?aB1\xff/') for _ in range(size))
        if number % 3 == 0:
            octets = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" + octets
        office.deliver(octets)
    client.select()
    answer = client.ask(
        "a FETCH 1:* (FLAGS UID ENVELOPE BODY BODYSTRUCTURE INTERNALDATE RFC822.SIZE BODY[] "
        "BODY[1] BODY[1.MIME] BODY[2.HEADER] BODY[HEADER.FIELDS (FROM)] RFC822.TEXT)"
    )
    assert answer.endswith(b"a OK FETCH completed.\r\n")
    assert answer.count(b" BODYSTRUCTURE (") == 60
    assert b"SERVERBUG" not in client.ask("b SEARCH OR TEXT x OR FROM y SENTSINCE 1-Feb-2020")


def test_the_seeds_are_in_order(office: Any) -> None:
    """Unmutated, each seed is answered OK or NO, so that the fuzz starts from commands."""
    office.deliver(b"Subject: x\r\n\r\n")
    office.deliver(b"Subject: y\r\n\r\n")
    client = office.client()
    for seed in SEEDS[4:]:
        if client.recorder.login is None:
            client.login()
        if not client.engine._session.selected:
            client.select()
        client.send(seed)
        assert re.search(rb"(?m)^a (OK|NO) ", client.hear()), seed
