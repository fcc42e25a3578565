"""Every string in the data was really seen: it stands in the collected facts, with its source, and
nothing that was collected is missing.

The collection is not part of the repository; these tests need it beside the checkout.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fakemail.dialects.load import aside, lineage
from fakemail.dialects.names import names

COLLECTED = Path(__file__).parents[3] / "shared" / "facts" / "providers.toml"

pytestmark = pytest.mark.skipif(
    not COLLECTED.exists(), reason="../shared/facts/providers.toml is not beside this checkout"
)
PROTOCOLS = ("smtp", "pop3", "imap")
KEPT = ("source", "seen", "confidence", "variant", "when", "encoding", "example", "note", "also")


@pytest.fixture(scope="module")
def collected() -> dict[str, Any]:
    found = tomllib.loads(COLLECTED.read_text(encoding="utf-8"))["providers"]
    assert isinstance(found, dict)
    return found


def seen(provider: dict[str, Any], protocol: str):
    """The replies that were collected."""
    for key, facts in provider.get(protocol, {}).items():
        if isinstance(facts, list):
            yield from ((key, fact) for fact in facts if "reply" in fact)
        elif fact := facts.get("capa_lists") if key == "behaviour" else None:
            # the lines of CAPA, without what RFC 2449 §5 puts around them
            yield "capa_lists", {**fact, "reply": ["+OK", *fact["value"], "."]}


def identity(fact: dict[str, Any]) -> tuple[object, ...]:
    """What has to be the same: the lines, and everything that is said about them."""
    told = tuple(str(fact.get(key, "")) for key in KEPT if key != "also")
    return (tuple(fact["reply"]), *told, tuple(fact.get("also", ())), bool(fact.get("partial")))


def ours(name: str, protocol: str) -> list[dict[str, Any]]:
    facts = lineage(name)[0][1].facts[protocol] + aside(name).replies[protocol]  # type: ignore[index]
    return [msgspec.to_builtins(fact) for fact in facts]


def plain(fact: object) -> object:
    """As TOML has it: lists, no tuples."""
    return msgspec.json.decode(msgspec.json.encode(fact))


def test_the_same_providers(collected: dict[str, Any]) -> None:
    assert set(names()) == set(collected)


def test_nothing_is_invented_and_nothing_is_lost(name: str, collected: dict[str, Any]) -> None:
    for protocol in PROTOCOLS:
        mine = sorted(map(identity, ours(name, protocol)))
        theirs = sorted(identity(fact) for _, fact in seen(collected[name], protocol))
        assert mine == theirs


def test_endpoints_domains_and_names(name: str, collected: dict[str, Any]) -> None:
    file, facts = lineage(name)[0][1], collected[name]
    assert [plain(endpoint) for endpoint in file.endpoints] == facts["endpoints"]
    assert list(file.domains) == facts["domains"]
    assert list(file.mx) == facts.get("mx", [])
    assert file.title == facts["name"]
    assert file.inherits == facts.get("inherits", "")
    assert file.status == facts.get("status", "")


def test_folders(name: str, collected: dict[str, Any]) -> None:
    mine = [plain(found) for found in lineage(name)[0][1].folders]
    assert mine == collected[name].get("imap", {}).get("folders", [])


def test_secret(name: str, collected: dict[str, Any]) -> None:
    secret = lineage(name)[0][1].secret
    mine = {key: t for key in secret.__struct_fields__ if (t := getattr(secret, key)) is not None}
    assert plain(mine) == collected[name].get("authcode", {})


def test_quirks(name: str, collected: dict[str, Any]) -> None:
    mine = {(q.text, q.source, q.seen) for q in aside(name).quirks}
    theirs = {
        (quirk["text"], quirk["source"], quirk.get("seen", ""))
        for quirk in collected[name].get("imap", {}).get("quirks", [])
    }
    assert theirs <= mine


def test_conduct_is_a_rule_or_a_quirk(name: str, collected: dict[str, Any]) -> None:
    """Each collected `behaviour` stands behind a rule or a quirk, by source and date; where a rule
    has a number it is the collected one."""
    file, unspoken = lineage(name)[0][1], aside(name)
    told = {(fact.source, fact.seen) for fact in (*file.rules, *unspoken.quirks)}
    values = {str(fact.value) for fact in file.rules}
    for protocol in PROTOCOLS:
        for key, fact in collected[name].get(protocol, {}).get("behaviour", {}).items():
            if key in {"auth_before_tls", "idle"} and fact["value"] is not False:
                continue  # fakemail's own conduct; the silent IDLE is a quirk with its own source
            assert (fact["source"], fact.get("seen", "")) in told, key
            if isinstance(fact["value"], int | float) and not isinstance(fact["value"], bool):
                assert {str(fact["value"]), str(float(fact["value"]))} & values, key


def test_rules_rest_on_collected_sources(name: str, collected: dict[str, Any]) -> None:
    known = set(sources(collected[name]))
    if name in {"yeah", "126"}:
        known |= set(sources(collected["163"]))
    for fact in lineage(name)[0][1].rules:
        assert (fact.source, fact.seen) in known, fact.name


def sources(facts: object):
    """Every source with its date, wherever it stands."""
    if isinstance(facts, dict):
        if "source" in facts:
            yield facts["source"], facts.get("seen", "")
        for value in facts.values():
            yield from sources(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from sources(value)
