"""CONDSTORE and QRESYNC beyond the scripts: the RFC's own cases, no journal, and no cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakemail.imap import condstore
from fakemail.imap.grammar.modifiers import Resync, SelectParameters, select_parameters
from fakemail.imap.grammar.sequence import SequenceSet
from fakemail.imap.untagged import vanished
from fakemail.wire.cursor import Cursor, SyntaxFault


def journals(office: Any) -> list[Path]:
    return list(Path(office.store.root).rglob("fakemail-journal"))


def validity(client: Any) -> int:
    found = re.search(rb"UIDVALIDITY (\d+)", client.ask("v STATUS INBOX (UIDVALIDITY)"))
    assert found is not None
    return int(found[1])


def test_who_does_not_ask_pays_nothing(selected: Any, office: Any) -> None:
    """And is told nothing: no MODSEQ, no HIGHESTMODSEQ, no UID in an untagged FETCH."""
    said = b"".join(
        map(
            selected.ask,
            (
                "a SELECT INBOX",
                "b FETCH 1:* (FLAGS)",
                "c STORE 1 +FLAGS (\\Deleted)",
                "d STORE 2 +FLAGS.SILENT (\\Seen)",
                "e FETCH 3 BODY[]",
                "f COPY 1 Trash",
                "g EXPUNGE",
                "h STATUS INBOX (MESSAGES)",
                "i SEARCH ALL",
            ),
        )
    )
    assert b"MODSEQ" not in said and b"VANISHED" not in said
    assert journals(office) == []


@pytest.mark.parametrize(
    "command",
    [
        "SELECT INBOX (CONDSTORE)",
        "STATUS Trash (HIGHESTMODSEQ)",
        "FETCH 1 (MODSEQ)",
        "UID FETCH 1 (UID) (CHANGEDSINCE 1)",
        "STORE 3 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)",
        "SEARCH MODSEQ 1",
        "UID SORT (DATE) UTF-8 MODSEQ 1",
        "THREAD REFERENCES UTF-8 MODSEQ 1",
        "ENABLE CONDSTORE",
        "ENABLE QRESYNC",
    ],
)
def test_every_enabling_command(selected: Any, office: Any, command: str) -> None:
    """Each tells HIGHESTMODSEQ once, and from then on MODSEQ and UID are told (§3.1, §3.2.4)."""
    assert selected.ask(f"a {command}").count(b"* OK [HIGHESTMODSEQ 2] ") == 1
    assert b"OK [HIGHESTMODSEQ" not in selected.ask(f"b {command}") or "SELECT" in command
    office.client("2").select()
    office.client("2").ask("c STORE 3 +FLAGS.SILENT (\\Flagged)")
    said = selected.ask("d NOOP")
    assert re.match(rb"\* 3 FETCH \(UID 3 FLAGS \(\\Flagged[^)]*\) MODSEQ \(3\)\)", said), said
    assert b"[HIGHESTMODSEQ " in selected.ask("e SELECT INBOX")


def test_what_enable_enabled_stays(office: Any) -> None:
    """Before any mailbox is selected there is nothing to tell."""
    client = office.client()
    client.login()
    assert client.ask("a ENABLE CONDSTORE") == b"* ENABLED CONDSTORE\r\na OK ENABLE completed.\r\n"
    assert client.ask("b ENABLE CONDSTORE") == b"* ENABLED\r\nb OK ENABLE completed.\r\n"
    assert b"[HIGHESTMODSEQ 1]" in client.ask("c EXAMINE INBOX")
    assert b"[HIGHESTMODSEQ 1]" in client.ask("d SELECT Trash")


def test_a_mailbox_without_mod_sequences(selected: Any, office: Any) -> None:
    """NOMODSEQ (§3.1.2.2): what has to do with them is BAD, everything else works."""
    inbox = office.store.home("tom@fakemail.test").mailbox("INBOX")
    (Path(inbox.folder.path) / "fakemail-journal").mkdir()
    assert selected.ask("a ENABLE QRESYNC").endswith(
        b"* ENABLED QRESYNC\r\n* OK [NOMODSEQ] No mod-sequences can be kept for this mailbox.\r\n"
        b"a OK ENABLE completed.\r\n"
    )
    for command in (
        "FETCH 1 (MODSEQ)",
        "FETCH 1 (FLAGS) (CHANGEDSINCE 1)",
        "UID FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)",
        "STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)",
        "SEARCH MODSEQ 1",
    ):
        assert selected.ask(f"b {command}").startswith(b"b BAD "), command
    assert b"(HIGHESTMODSEQ 0)" in selected.ask("c STATUS INBOX (HIGHESTMODSEQ)")
    said = selected.ask(f"d SELECT INBOX (QRESYNC ({validity(selected)} 1 1:9))")
    assert b"[NOMODSEQ]" in said and b"VANISHED" not in said and b"FETCH" not in said
    assert b"d OK" in said
    said = selected.ask("e STORE 2 +FLAGS (\\Deleted)")
    assert said.startswith(b"* 2 FETCH (FLAGS (\\Deleted))\r\n")
    assert selected.ask("f EXPUNGE") == b"* 2 EXPUNGE\r\nf OK EXPUNGE completed.\r\n"


def test_modified_and_expunged(selected: Any, office: Any) -> None:
    """RFC 7162 §3.1.3, example 11: both are told, in a NO."""
    selected.ask("a FETCH 1 (MODSEQ)")
    other = office.client("2")
    other.select()
    other.ask("b STORE 3 +FLAGS (\\Deleted)")
    other.ask("c EXPUNGE")
    other.ask("d STORE 2 +FLAGS (\\Flagged)")
    said = selected.ask("e STORE 1:3 (UNCHANGEDSINCE 2) +FLAGS (\\Seen)")
    assert said.splitlines() == [
        b"* 2 FETCH (UID 2 FLAGS (\\Flagged \\Recent) MODSEQ (5))",
        b"* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent) MODSEQ (6))",
        b"* 2 FETCH (UID 2 FLAGS (\\Flagged \\Recent) MODSEQ (5))",
        b"* OK [HIGHESTMODSEQ 3] More to tell.",
        b"e NO [MODIFIED 2] Some changed meanwhile, and some were expunged by another session.",
    ]
    said = selected.ask("f NOOP")
    assert said.startswith(b"* 3 EXPUNGE\r\n* OK [HIGHESTMODSEQ 6] All told.\r\n")
    assert b"f OK" in said
    said = selected.ask("g STORE 2 (UNCHANGEDSINCE 5) +FLAGS (\\Seen)")
    assert b"g OK STORE completed." in said


def test_a_number_twice(selected: Any) -> None:
    """It does not fail for the second time (§3.1.3, note)."""
    said = selected.ask("a STORE 2,1:3 (UNCHANGEDSINCE 2) +FLAGS.SILENT (\\Deleted)")
    assert b"MODIFIED" not in said
    assert said.count(b" FETCH ") == 3


def deliver_and_keep(
    office: Any, small_message: Callable[[int], bytes], count: int, kept: Callable[[int], bool]
) -> Any:
    """A mailbox of which only some UIDs are left; a client that selected it and enabled QRESYNC."""
    for number in range(count):
        office.deliver(small_message(number))
    inbox = office.store.home("tom@fakemail.test").mailbox("INBOX")
    inbox.expunge([message.uid for message in inbox.messages() if not kept(message.uid)])
    client = office.client()
    client.login()
    client.ask("q ENABLE QRESYNC")
    return client


def test_vanished_in_place_of_expunge(
    office: Any, small_message: Callable[[int], bytes]
) -> None:  # fmt: skip
    """RFC 7162 §3.2.10.2, the example: numbers 3, 4, 7 and 11 of eleven messages."""
    uids = [501, 504, 505, 507, 508, 509, 510, 511, 512, 513, 625]
    client = deliver_and_keep(office, small_message, 625, uids.__contains__)
    client.ask("a SELECT INBOX")
    client.ask("b STORE 3,4,7,11 +FLAGS.SILENT (\\Deleted)")
    assert client.ask("A202 EXPUNGE").startswith(
        b"* VANISHED 505,507,510,625\r\nA202 OK [HIGHESTMODSEQ "
    )
    client.ask("c UID STORE 504,508 +FLAGS.SILENT (\\Deleted)")
    assert client.ask("A210 EXPUNGE").startswith(
        b"* VANISHED 504,508\r\nA210 OK [HIGHESTMODSEQ "
    )  # fmt: skip


def test_sequence_match_data(office: Any, small_message: Callable[[int], bytes]) -> None:
    """RFC 7162 §3.2.5.2, the examples at a hundredth of their size: only UIDs divisible by three
    are left, and nobody remembers since when."""
    client = deliver_and_keep(office, small_message, 300, lambda uid: uid % 3 == 0)
    known = f"{validity(client)} 1 1:297"
    said = client.ask(f"A04 SELECT INBOX (QRESYNC ({known}))")
    gaps = ",".join(f"{uid}:{uid + 1}" for uid in range(1, 297, 3))
    assert f"* VANISHED (EARLIER) {gaps}\r\n".encode() in said
    assert said.count(b" FETCH (UID ") == 99
    match = "50,75,90,95:99 150,225,270,285,288,291,294,297"
    said = client.ask(f"B04 SELECT INBOX (QRESYNC ({known} ({match})))")
    assert b"VANISHED" not in said
    assert said.count(b" FETCH (UID ") == 99
    match = "4,8 12,25"
    said = client.ask(f"C04 SELECT INBOX (QRESYNC ({known} ({match})))")
    assert b"* VANISHED (EARLIER) 13:14,16:17," in said
    said = client.ask(f"D04 SELECT INBOX (QRESYNC ({known} (1:4294967295 1:4294967295)))")
    assert b"* VANISHED (EARLIER) 1:2,4:5," in said


def test_another_uidvalidity(selected: Any) -> None:
    """The rest is ignored (§3.2.5)."""
    selected.ask("a ENABLE QRESYNC")
    said = selected.ask(f"b SELECT INBOX (QRESYNC ({validity(selected) + 1} 1 1:9))")
    assert b"VANISHED" not in said and b"FETCH" not in said
    assert b"[HIGHESTMODSEQ 2]" in said and b"b OK" in said


def test_a_select_with_a_bad_parameter_closes_nothing(selected: Any) -> None:
    for wrong in ("()", "(X-NONE)", "(CONDSTORE CONDSTORE)", "(QRESYNC)", "(QRESYNC (1))"):
        assert selected.ask(f"a SELECT Trash {wrong}").startswith(b"a BAD "), wrong
    assert selected.ask("b SELECT Trash (QRESYNC (1 1))").startswith(b"b BAD ")
    assert b"b OK" in selected.ask("b FETCH 1 (UID)")


# -- grammar ---------------------------------------------------------------------------------

UIDS = st.integers(1, 2**32 - 1)
RANGE = st.tuples(UIDS, UIDS)


@st.composite
def ascending(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Ranges in ascending order."""
    ends = sorted(draw(st.sets(UIDS, min_size=2, max_size=8)))
    return tuple(zip(ends[::2], ends[1::2], strict=False))


def written(ranges: tuple[tuple[int, int], ...]) -> str:
    """A sequence set as a client may write it."""
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in ranges)


@given(
    uid_validity=UIDS,
    modseq=st.integers(1, 2**63 - 1),
    known=st.none() | st.lists(RANGE, min_size=1, max_size=5).map(tuple),
    match=st.none() | st.tuples(ascending(), ascending()),
    condstore_too=st.sampled_from(["", "first", "last"]),
    upper=st.booleans(),
)
@example(1, 1, None, (((1, 1),), ((1, 1),)), "", True)
def test_qresync_is_read_as_it_was_written(
    uid_validity: int,
    modseq: int,
    known: tuple[tuple[int, int], ...] | None,
    match: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]] | None,
    condstore_too: str,
    upper: bool,
) -> None:
    text = f"{uid_validity} {modseq}"
    if known is not None:
        text += f" {written(known)}"
    if match is not None:
        text += f" ({written(match[0])} {written(match[1])})"
    words = ["qresync (" + text + ")"]
    if condstore_too:
        words.insert(0 if condstore_too == "first" else 1, "condstore")
    line = f" ({' '.join(words)})"
    cursor = Cursor((line.upper() if upper else line).encode())
    found = select_parameters(cursor)
    assert cursor.ended
    resync = Resync(
        uid_validity,
        modseq,
        None if known is None else SequenceSet(known),
        *(match or ((), ())),
    )
    assert found == SelectParameters(bool(condstore_too), resync)


@given(st.text(alphabet=" ()0123456789:,*$QRESYNCOTD", max_size=40))
def test_whatever_stands_there_is_read_or_refused(text: str) -> None:
    cursor = Cursor(f" ({text}".encode())
    try:
        select_parameters(cursor)
    except SyntaxFault as fault:
        assert 0 <= fault.offset <= len(cursor.octets)


@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)), st.integers(0, 60))
def test_what_is_missing(there: set[int], wanted: set[int], above: int) -> None:
    """VANISHED (EARLIER) where nothing is remembered names what is asked for and not there."""

    class Box:
        uid_next = 50

        def vanished_since(self, modseq: int) -> None:
            return None

        def messages(self) -> list[Any]:
            return [type("M", (), {"uid": uid}) for uid in sorted(there)]

    bounds = SequenceSet(tuple((uid, uid) for uid in wanted)).bounds(0)
    box: Any = Box()
    said = condstore.earlier(box, 1, bounds, above)
    gone = sorted(uid for uid in wanted - there if above < uid < 50)
    assert said == (
        vanished(SequenceSet(tuple((u, u) for u in gone)).bounds(0), earlier=True) if gone else b""
    )
