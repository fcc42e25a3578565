"""A maildrop against a model, while others deliver, remove and flag (RFC 1939 §4 to §6)."""

from __future__ import annotations

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BODIES = st.lists(st.sampled_from([b"line\r\n", b".\r\n", b"..dots\r\n"]), max_size=3).map(b"".join)
NUMBERS = st.integers(0, 5)
STEPS = st.lists(
    st.tuples(st.sampled_from(["retr", "dele", "rset", "remove", "deliver", "flag"]), NUMBERS),
    max_size=20,
)
SERIAL = count()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(BODIES, max_size=5), STEPS, st.sampled_from(["quit", "drop"]))
def test_numbers_keep_their_meaning_and_only_marked_messages_go(place, bodies, steps, end):
    user = f"user{next(SERIAL)}"
    address = f"{user}@fakemail.test"
    place.deliver(*bodies, to=address)
    host = place.session()
    host.log_in(user.encode(), b"any")
    inbox = place.store.home(address).mailbox("INBOX")
    uids = [message.uid for message in inbox.messages()]
    gone: set[int] = set()
    marked: set[int] = set()
    arrived = 0
    for step, number in steps:
        there = 1 <= number <= len(bodies)
        if step == "retr":
            answer = host.say(b"RETR %d" % number)
            if not there or number in gone | marked:
                assert answer.startswith(b"-ERR")
            else:
                body = bodies[number - 1]
                stuffed = (b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:]
                assert answer == b"+OK %d octets\r\n" % len(body) + stuffed + b".\r\n"
        elif step == "dele":
            answer = host.say(b"DELE %d" % number)
            assert answer.startswith(b"+OK") == (there and number not in marked)
            if there:
                marked.add(number)
        elif step == "rset":
            host.say(b"RSET")
            marked.clear()
        elif step == "remove" and there:
            inbox.expunge([uids[number - 1]])
            gone.add(number)
        elif step == "flag" and there and number not in gone:
            inbox.change_flags([uids[number - 1]], "add", ["\\Seen", "\\Deleted"])
        elif step == "deliver":
            place.deliver(b"new %d\r\n" % arrived, to=address)
            arrived += 1
        left = [n for n in range(1, len(bodies) + 1) if n not in marked]
        octets = sum(len(bodies[n - 1]) for n in left)
        assert host.say(b"STAT") == b"+OK %d %d\r\n" % (len(left), octets)
        lines = host.say(b"LIST").split(b"\r\n")[1:-2]
        assert lines == [b"%d %d" % (n, len(bodies[n - 1])) for n in left]
    if end == "quit":
        assert host.say(b"QUIT").startswith(b"+OK")
        gone |= marked
    else:
        host.drop()
    kept = [body for number, body in enumerate(bodies, 1) if number not in gone]
    assert place.messages(address) == kept + [b"new %d\r\n" % n for n in range(arrived)]
