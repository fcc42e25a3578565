"""docs/faults.md: its sentences are faults, and no word is missing from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fakemail.faults.fault import FILTERS, KINDS, NUMBERS, fault
from fakemail.faults.moment import MOMENTS

PAGE = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
SENTENCES = [
    *re.findall(r"`((?:smtp|pop3|imap|any) [a-z]+ [^`]+)`", PAGE),
    *re.findall(r'--fault "([^"]+)"', PAGE),
    *[line.split("   ")[0] for line in re.findall(r"fault add (.+)", PAGE)],
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_sentence_is_a_fault(sentence):
    assert fault(sentence).moment in {m for every in MOMENTS.values() for m in every}


def test_every_word_is_there():
    assert len(SENTENCES) > 8
    for word in (*NUMBERS, "per", *FILTERS, "delay", *KINDS):
        assert re.search(rf"`{word}[`=]", PAGE), word
