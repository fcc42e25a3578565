"""What came with ESEARCH, SEARCHRES, WITHIN, SORT and THREAD is there where it is announced."""

from __future__ import annotations

import pytest

from fakemail.dialects.load import load
from fakemail.dialects.names import names
from fakemail.imap.capabilities import TABLE
from fakemail.imap.commands.table import ROWS
from fakemail.imap.lacking import NAMES, UNSPECIFIED

ALSO = ("IMAP4", "LITERAL-", "LOGINDISABLED", "CONTEXT=SEARCH", "CONTEXT=SORT", "X-GM-EXT-1")
"""Words without a row of their own. LITERAL- is less than LITERAL+."""

COMMANDS = {
    "RETURN": "SEARCH RETURN (COUNT) ALL",
    "SAVE": "SEARCH RETURN (SAVE) ALL",
    "$": "FETCH $ UID",
    "SEARCH $": "UID SEARCH OR $ SEEN",
    "OLDER": "SEARCH NOT (OLDER 5 ALL)",
    "PARTIAL": "UID SEARCH RETURN (PARTIAL 1:2) ALL",
    "FETCH PARTIAL": "UID FETCH 1 UID (PARTIAL 1:2)",
    "SORT": "SORT (DATE) UTF-8 ALL",
    "ESORT": "UID SORT RETURN (MIN) (DATE) UTF-8 ALL",
    "DISPLAY": "SORT (DISPLAYFROM) UTF-8 ALL",
    "ORDEREDSUBJECT": "THREAD ORDEREDSUBJECT UTF-8 ALL",
    "REFERENCES": "UID THREAD REFERENCES UTF-8 ALL",
}
NOT_ICLOUD = {"DISPLAY", "FETCH PARTIAL"}
KNOWN = {
    "qq": [],
    "yahoo": ["PARTIAL", "FETCH PARTIAL"],
    "gmail": ["RETURN"],
    "zoho": ["RETURN", "OLDER"],
    "icloud": [name for name in COMMANDS if name not in NOT_ICLOUD],
    "generic": list(COMMANDS),
}


@pytest.mark.parametrize("dialect", KNOWN)
def test_what_is_announced_is_there(connect, dialect: str) -> None:
    talk, there = None, []
    for name, command in COMMANDS.items():
        if talk is None or not talk.open:  # qq hangs up on commands that it does not know
            talk = connect(dialect).log_in()
            talk.say("s SELECT INBOX")
        answer = talk.say(f"t {command}")
        assert b"t NO" not in answer
        if b"t OK" in answer:
            there.append(name)
    assert there == KNOWN[dialect]


def test_the_reason_names_the_extension(connect) -> None:
    talk = connect("qq").select()
    names = ["RETURN", "SAVE", "$", "SEARCH $", "OLDER", "PARTIAL", "FETCH PARTIAL"]
    for name in names:
        talk.say(f"t {COMMANDS[name]}")
    assert talk.refusals() == ["imap.not-offered"] * len(names)


def test_contexts_are_refused_as_the_rfc_has_it(connect) -> None:
    """RFC 5267 §4.3.1: other return options are honoured."""
    talk = connect("icloud")
    talk.deliver()
    talk.select()
    assert talk.say("a UID SEARCH RETURN (UPDATE COUNT CONTEXT) ALL") == (
        b'* ESEARCH (TAG "a") UID COUNT 1\r\n'
        b'* NO [NOUPDATE "a"] Results are not kept up to date.\r\n'
        b"a OK SEARCH completed.\r\n"
    )
    assert talk.say("b SORT RETURN (CONTEXT) (DATE) UTF-8 ALL") == (
        b'* ESEARCH (TAG "b") ALL 1\r\nb OK SORT completed.\r\n'
    )
    assert talk.say('c CANCELUPDATE "a" "b"').startswith(b"c OK")
    assert talk.say("d CANCELUPDATE a").startswith(b"d BAD")
    ours = connect("generic").select()
    assert ours.say("a SEARCH RETURN (UPDATE) ALL").startswith(b"a BAD")
    assert ours.say('b CANCELUPDATE "a"').startswith(b"b BAD")
    assert ours.refusals() == ["imap.not-offered", "imap.unknown-command"]


def test_what_is_only_announced_is_said_to_be(connect) -> None:
    talk = connect("icloud").select()
    for line in (
        'ESEARCH IN (mailboxes "x") FROM ann',
        'GETMETADATA "" /private/comment',
        "XAPPLEPUSHSERVICE",
        "GENURLAUTH",
    ):
        answer = talk.say(f"a {line}").decode()
        assert answer.startswith(f"a NO [CANNOT] {line.split()[0]} belongs to "), answer
        assert answer.endswith(", which this provider announces and fakemail does not have.\r\n")
    assert set(talk.refusals()) == {"imap.announced-only"}
    for dialect in ("generic", "gmail"):
        talk = connect(dialect).select()
        assert talk.say("a ESEARCH IN (inboxes) ALL").startswith(b"a BAD")
        assert talk.refusals() == ["imap.unknown-command"]


def test_every_word_that_a_provider_announces_is_accounted_for() -> None:
    """It is done, it is refused by name, or nobody knows what it is."""
    done = {row.name for row in TABLE} | {row.capability for row in ROWS} | set(ALSO)
    told = [
        word
        for name in names()
        for logged_in in (False, True)
        for tls in (False, True)
        for word in load(name).capability(logged_in, tls) or ()
        if not word.startswith(("AUTH=", "APPENDLIMIT="))
    ]
    assert set(told) <= done | NAMES | set(UNSPECIFIED)
    assert set(UNSPECIFIED) <= set(told)
    assert not {row.name for row in TABLE} & (NAMES | set(UNSPECIFIED))


def test_rules_about_searches_hold_for_sort_and_thread(connect) -> None:
    talk = connect(search_text_finds_nothing=True)
    talk.deliver()
    talk.select()
    assert talk.say("a SORT (DATE) UTF-8 SUBJECT message").startswith(b"* SORT\r\na OK")
    assert talk.say("b THREAD REFERENCES UTF-8 TEXT text").startswith(b"* THREAD\r\nb OK")
    assert talk.say("c SEARCH RETURN (COUNT) FROM ann").startswith(
        b'* ESEARCH (TAG "c") COUNT 0\r\nc OK'
    )
    assert talk.say("d SORT (DATE) UTF-8 SINCE 1-Jan-2020").startswith(b"* SORT 1\r\n")
    talk = connect(search_keys=("ALL", "CHARSET")).select()
    assert talk.say("e SORT (DATE) UTF-8 FROM ann").startswith(b"e BAD")
    assert talk.say("f SEARCH RETURN (SAVE) YOUNGER 5").startswith(b"f BAD")
    assert b"g OK" in talk.say("g SORT (DATE) UTF-8 UNSEEN")


def test_a_bad_search_keeps_what_was_saved(connect) -> None:
    """RFC 5182 §2.1: only a NO empties it."""
    talk = connect(search_keys=("ALL",))
    talk.deliver()
    talk.select()
    assert talk.say("a SEARCH RETURN (SAVE) ALL").startswith(b"a OK")
    assert talk.say("b SEARCH RETURN (SAVE) FROM ann").startswith(b"b BAD")
    assert talk.say("c FETCH $ UID").startswith(b"* 1 FETCH")
