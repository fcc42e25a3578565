"""No scenario is invented: what the provider says in it, what the client shows, where it was seen
and how well it is known stand in the collected scenarios, word for word.

The collection is not part of the repository; these tests need it beside the checkout.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fakemail.explain.language import tables
from fakemail.explain.replies import Template
from fakemail.explain.scenarios import scenarios

COLLECTED = Path(__file__).parents[3] / "shared" / "facts" / "scenarios.toml"

pytestmark = pytest.mark.skipif(
    not COLLECTED.exists(), reason="../shared/facts/scenarios.toml is not beside this checkout"
)

DESCRIBED = {
    "D04", "D07", "D08", "D12", "D13", "D14", "E01", "E02", "E03", "E04", "E05", "E07", "E08",
    "E09", "E10", "E11", "E12", "E15", "E20",
}  # fmt: skip
"""What the server does there is described in the collection, or said to everybody, whether a
mistake is made or not: `shape` or `slugs` tell these."""

ALSO_SAID = {
    "A18": "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during"
    " MAIL FROM [{dc}]",
    "D01": "{tag} NO EXAMINE Unsafe Login. Please contact kefu@188.com for help",
}
"""Collected too, as replies of the provider."""

ALL = sorted(scenarios())


@pytest.fixture(scope="module")
def collected() -> dict[str, dict[str, Any]]:
    found = tomllib.loads(COLLECTED.read_text(encoding="utf-8"))["scenario"]
    return {entry["id"]: entry for entry in found}


def test_they_are_the_collected_ones(collected):
    assert sorted(collected) == ALL


@pytest.mark.parametrize("id_", ALL)
def test_where_it_was_seen_and_what_the_client_shows(id_, collected):
    scenario, seen = scenarios()[id_], collected[id_]
    assert list(scenario.sources) == seen["sources"]
    assert scenario.confidence == seen["confidence"]
    assert scenario.shows == seen["client_shows"]
    assert seen["provider"] in (scenario.providers or ("generic",))


@pytest.mark.parametrize("id_", ALL)
def test_the_provider_says_what_was_seen(id_, collected):
    says, seen = tables("scenarios")[id_].get("says", []), collected[id_]["server"]
    if id_ in DESCRIBED:
        assert says == []
        return
    own = [line for line in says if line != ALSO_SAID.get(id_)]
    assert len(own) == len(seen) > 0
    for ours, theirs in zip(own, seen, strict=True):
        assert ours == theirs or Template(ours).is_all_of(theirs), f"{ours}\n{theirs}"
        for word in _words(ours):
            assert word in theirs, f"{word} was not seen"


def test_what_is_said_also_was_collected():
    provider_facts = COLLECTED.with_name("providers.toml").read_text(encoding="utf-8")
    for id_, line in ALSO_SAID.items():
        assert f'"{line}"' in provider_facts, id_


def _words(line: str) -> list[str]:
    """What stands in it outside of its placeholders."""
    return re.split(r"\{[^}]+\}", line)
