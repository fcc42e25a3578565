"""Octet for octet: whatever is in the store comes out of RETR, over the corpus and made-up mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fakemail.pop3.commands.retrieval import beginning
from fakemail.pop3.response import message, ok, stuff
from fakemail.wire.effects import Shown

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
FILES = sorted(p for p in CORPUS.rglob("*") if p.is_file() and p.suffix != ".md")


def octets_of(effects) -> bytes:
    assert all(isinstance(effect, Shown) for effect in effects)
    return b"".join(effect.octets for effect in effects)


def unstuffed(answer: bytes) -> bytes:
    """What a client makes of a multi-line response (RFC 1939 §3); an oracle of its own."""
    status, _, rest = answer.partition(b"\r\n")
    assert status.startswith(b"+OK")
    assert rest == b".\r\n" or rest.endswith(b"\r\n.\r\n")
    lines = rest[: -len(b".\r\n")].split(b"\r\n")
    assert not any(line == b"." for line in lines)
    return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)


MAIL = st.lists(
    st.sampled_from(
        [b"\r\n", b".", b"..", b"\n", b"\r", b"x", b"\r\n.\r\n", b"\0", b"\xff", b"a b"]
    )
).map(b"".join)


@given(MAIL)
@example(b".")
@example(b"\r\n.")
@example(b".\r\n")
@example(b"\r\n.\r\n")
def test_what_a_client_reads_is_the_message(octets):
    read = unstuffed(octets_of(list(message(ok("ok"), octets))))
    assert read == octets if octets.endswith(b"\r\n") or not octets else read == octets + b"\r\n"


@given(MAIL, st.integers(1, 12))
def test_pieces_join_to_the_same_octets(octets, piece):
    from fakemail.pop3 import response

    whole = octets_of(list(message(ok("ok"), octets)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(response, "PIECE", piece)
        assert octets_of(list(message(ok("ok"), octets))) == whole


@given(MAIL, st.integers(0, 5))
def test_top_is_a_beginning_and_all_lines_are_the_message(octets, lines):
    top = beginning(octets, lines)
    assert octets.startswith(top)
    assert beginning(octets, len(octets)) == octets
    header_ended = octets.startswith(b"\r\n") or b"\r\n\r\n" in octets
    if header_ended and top != octets:
        offset = 2 if octets.startswith(b"\r\n") else octets.index(b"\r\n\r\n") + 4
        assert top[offset:].count(b"\r\n") == lines
        assert top.endswith(b"\r\n")


def test_stuffing_costs_nothing_where_there_is_nothing_to_stuff():
    octets = b"line\r\n" * 1000
    assert stuff(octets) is octets


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MAIL.filter(lambda octets: octets.count(b"\n") == octets.count(b"\r\n")))
def test_through_the_store(place, octets):
    to = "m@fakemail.test"
    before = len(place.messages(to))
    place.deliver(octets, to=to)
    host = place.session()
    host.log_in(b"m", b"any")
    answer = host.say(b"RETR %d" % (before + 1))
    read = unstuffed(answer)
    assert read in (octets, octets + b"\r\n")
    assert host.say(b"LIST %d" % (before + 1)) == b"+OK %d %d\r\n" % (before + 1, len(octets))
    host.say(b"QUIT")


@pytest.mark.skipif(not FILES, reason="the corpus lies beside the checkout, and is not there")
def test_the_corpus(place):
    mails = []
    for file in FILES:
        octets = file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        mails.append(octets)
    place.deliver(*mails)
    host = place.session()
    host.log_in()
    sizes = host.say(b"LIST").split(b"\r\n")[1:-2]
    assert sizes == [b"%d %d" % (n, len(octets)) for n, octets in enumerate(mails, 1)]
    for number, octets in enumerate(mails, 1):
        read = unstuffed(host.say(b"RETR %d" % number))
        assert read == (octets if octets.endswith(b"\r\n") or not octets else octets + b"\r\n")
        top = unstuffed(host.say(b"TOP %d 0" % number))
        assert octets.startswith(top) or octets + b"\r\n" == top
    host.say(b"QUIT")
    assert place.messages() == mails
