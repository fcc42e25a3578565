"""Each of the 100 known mistakes: it is in the data, and its conversation is explained as it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fakemail.dialects.names import names
from fakemail.explain import clients
from fakemail.explain.explain import explain
from fakemail.explain.logs import sessions
from fakemail.explain.pasted import explain_text
from fakemail.explain.scenarios import scenarios, text
from fakemail.explain.shapes import SHAPES
from fakemail.reasons.catalogue import catalogue

CONVERSATIONS = Path(__file__).with_name("conversations")
LETTERS = {"A": 20, "B": 25, "C": 12, "D": 15, "E": 21, "F": 7}
ALL = [f"{letter}{n:02}" for letter, count in LETTERS.items() for n in range(1, count + 1)]

LISTED = {"A05", "A06", "A08", "A09", "A10", "A11", "A17", "E02"}
"""Nothing on the wire names the program, and the reply is the same for several of them: they are
listed, each with its own fix, and none is said to be the one."""

TWINS = {"A04": "A03"}
"""The same octets on the wire: told together."""

NOT_IN_A_MESSAGE = {
    "A02", "B07", "B08", "D04", "D05", "D07", "D08", "E09", "E11", "E12", "E14", "F02", "F03",
    "F06",
}  # fmt: skip
"""What the client shows of these does not tell them: no error at all, or one that others share."""


def conversation(id_):
    return (CONVERSATIONS / f"{id_}.txt").read_text(encoding="utf-8")


def test_all_hundred_are_there():
    assert len(ALL) == 100
    assert list(scenarios()) == ALL
    assert sorted(path.stem for path in CONVERSATIONS.glob("*.txt")) == ALL


@pytest.mark.parametrize("id_", ALL)
def test_a_scenario_refers_to_what_exists(id_):
    scenario = scenarios()[id_]
    assert set(scenario.shape) <= SHAPES.keys()
    assert set(scenario.slugs) <= catalogue().keys()
    assert set(scenario.clients) <= clients.clients().keys()
    assert set(scenario.providers) <= set(names())
    assert scenario.sources
    assert scenario.confidence in ("verbatim", "quoted", "inferred")
    assert scenario.says or scenario.slugs or scenario.shape, "nothing to know it by"


def test_every_shape_is_asked_for():
    asked = {name for scenario in scenarios().values() for name in scenario.shape}
    assert asked == SHAPES.keys()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("id_", ALL)
def test_its_conversation_is_explained(id_, language):
    said = conversation(id_)
    [session] = sessions(said)
    main = explain(session, language, around=said)[0]
    scenario = scenarios()[id_]
    assert id_ in main.ids
    shown = re.sub(r"\s+", "", main.as_text(language))
    assert re.sub(r"\s+", "", text(scenario, "fix", language)) in shown
    if id_ in LISTED:
        assert main.fix != text(scenario, "fix", language)
        return
    assert main.ids[0] == TWINS.get(id_, id_)
    assert main.fix == text(scenarios()[main.ids[0]], "fix", language)
    assert text(scenarios()[main.ids[0]], "cause", language) in main.why


@pytest.mark.parametrize("id_", ALL)
def test_the_provider_says_so_in_its_conversation(id_):
    """The conversation has the provider's own words, where the mistake has any."""
    said = conversation(id_)
    scenario = scenarios()[id_]
    if scenario.says:
        lines = [line[5:] for line in said.splitlines() if line.startswith("  S: ")]
        assert any(template.is_all_of(line) for template in scenario.says for line in lines)


@pytest.mark.parametrize("id_", [i for i in ALL if i not in NOT_IN_A_MESSAGE])
def test_what_the_client_shows_is_explained(id_):
    assert id_ in explain_text(scenarios()[id_].shows).ids


@pytest.mark.parametrize("id_", ALL)
def test_a_conversation_of_another_provider_is_not_taken_for_it(id_):
    """With its dialect replaced by one that has nothing to do with it, it is not recognised."""
    scenario = scenarios()[id_]
    if not scenario.providers:
        return
    other = "fastmail" if "fastmail" not in scenario.providers else "gmail"
    said = re.sub(r"dialect \S+", f"dialect {other}", conversation(id_), count=1)
    [session] = sessions(said)
    assert all(id_ not in found.ids for found in explain(session, around=said))
