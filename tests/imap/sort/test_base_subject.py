"""The base subject, by the letters of RFC 5256 §2.1 and §5, and by its procedure done naively."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemail.imap.sort.base_subject import BaseSubject, base_subject

TABLE = [
    # subject, base subject, whether it is a reply or forward
    ("lunch", "lunch", False),
    ("", "", False),
    (" \t lunch \r\n  today ", "lunch today", False),
    # subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
    ("Re: lunch", "lunch", True),
    ("RE:lunch", "lunch", True),
    ("re : lunch", "lunch", True),
    ("Fw: lunch", "lunch", True),
    ("FWD: lunch", "lunch", True),
    ("re[2]: lunch", "lunch", True),
    ("re [2] : lunch", "lunch", True),
    ("Re: Fwd: RE: lunch", "lunch", True),
    ("Re:", "", True),
    ("ref: lunch", "ref: lunch", False),
    ("fwdd: lunch", "fwdd: lunch", False),
    ("Re lunch", "Re lunch", False),
    ("Aw: lunch", "Aw: lunch", False),
    # subj-blob = "[" *BLOBCHAR "]" *WSP
    ("[list] lunch", "lunch", False),
    ("[list] [bug 7] lunch", "lunch", False),
    ("[list] Re: [other] lunch", "lunch", True),
    ("Re: [list] lunch", "lunch", True),
    ("[list]", "[list]", False),
    ("Re: [list]", "[list]", True),
    ("[a] [b]", "[b]", False),
    ("[a][b]c[d]", "c[d]", False),
    ("[]lunch", "lunch", False),
    ("[x [y] lunch", "[x [y] lunch", False),
    ("[x]] lunch", "] lunch", False),
    ("[unclosed lunch", "[unclosed lunch", False),
    # subj-trailer = "(fwd)" / WSP
    ("lunch (fwd)", "lunch", True),
    ("lunch (FWD) (fwd)", "lunch", True),
    ("lunch(fwd)", "lunch", True),
    ("(fwd)", "", True),
    ("(fwd) lunch", "(fwd) lunch", False),
    ("Re: (fwd) lunch", "(fwd) lunch", True),
    ("[list] (fwd)", "[list]", True),
    # subj-fwd = "[fwd:" subject "]"
    ("[fwd: lunch]", "lunch", True),
    ("[FWD: Re: [list] lunch (fwd)] (fwd)", "lunch", True),
    ("[fwd: [fwd: lunch]]", "lunch", True),
    ("Re: [fwd: lunch]", "lunch", True),
    ("[fwd:]", "", True),
    ("[fwd: a] b", "b", False),
    ("[fwd: a", "[fwd: a", False),
]


@pytest.mark.parametrize(("subject", "base", "is_reply"), TABLE)
def test_table(subject: str, base: str, is_reply: bool) -> None:
    assert base_subject(subject) == BaseSubject(base, is_reply)


def naive(subject: str) -> BaseSubject:
    """Steps 1 to 7, one after the other, with new strings all the time."""
    text, is_reply = re.sub("[ \t\r\n]+", " ", subject), False
    while True:
        while match := re.search(r"(?i)(\(fwd\)| )\Z", text):  # 2
            is_reply |= match[1] != " "
            text = text[: match.start()]
        while True:
            if match := re.match(r"(?i)(\[[^][]*\] *)*(re|fwd?) *(\[[^][]*\] *)?:| ", text):  # 3
                is_reply |= match[0] != " "
                text = text[match.end() :]
            elif (match := re.match(r"\[[^][]*\] *", text)) and text[match.end() :]:  # 4
                text = text[match.end() :]
            else:
                break
        match = re.fullmatch(r"(?is)\[fwd:(.*)\]", text)  # 6
        if not match:
            return BaseSubject(text, is_reply)
        text, is_reply = match[1], True


PIECES = ["re", "Fw", "fwd", "FWD", ":", "[", "]", " ", "(fwd)", "[fwd:", "[x]", "a", "\t", "é"]


SUBJECTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@given(SUBJECTS)
def test_the_procedure_done_naively_says_the_same(subject: str) -> None:
    assert base_subject(subject) == naive(subject)


@given(SUBJECTS)
def test_a_base_subject_is_its_own(subject: str) -> None:
    base = base_subject(subject).text
    assert base_subject(base).text == base


@pytest.mark.parametrize(
    "subject",
    ["[a]" * 80_000, "[a]" * 80_000 + "x", "[fwd:" * 50_000 + "]" * 50_000, "[" * 250_000,
     "re [" * 60_000, "re:" * 80_000, "(fwd)" * 50_000, "re" + " " * 250_000, "[a] re" * 40_000],
    ids=range(9),
)  # fmt: skip
def test_no_subject_takes_long(subject: str) -> None:
    start = time.process_time()
    base_subject(subject)
    assert time.process_time() - start < 1
