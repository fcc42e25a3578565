"""Every line that the data has for SMTP, beside what an engine says when it has to say it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dialect_table.compare import Wanted, everything, pairs
from dialect_table.smtp import LAPTOP, SITUATIONS, UNPRODUCED, impossible, situation
from dialect_table.talk import rules_by_hand

from fakemail.dialects.load import load

TEXTS = list(everything("smtp"))
PRODUCED = [wanted for wanted in TEXTS if situation(wanted.slug, wanted.command)]


def test_what_no_session_brings_about_is_excused() -> None:
    for wanted in TEXTS:
        if wanted not in PRODUCED:
            assert impossible(load(wanted.dialect), wanted.slug), (
                f"{wanted.title}: neither produced nor explained"
            )


@pytest.mark.parametrize("wanted", PRODUCED, ids=str)
def test_the_engine_says_what_the_data_has(start, wanted: Wanted) -> None:
    dialect = load(wanted.dialect)
    how = situation(wanted.slug, wanted.command)
    assert how is not None
    if impossible(dialect, wanted.slug):  # a setting of the provider's that we do not have
        dialect = replace(dialect, secret=None)
    talk = start(dialect, *rules_by_hand(how, dialect))
    reply = how.run(talk, wanted.command)
    facts = {"client_ip": "127.0.0.1", "client_name": LAPTOP, "user": talk.me}
    found = pairs(wanted.text, reply, facts)
    assert all(same for _, _, same in found), found


def test_nothing_is_both_produced_and_excused() -> None:
    assert not set(SITUATIONS) & set(UNPRODUCED)


def test_every_excuse_is_needed() -> None:
    slugs = {wanted.slug for wanted in TEXTS}
    assert set(UNPRODUCED) <= slugs
    assert {key.partition(" ")[0] for key in SITUATIONS} <= slugs


def test_there_is_something_to_compare() -> None:
    assert len(TEXTS) > 250
    assert {wanted.dialect for wanted in TEXTS} >= {"qq", "qq@2017", "163", "gmail", "hotmail"}
