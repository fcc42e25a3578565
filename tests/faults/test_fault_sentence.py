"""What a person can type, and what they are told when it says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.faults.action import Action
from fakemail.faults.fault import FaultError, fault
from fakemail.faults.moment import MOMENTS
from fakemail.faults.trigger import Trigger


@pytest.mark.parametrize(
    ("sentence", "moment", "action", "trigger"),
    [
        ("smtp rcpt first=1 refuse=smtp.rate-limited", "rcpt",
         Action("refuse", "smtp.rate-limited"), Trigger(first=1)),
        ("IMAP UID-FETCH nth=3 cut=100", "fetch", Action("cut", number=100), Trigger(nth=3)),
        ("any login per=account after=5 close", "login",
         Action("close"), Trigger(after=5, per="account")),
        ("pop3 retr every=2 reply='-ERR [SYS/TEMP] later'", "retr",
         Action("reply", "-ERR [SYS/TEMP] later"), Trigger(every=2)),
        ("smtp content delay=1.5s", "content", Action("run", delay=1.5), Trigger()),
        ("smtp content delay=2 lose", "content", Action("lose", delay=2.0), Trigger()),
        ("imap fetch slow=1000", "fetch", Action("slow", number=1000), Trigger()),
    ],
)  # fmt: skip
def test_a_sentence_is_a_fault(sentence, moment, action, trigger):
    found = fault(sentence)
    assert (found.moment, found.action, found.trigger) == (moment, action, trigger)
    assert found.sentence == sentence


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("", "a protocol, a moment and what goes wrong"),
        ("smtp rcpt", "a protocol, a moment and what goes wrong"),
        ("http get close", "'http' is not one of any, smtp, pop3, imap"),
        ("smtp fetch close", "'fetch' is no moment of smtp: connect, login,"),
        ("smtp rcpt refuse=nothing", "there is no reason 'nothing'"),
        ("smtp rcpt refuse=imap.id-required", "imap.id-required has no words in smtp"),
        ("smtp rcpt refuse", "refuse wants a text"),
        ("smtp rcpt close reset", "both close and reset"),
        ("smtp rcpt close=5", "close has no value"),
        ("smtp rcpt nth=-1 close", "nth=-1 is no whole number"),
        ("smtp rcpt per=planet close", "per=planet is not one of server, session"),
        ("smtp rcpt nth=1", "there is nothing to do"),
        ("smtp rcpt slow=0", "slow = 0 octets is too few"),
        ("smtp rcpt cut", "cut= is no whole number"),
        ("smtp rcpt delay=x", "delay=x is no number of seconds"),
        ("smtp rcpt delay=nan close", "is not from 0 to 3600 seconds"),
        ("smtp rcpt delay=1e9", "is not from 0 to 3600 seconds"),
        ("smtp rcpt reply=hello", "is no reply of smtp: 451 4.3.0 Later"),
        ("imap fetch 'reply=NO a\r\nb'", "one line of printable characters"),
        ("imap fetch 'reply=NO ä'", "not printable ASCII"),
        ("any command reply='451 x'", "reply=... is of one protocol"),
        ("any connect lose", "there is no command whose answer"),
        ("smtp rcpt colour=red close", "'colour=red' is not known; known: nth first"),
        ("smtp rcpt 'close", "No closing quotation"),
        ("smtp recpt close", "(did you mean rcpt?)"),
        ("smtp rcpt frist=1 close", "(did you mean first?)"),
        ("smtp rcpt refuse=smtp.ratelimited", "(did you mean smtp.rate-limited?)"),
        ("smtp rcpt " + "x" * 1000, "more than 1000 characters"),
    ],
)
def test_what_says_nothing_is_explained(sentence, told):
    with pytest.raises(FaultError) as raised:
        fault(sentence)
    assert told in str(raised.value)


@settings(max_examples=200)
@given(st.text(max_size=60), st.sampled_from([*MOMENTS, "x"]), st.sampled_from(["rcpt", "login"]))
def test_no_text_does_more_than_be_refused(text, protocol, moment):
    for sentence in (text, f"{protocol} {moment} {text}"):
        try:
            assert fault(sentence).moment in {m for every in MOMENTS.values() for m in every}
        except FaultError as error:
            assert str(error)
