"""What is known of the providers, from the dialects' own files: names, families, secrets.

Reads the files of facts, not the loaded dialects: an explanation needs sources and inheritance,
and none of what a server needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from fakemail.dialects.load import DialectError, aside, lineage
from fakemail.dialects.names import names
from fakemail.dialects.record import Aside, Fact, Secret
from fakemail.explain.language import Language, phrase
from fakemail.explain.replies import Template

UNKNOWN = ("?", "generic", "")
"""Dialects that say nothing about the provider: a log from elsewhere, or fakemail's own words."""

_CLASS = re.compile(r"\[(a-z|A-Z|0-9a-f|0-9|a-zA-Z0-9)\]\{(\d+)\}")


@dataclass(frozen=True, slots=True)
class Saying:
    """A refusal that a provider is known to say."""

    provider: str
    protocol: str
    slugs: tuple[str, ...]
    templates: tuple[Template, ...]
    when: str
    seen: str
    confidence: str
    source: str


@cache
def family(name: str) -> tuple[str, ...]:
    """A dialect and those it inherits from, nearest first; itself alone where it is unknown."""
    try:
        return tuple(known for known, _ in lineage(_bare(name)))
    except (DialectError, OSError):
        return (_bare(name),)


def nearness(dialect: str, wanted: tuple[str, ...]) -> int | None:
    """2: one of those; 1: related, or any will do; None: another one."""
    if not wanted:
        return 1
    mine = family(dialect)
    if mine[0] in wanted:
        return 2
    related = any(set(family(name)) & set(mine) - {"generic"} for name in wanted)
    return 1 if related else None


def in_order(names: Iterable[str]) -> list[str]:
    """Each once, a provider before those that inherit from it."""
    return sorted(dict.fromkeys(names), key=lambda name: len(family(name)))


def title(name: str, language: Language) -> str:
    """``QQ Mail``, ``QQ邮箱``."""
    try:
        file = lineage(_bare(name))[0][1]
    except (DialectError, OSError):
        return name
    return file.title if language == "zh" else file.title_en or file.title


def host_of_domain(domain: str) -> str:
    """The dialect of the provider that has this domain; empty where none is known."""
    return _domains().get(domain.lower(), "")


def secret(name: str) -> Secret | None:
    """What is known of the secret that mail programs log in with."""
    try:
        files = [file for _, file in lineage(_bare(name))]
    except (DialectError, OSError):
        return None
    for file in files:
        if file.secret.term or file.secret.pattern:
            return file.secret
    return None


def secret_phrase(name: str, language: Language) -> str:
    """Which secret would be right at a provider, by name and shape; empty where unknown."""
    known = secret(name)
    if known is None or known.term is None:
        return ""
    shape = shape_of(str(known.pattern.value), language) if known.pattern else ""
    key = "secret-shaped" if shape else "secret"
    return phrase(key, language, provider=title(name, language), term=known.term.value, shape=shape)


def shape_of(pattern: str, language: Language) -> str:
    """A code's pattern in words; empty for one that is not made of plain groups."""
    inner = pattern.removeprefix("^").removesuffix("$")
    groups = _CLASS.findall(inner)
    if not groups or len(set(groups)) > 1 or _CLASS.sub("", inner).strip("-"):
        return ""
    kind, length = groups[0]
    what = phrase(f"letters-{kind}", language)
    if len(groups) == 1:
        return phrase("shape-one", language, length=length, what=what)
    return phrase("shape-groups", language, groups=len(groups), length=length, what=what)


@cache
def sayings() -> tuple[Saying, ...]:
    """Every refusal in the files of facts; each under the provider in whose file it stands."""
    return tuple(saying for name in names() for saying in _sayings(name))


def _sayings(name: str) -> Iterator[Saying]:
    spoken = lineage(name)[0][1].facts
    for protocol, facts in spoken.items():
        yield from (found for f in facts if (found := _saying(name, protocol, f, f.says)))
    for protocol, unspoken in aside(name).replies.items():
        yield from (found for f in unspoken if (found := _saying(name, protocol, f, _means(f))))


def _means(fact: Aside) -> tuple[str, ...]:
    return (*fact.says, *([fact.means] if fact.means else []))


def _saying(name: str, protocol: str, fact: Fact, slugs: tuple[str, ...]) -> Saying | None:
    templates = tuple(Template(line, fact.encoding) for line in fact.reply)
    if not any(template.refuses for template in templates):
        return None
    seen = fact.seen or fact.variant
    return Saying(name, protocol, slugs, templates, fact.when, seen, fact.confidence, fact.source)


@cache
def _domains() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in names():
        for domain in lineage(name)[0][1].domains:
            found.setdefault(domain.lower(), name)
    return MappingProxyType(found)


def _bare(name: str) -> str:
    return name.rpartition("@")[0] or name
