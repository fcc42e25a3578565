"""The known mistakes: which program, which provider, what was done wrong, why it fails, the fix.

They are data (``data/scenarios/*.toml``), each with its sources. `match` finds those that a step of
a session fits; all that a scenario asks for must be there:

* `says`: the provider's reply, or, where the reply says nothing of its own, `slugs`: the reason.
  With both, a session of ours, in which the reason is told, must have that reason as well: one
  reply stands for many causes, and of a wrong code nobody shall read that a switch is off;
* `shape`: what is seen in the session (`shapes.py`);
* `providers` and `clients`: not another one than those named. Unknown is no contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from fakemail.explain import clients, providers
from fakemail.explain.clients import Recognised
from fakemail.explain.language import Language, tables
from fakemail.explain.replies import Template
from fakemail.explain.scene import Scene, Step, is_refused
from fakemail.explain.shapes import SHAPES


@dataclass(frozen=True, slots=True)
class Scenario:
    """One known mistake."""

    id: str
    program: str
    mistake: str
    cause: str
    fix: str
    shows: str
    sources: tuple[str, ...]
    confidence: str
    clients: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    says: tuple[Template, ...] = ()
    slugs: tuple[str, ...] = ()
    shape: tuple[str, ...] = ()
    told: re.Pattern[str] | None = None
    """What a client says about it by itself, where the server's reply is not in its message."""


@dataclass(frozen=True, slots=True)
class Match:
    """A scenario and how well it fits."""

    scenario: Scenario
    score: int
    client_fits: bool = field(default=False)


@cache
def scenarios() -> Mapping[str, Scenario]:
    """All of them, by id."""
    return MappingProxyType({key: _scenario(key, e) for key, e in tables("scenarios").items()})


def text(scenario: Scenario, what: str, language: Language) -> str:
    """`program`, `mistake`, `cause` or `fix` in a language; English where it is missing."""
    entry = tables("scenarios", language).get(scenario.id, {})
    return str(entry.get(what, getattr(scenario, what)))


def match(scene: Scene, step: Step, client: Recognised | None) -> list[Match]:
    """The scenarios that fit what happened at `step`, best first."""
    found = [m for scenario in scenarios().values() if (m := _fits(scenario, scene, step, client))]
    strong = [m for m in found if m.score >= _EXACT]
    return sorted(strong or found, key=lambda m: -m.score)


_EXACT = 100
"""The score of a reply that is the provider's, word by word."""


def _fits(scenario: Scenario, scene: Scene, step: Step, client: Recognised | None) -> Match | None:
    score = _evidence(scenario, scene, step)
    if score is None:
        return None
    near = providers.nearness(scene.dialect, scenario.providers)
    if near is None and (score < _EXACT // 2 or scene.dialect not in providers.UNKNOWN):
        return None
    if not all(SHAPES[name](scene, step) for name in scenario.shape):
        return None
    fits = clients.same(client, scenario.clients)
    if fits is False:
        return None
    if scenario.clients and fits is None and not scenario.says and not scenario.slugs:
        return None  # it would be said of everybody
    score += 2 * len(scenario.shape) + 3 * (near or 0) + (8 if fits else 0)
    return Match(scenario, score, bool(fits))


def _evidence(scenario: Scenario, scene: Scene, step: Step) -> int | None:
    told = {entry.reason.slug for entry in step.refusals if entry.reason}
    if scenario.says:
        if told and scenario.slugs and told.isdisjoint(scenario.slugs):
            return None
        if any(template.is_all_of(line) for template in scenario.says for line in step.lines):
            return _EXACT
        if any(template.begins(line) for template in scenario.says for line in step.lines):
            return _EXACT // 2
        if scenario.providers or not step.refusals:
            return None  # a mistake at no provider in particular may be answered in our own words
    if scenario.slugs:
        if told:
            return 20 if told & set(scenario.slugs) else None
        return 10 if is_refused(scene.protocol, step) and scenario.shape else None
    return 5 if scenario.shape else None


def _scenario(key: str, entry: Mapping[str, object]) -> Scenario:
    def many(name: str) -> tuple[str, ...]:
        values = entry.get(name, ())
        assert isinstance(values, list | tuple)
        return tuple(str(value) for value in values)

    told = entry.get("told")
    return Scenario(
        id=key,
        program=str(entry["program"]),
        mistake=str(entry["mistake"]),
        cause=str(entry["cause"]),
        fix=str(entry["fix"]),
        shows=str(entry["shows"]),
        sources=many("sources"),
        confidence=str(entry["confidence"]),
        clients=many("clients"),
        providers=many("providers"),
        says=tuple(Template(line) for line in many("says")),
        slugs=many("slugs"),
        shape=many("shape"),
        told=re.compile(str(told)) if told else None,
    )
