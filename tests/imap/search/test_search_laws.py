"""ESEARCH, SORT and ``$`` agree with plain SEARCH, whatever the mailbox and the question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

COUNT = 12


@pytest.fixture(scope="module")
def client(make_office: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    office = make_office(tmp_path_factory.mktemp("laws"))
    home = office.store.home("tom@fakemail.test")
    for number in range(2 * COUNT):
        delivery = office.store.delivery()
        subject = ("Re: " if number % 3 else "") + "cab"[number % 5 % 3]
        delivery.write(b"Subject: %b\r\n\r\n%b\r\n" % (subject.encode(), b"x" * (number * 5 % 7)))
        delivery.commit([home], internal_date=1e9 + number * 7 % 5)
    client = office.client()
    client.select()
    client.ask("a STORE 1,3:5,9,15,20 +FLAGS.SILENT \\Flagged")
    client.ask("b STORE 2,3,6,7,8,13,19,24 +FLAGS.SILENT \\Deleted")
    client.ask("c UID EXPUNGE 2,6,8,13")  # so that numbers and UIDs differ
    yield client
    client.engine.closed()
    office.store.close()


SETS = st.lists(st.integers(1, 24), min_size=1, max_size=6).map(
    lambda numbers: ",".join(map(str, numbers))
)
KEYS = st.recursive(
    st.sampled_from(["ALL", "FLAGGED", "DELETED", "SUBJECT a", "LARGER 15", "OLDER 1", "YOUNGER 9"])
    | SETS
    | SETS.map("UID {}".format),
    lambda keys: (
        keys.map("NOT {}".format)
        | st.tuples(keys, keys).map(lambda two: f"OR {two[0]} {two[1]}")
        | st.tuples(keys, keys).map(lambda two: f"({two[0]} {two[1]})")
    ),
    max_leaves=5,
)
OPTIONS = st.sets(st.sampled_from(["MIN", "MAX", "ALL", "COUNT"]))
RANGES = st.tuples(st.sampled_from(["", "-"]), st.integers(1, 25), st.integers(1, 25))
CRITERIA = st.lists(
    st.sampled_from(["ARRIVAL", "SIZE", "SUBJECT", "DATE", "REVERSE SIZE", "REVERSE SUBJECT"]),
    min_size=1,
    max_size=3,
)


def numbers(client: Any, command: str) -> list[int]:
    """Of an untagged SEARCH or SORT."""
    answer = client.ask(f"t {command}").decode()
    found = re.fullmatch(r"\* (?:SEARCH|SORT)((?: \d+)*)\r\nt OK .*\r\n", answer)
    assert found, answer
    return [int(word) for word in found[1].split()]


def esearch(client: Any, command: str) -> dict[str, str]:
    """The return data of one ESEARCH response."""
    answer = client.ask(f"t {command}").decode()
    by_uid = " UID" if command.startswith("UID") else ""
    found = re.fullmatch(rf'\* ESEARCH \(TAG "t"\){by_uid}( .*)?\r\nt OK .*\r\n', answer)
    assert found, answer
    return dict(re.findall(r" ([A-Z]+) (\(.*?\)|\S+)", found[1] or ""))


def expanded(text: str) -> list[int]:
    """A sequence set, in the order in which it is written."""
    found = []
    for piece in text.split(","):
        low, _, high = piece.partition(":")
        found += range(int(low), int(high or low) + 1)
        assert not high or int(low) < int(high)
    return found


def told(options: set[str], found: list[int]) -> dict[str, Any]:
    """What ESEARCH must tell of these numbers (RFC 4731 §3.1)."""
    expected: dict[str, Any] = {}
    if found:
        expected = {"MIN": found[0], "MAX": found[-1], "ALL": found}
    return {
        name: value
        for name, value in {**expected, "COUNT": len(found)}.items()
        if name in (options or {"ALL"})
    }


def read(data: dict[str, str]) -> dict[str, Any]:
    return {key: expanded(value) if key == "ALL" else int(value) for key, value in data.items()}


@given(OPTIONS, KEYS, st.sampled_from(["", "UID "]))
def test_esearch_says_what_search_says(client: Any, options: set[str], keys: str, uid: str) -> None:
    found = numbers(client, f"{uid}SEARCH {keys}")
    data = esearch(client, f"{uid}SEARCH RETURN ({' '.join(options)}) {keys}")
    assert read(data) == told(options, found)


@given(OPTIONS, RANGES, KEYS)
def test_partial_is_a_slice(client: Any, options: set[str], ends: Any, keys: str) -> None:
    sign, first, last = ends
    options = options - {"ALL"}
    asked = f"{sign}{first}:{sign}{last}"
    found = numbers(client, f"SEARCH {keys}")
    data = esearch(client, f"SEARCH RETURN ({' '.join([*options, f'PARTIAL {asked}'])}) {keys}")
    low, high = sorted((first, last))
    part = [
        number
        for place, number in enumerate(found, 1)
        if low <= (place if not sign else len(found) + 1 - place) <= high
    ]
    shown, _, listed = data.pop("PARTIAL")[1:-1].partition(" ")
    assert shown == asked
    assert (expanded(listed) if listed != "NIL" else []) == part
    assert read(data) == (told(options, found) if options else {})


@given(OPTIONS, KEYS, KEYS)
def test_a_saved_result_is_what_was_returned(
    client: Any, options: set[str], keys: str, others: str
) -> None:
    """RFC 5182 §2.4; ``$`` combines with other keys as the set that it stands for would."""
    found = numbers(client, f"SEARCH {keys}")
    client.ask(f"s SEARCH RETURN (SAVE {' '.join(options)})".replace(" )", ")") + f" {keys}")
    if options and not options & {"ALL", "COUNT"}:
        ends = [found[0]] * ("MIN" in options) + [found[-1]] * ("MAX" in options) if found else []
        found = sorted(set(ends))
    assert numbers(client, "SEARCH $") == found
    assert numbers(client, "SEARCH UID $") == found
    kept = set(found)
    other = set(numbers(client, f"SEARCH {others}"))
    assert set(numbers(client, f"SEARCH $ {others}")) == kept & other
    assert set(numbers(client, f"SEARCH OR $ {others}")) == kept | other
    assert set(numbers(client, f"SEARCH NOT $ {others}")) == other - kept
    fetched = re.findall(rb"^\* (\d+) FETCH", client.ask("f FETCH $ UID"), re.MULTILINE)
    assert [int(number) for number in fetched] == found
    fetched = re.findall(rb"^\* (\d+) FETCH", client.ask("f UID FETCH $ UID"), re.MULTILINE)
    assert [int(number) for number in fetched] == found


def fetched(client: Any) -> dict[int, tuple[float, int, str]]:
    """By UID: arrival, size and base subject, as FETCH tells."""
    lines = client.ask("f FETCH 1:* (UID INTERNALDATE RFC822.SIZE ENVELOPE)").decode()
    pattern = r'UID (\d+) INTERNALDATE "(.*?)" RFC822.SIZE (\d+) ENVELOPE \(NIL "(.*?)"'
    return {
        int(uid): (date, int(size), subject.removeprefix("Re: "))
        for uid, date, size, subject in re.findall(pattern, lines)
    }


PLACES = {"ARRIVAL": 0, "DATE": 0, "SIZE": 1, "SUBJECT": 2}


@settings(max_examples=60)
@given(CRITERIA, KEYS, OPTIONS)
def test_sort_is_a_permutation_in_order(
    client: Any, criteria: list[str], keys: str, options: set[str]
) -> None:
    ordered = numbers(client, f"UID SORT ({' '.join(criteria)}) UTF-8 {keys}")
    assert sorted(ordered) == numbers(client, f"UID SEARCH {keys}")
    messages = fetched(client)
    for one, other in pairwise(ordered):
        for criterion in criteria:
            place = PLACES[criterion.split()[-1]]
            values = messages[one][place], messages[other][place]
            if values[0] != values[1]:
                assert (values[0] > values[1]) is criterion.startswith("REVERSE")
                break
        else:
            assert one < other
    returned = f"UID SORT RETURN ({' '.join(options)}) ({' '.join(criteria)}) UTF-8 {keys}"
    assert read(esearch(client, returned)) == told(options, ordered)


def test_a_search_that_breaks_off_has_saved_nothing(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 5182 §2.1: NO empties ``$``."""
    office.deliver(b"Subject: a\r\n\r\n")
    client = office.client()
    client.select()
    assert client.ask("a SEARCH RETURN (SAVE) ALL").startswith(b"a OK")
    mailbox = client.engine._session.view.mailbox
    with monkeypatch.context() as broken:

        def fails(_self: Any, _uid: int) -> bytes:
            raise OSError(5, "Input/output error")

        broken.setattr(type(mailbox), "read_head", fails)
        assert client.ask("b SEARCH SUBJECT a").startswith(b"b NO [UNAVAILABLE]")
        assert client.ask("c SEARCH $") == b"* SEARCH 1\r\nc OK SEARCH completed.\r\n"
        assert client.ask("d SORT RETURN (SAVE) (DATE) UTF-8 $").startswith(b"d NO [UNAVAILABLE]")
    assert client.ask("e SEARCH $") == b"* SEARCH\r\ne OK SEARCH completed.\r\n"
