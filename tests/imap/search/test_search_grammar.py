from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.imap.grammar.sequence import LAST_RESULT, SequenceSet
from fakemail.imap.search.evaluate import SearchProgram
from fakemail.imap.search.keys import (
    All,
    And,
    Arrived,
    EmailId,
    EmailNumber,
    HasFlag,
    InBody,
    InHeader,
    InSet,
    InText,
    Key,
    Labelled,
    Larger,
    ModSeq,
    Not,
    Or,
    Raw,
    Recent,
    Sent,
    Smaller,
    ThreadId,
    ThreadNumber,
    Within,
)
from fakemail.imap.search.parse import KEYS, MAX_DEPTH, parse_search
from fakemail.reasons.imap import BAD_CHARSET
from fakemail.reasons.reason import Refusal
from fakemail.wire.cursor import Cursor, SyntaxFault


def key(octets: bytes) -> Key:
    cursor = Cursor(octets)
    program = parse_search(cursor)
    assert cursor.ended
    return program.key


SEEN = HasFlag("\\Seen")
FEB = date(1994, 2, 1)

CASES = {
    b"ALL": All(),
    b"ANSWERED": HasFlag("\\Answered"),
    b"BCC x": InHeader(b"bcc", "x"),
    b"BEFORE 1-Feb-1994": Arrived("before", FEB),
    b'BODY "two words"': InBody("two words"),
    b"CC {2}\r\nab": InHeader(b"cc", "ab"),
    b"DELETED": HasFlag("\\Deleted"),
    b"DRAFT": HasFlag("\\Draft"),
    b"EMAILID 699-_": EmailId(b"699-_"),
    b"X-GM-MSGID 1278455344230334865": EmailNumber(1278455344230334865),
    b"X-GM-THRID 1": ThreadNumber(1),
    b"X-GM-LABELS muy": Labelled("muy"),
    b'X-GM-RAW "in:anywhere x"': Raw("in:anywhere x"),
    b"FLAGGED": HasFlag("\\Flagged"),
    b"FROM Smith": InHeader(b"from", "Smith"),
    b'HEADER X-Mailer ""': InHeader(b"x-mailer", ""),
    b"KEYWORD $Junk": HasFlag("$Junk"),
    b"LARGER 0": Larger(0),
    b"NEW": And((Recent(), Not(SEEN))),
    b"MODSEQ 0": ModSeq(0),
    b"MODSEQ 9223372036854775807": ModSeq(2**63 - 1),
    b'MODSEQ "/flags/\\\\Draft" all 620162338': ModSeq(620162338),
    b'MODSEQ "/flags/$MDNSent" priv 1': ModSeq(1),
    b"NOT SEEN": Not(SEEN),
    b"OLD": Not(Recent()),
    b"OLDER 1": Within("older", 1),
    b'ON "01-FEB-1994"': Arrived("on", FEB),
    b"OR SEEN ALL": Or((SEEN, All())),
    b"RECENT": Recent(),
    b"SEEN": SEEN,
    b"SENTBEFORE 1-Feb-1994": Sent("before", FEB),
    b"SENTON 1-Feb-1994": Sent("on", FEB),
    b"SENTSINCE 1-Feb-1994": Sent("since", FEB),
    b"SINCE 1-Feb-1994": Arrived("since", FEB),
    b"SMALLER 4294967295": Smaller(4294967295),
    b"SUBJECT x]": InHeader(b"subject", "x]"),
    b"TEXT x": InText("x"),
    b"THREADID 1": ThreadId(b"1"),
    b"TO x": InHeader(b"to", "x"),
    b"UID 3,5:*": InSet(SequenceSet(((3, 3), (5, 0))), uids=True),
    b"UNANSWERED": Not(HasFlag("\\Answered")),
    b"UNDELETED": Not(HasFlag("\\Deleted")),
    b"UNDRAFT": Not(HasFlag("\\Draft")),
    b"UNFLAGGED": Not(HasFlag("\\Flagged")),
    b"UNKEYWORD foo": Not(HasFlag("foo")),
    b"UNSEEN": Not(SEEN),
    b"YOUNGER 259200": Within("younger", 259200),
    b"$": InSet(LAST_RESULT, uids=False),
    b"UID $": InSet(LAST_RESULT, uids=True),
    b"OR $ 1,3": Or((InSet(LAST_RESULT, uids=False), InSet(SequenceSet(((1, 1), (3, 3))), False))),
    b"1:3": InSet(SequenceSet(((1, 3),)), uids=False),
    b"*": InSet(SequenceSet(((0, 0),)), uids=False),
    # together
    b"seen all": And((SEEN, All())),
    b"(SEEN)": SEEN,
    b"((SEEN ALL) RECENT)": And((SEEN, All(), Recent())),
    b"NOT (SEEN ALL)": Not(And((SEEN, All()))),
    b"NOT NOT SEEN": SEEN,
    b"NOT NOT NOT SEEN": Not(SEEN),
    b"OR OR SEEN ALL RECENT": Or((SEEN, All(), Recent())),
    b"OR SEEN OR ALL RECENT": Or((SEEN, All(), Recent())),
    b"OR SEEN (OR ALL RECENT)": Or((SEEN, All(), Recent())),
    b"OR NOT SEEN ALL RECENT": And((Or((Not(SEEN), All())), Recent())),
    b"OR (SEEN ALL) NOT (RECENT) 7": And(
        (Or((And((SEEN, All())), Not(Recent()))), InSet(SequenceSet(((7, 7),)), uids=False))
    ),
    # RFC 3501 §6.4.4
    b'FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"': And(
        (HasFlag("\\Flagged"), Arrived("since", FEB), Not(InHeader(b"from", "Smith")))
    ),
}


@pytest.mark.parametrize("octets", CASES, ids=repr)
def test_search_keys(octets):
    assert key(octets) == CASES[octets]
    assert (
        key(octets.lower().replace(b"$junk", b"$Junk").replace(b"smith", b"Smith"))
        == (CASES[octets])
    )


def test_every_key_of_the_table_has_a_case():
    first_words = {octets.split(b" ")[0] for octets in CASES}
    assert set(KEYS) <= first_words


@pytest.mark.parametrize(
    ("octets", "charset", "expected"),
    [
        (b"SUBJECT x", None, "x"),
        (b"SUBJECT {2}\r\n\xc3\xa9", None, "é"),
        (b"CHARSET UTF-8 SUBJECT {2}\r\n\xc3\xa9", "UTF-8", "é"),
        (b'charset "utf-8" SUBJECT {2+}\r\n\xc3\xa9', "utf-8", "é"),
        (b"CHARSET US-ASCII SUBJECT x", "US-ASCII", "x"),
        (b"CHARSET GBK SUBJECT {2}\r\n\xc4\xe3", "GBK", "你"),
        (b"CHARSET ISO-2022-JP SUBJECT {8}\r\n\x1b$BF|\x1b(B", "ISO-2022-JP", "日"),
        (b"CHARSET ISO-8859-1 SUBJECT {1}\r\n\xe9", "ISO-8859-1", "é"),
    ],
)
def test_charsets(octets, charset, expected):
    program = parse_search(Cursor(octets))
    assert program.charset == charset
    assert program.key == InHeader(b"subject", expected)


@pytest.mark.parametrize("name", [b"X-NONE", b"rot13", b"{7}\r\nUTF-999"])
def test_an_unknown_charset_is_refused(name):
    with pytest.raises(Refusal) as refused:
        parse_search(Cursor(b"CHARSET " + name + b" ALL"))
    assert refused.value.reason is BAD_CHARSET
    assert BAD_CHARSET.wording("imap").startswith("NO [BADCHARSET (")


@pytest.mark.parametrize(
    ("octets", "offset"),
    [
        (b"", 0), (b"NONSENSE", 0), (b"ALL ", 4), (b"ALL  SEEN", 4), (b" ALL", 0), (b"()", 1),
        (b"(ALL", 4), (b"ALL)", 3), (b"(ALL ALL", 8), (b"OR ALL", 6), (b"OR", 2), (b"NOT", 3),
        (b"NOT ", 4), (b"FROM", 4), (b"LARGER x", 7), (b"LARGER 4294967296", 7), (b"UID x", 4),
        (b"0", 0), (b"1:", 2), (b"SINCE 30-Feb-2024", 6), (b"SINCE 1994", 6),
        (b"KEYWORD \\Seen", 8), (b"CHARSET", 7), (b"CHARSET UTF-8", 13), (b"CHARSET UTF-8 ", 14),
        (b"CHARSET {3}\r\na\r\n ALL", 8), (b"CHARSET UTF-8 BODY {1}\r\n\xff", 19),
        (b"ALL CHARSET UTF-8", 4), (b"\xb1", 0), (b"OR (ALL", 7), (b"HEADER x", 8),
        (b"MODSEQ -1", 7), (b'MODSEQ "/flags/x" 3', 18), (b'MODSEQ "/seen" all 3', 7),
        (b"EMAILID ", 8), (b"EMAILID " + b"x" * 256, 8), (b"THREADID (a)", 9),
        (b"OLDER 0", 6), (b"YOUNGER", 7), (b"$,1", 1), (b"1,$", 2),
    ],
)  # fmt: skip
def test_what_is_wrong_and_where(octets, offset):
    with pytest.raises(SyntaxFault) as fault:
        parse_search(Cursor(octets))
    assert fault.value.offset == offset


def test_clients_may_chain_many_ors():
    octets = b"OR FROM a " * 5_000 + b"FROM b"
    found = key(octets)
    assert isinstance(found, Or) and len(found.keys) == 5_001
    assert key(b"(" * 5_000 + b"ALL" + b")" * 5_000) == All()
    assert key(b"NOT " * 5_001 + b"ALL") == Not(All())


def test_what_is_nested_too_deep_is_refused():
    deep = All()
    for level in range(MAX_DEPTH // 2):
        deep = Not(And((deep, SEEN))) if level else Not(And((All(), SEEN)))
    half = MAX_DEPTH // 2
    assert key(b"NOT (" * half + b"ALL" + b" SEEN)" * half) == deep
    with pytest.raises(SyntaxFault, match=f"no deeper than {MAX_DEPTH}"):
        key(b"NOT (" * (half + 1) + b"ALL" + b" SEEN)" * (half + 1))


LEAVES = st.one_of(
    st.sampled_from([All(), Recent(), SEEN, HasFlag("$a")]),
    st.integers(0, 99).map(Larger) | st.integers(0, 99).map(Smaller),
    st.builds(InSet, st.just(SequenceSet(((1, 3), (5, 0)))), st.booleans()),
    st.builds(Arrived, st.sampled_from(["before", "on", "since"]), st.dates(date(1000, 1, 1))),
    st.builds(Sent, st.sampled_from(["before", "on", "since"]), st.dates(date(1000, 1, 1))),
    st.builds(InHeader, st.sampled_from([b"from", b"x-y"]), st.text('aé你 "\\', max_size=5)),
    st.builds(InBody, st.text('aé你 "\\', max_size=5)),
    st.builds(InText, st.text('aé你 "\\', max_size=5)),
)
TREES = st.recursive(
    LEAVES,
    lambda keys: st.one_of(
        keys.map(Not),
        st.lists(keys, min_size=2, max_size=4).map(lambda some: And(tuple(some))),
        st.lists(keys, min_size=2, max_size=4).map(lambda some: Or(tuple(some))),
    ),
    max_leaves=12,
)


def write(found: Key) -> bytes:
    """A spelling of a key that needs nothing around it."""
    match found:
        case All():
            return b"ALL"
        case Recent():
            return b"RECENT"
        case HasFlag(flag):
            return b"SEEN" if flag == "\\Seen" else b"KEYWORD " + flag.encode()
        case Larger(octets):
            return b"LARGER %d" % octets
        case Smaller(octets):
            return b"SMALLER %d" % octets
        case InSet(_, uids):
            return b"UID 1:3,5:*" if uids else b"1:3,5:*"
        case Arrived(relation, day):
            return f"{relation.upper()} {day.day}-{day:%b}-{day.year:04}".encode()
        case Sent(relation, day):
            return f"SENT{relation.upper()} {day.day}-{day:%b}-{day.year:04}".encode()
        case InHeader(name, text):
            return b"HEADER " + name + b" " + literal(text)
        case InBody(text):
            return b"BODY " + literal(text)
        case InText(text):
            return b"TEXT " + literal(text)
        case Not(inner):
            return b"NOT " + write(inner)
        case And(keys):
            return b"(" + b" ".join(map(write, keys)) + b")"
        case Or(keys):
            *firsts, last = keys
            return b"".join(b"OR " + write(first) + b" " for first in firsts) + write(last)
    raise AssertionError(found)


def literal(text: str) -> bytes:
    octets = text.encode()
    return b"{%d}\r\n" % len(octets) + octets


def merged(found: Key) -> Key:
    """The same with what the parser merges merged."""
    match found:
        case Not(inner):
            inner = merged(inner)
            return (
                inner.key if isinstance(inner, Not) and isinstance(found.key, Not) else Not(inner)
            )
        case And(keys) | Or(keys):
            flat: list[Key] = []
            for inner in map(merged, keys):
                flat += inner.keys if type(inner) is type(found) else [inner]
            return type(found)(tuple(flat))
    return found


@given(TREES)
def test_what_is_written_is_read_back(tree):
    program = parse_search(Cursor(b"CHARSET UTF-8 " + write(tree)))
    assert program == SearchProgram(merged(tree), "UTF-8")


@given(
    st.lists(st.sampled_from([*KEYS, b"OR", b"NOT", b"(", b")", b" ", b"1:*", b"x", b'"', b"\xff"]))
)
def test_no_octets_raise_anything_else(pieces):
    for octets in (b"".join(pieces), b" ".join(pieces)):
        try:
            parse_search(Cursor(octets))
        except (SyntaxFault, Refusal):
            pass
