"""What came with ESEARCH, SEARCHRES, WITHIN, SORT and THREAD is there where it is announced."""

from __future__ import annotations

import pytest

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
