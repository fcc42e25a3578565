"""From a name to a dialect: ``qq``, ``qq@2017``, ``./ours.toml``.

* `generic` is fakemail's own words, and nothing is read for it. `generic@2026` is the words of
  Postfix and Dovecot, on which fakemail's are modelled: a dialect like any other.
* A file may inherit from one other, ``inherits = "qq"``; what it has not, the other has; what
  neither has, fakemail says in its own words. A reply of its own takes the place of everything
  that the other has under that slug.
* Texts that changed over the years carry `since` and `until`. Today's are those that hold without
  an `until`; ``qq@2017`` picks, for every slug, the latest that began in 2017 or before, and where
  the first one known is younger, that.
* A person's own file goes by its path. Whoever serves or shows it reads it and hands it over
  (`add`), for this room touches no files but its own. It is checked against the closed lists
  (`keys.py`, `rules.py`, the reasons), and an error names file, key, value and what is allowed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

import msgspec

from fakemail.dialects import rules
from fakemail.dialects.dialect import GENERIC, Dialect
from fakemail.dialects.keys import KEYS, PLACEHOLDERS
from fakemail.dialects.names import GENERIC_NAME, folder, meant, names
from fakemail.dialects.record import AsideFile, DialectFile, Fact, RuleFact, Secret
from fakemail.dialects.rules import RuleError, Value
from fakemail.dialects.text import PLACEHOLDER, Text, samples_of

T = TypeVar("T", bound=msgspec.Struct)
Dated = TypeVar("Dated", Fact, RuleFact)
Texts = dict[tuple[str, str, str], Text]


class DialectError(ValueError):
    """A dialect that is not there or a file that is wrong; the text is for people."""


_OWN: dict[str, bytes] = {}
"""Files that were handed over, by path."""


def add(path: str, octets: bytes) -> str:
    """Take in a person's own file as it stands on disk; from now on `load(path)` knows it."""
    _OWN[path] = octets
    load.cache_clear()
    _file.cache_clear()
    return path


@lru_cache(maxsize=64)
def load(wanted: str) -> Dialect:
    """The dialect of this name, name and year, or added file; raises DialectError."""
    if wanted == GENERIC_NAME:
        return GENERIC
    name, year = _split(wanted)
    chain = lineage(name)
    newest_last = [file for _, file in reversed(chain)]
    texts: Texts = {}
    kept: dict[str, Value] = {}
    secret: dict[str, object] = {}
    for where, file in reversed(chain):
        texts = _merged(texts, _texts(where, file, year))
        kept |= _rules(where, file, year)
        secret |= {
            key: value for key in Secret.__struct_fields__ if (value := getattr(file.secret, key))
        }
    own = newest_last[-1]
    folders = next((file.folders for _, file in chain if file.folders), ())
    delimiter = next((file.delimiter.value for _, file in chain if file.delimiter), "/")
    return Dialect(
        name=wanted,
        title=own.title,
        texts=texts,
        rules=kept,
        folders=folders,
        delimiter=str(delimiter),
        secret=Secret(**secret),  # type: ignore[arg-type]
        endpoints=own.endpoints,
        domains=own.domains,
        hosts_only=not texts,
    )


def lineage(name: str) -> list[tuple[str, DialectFile]]:
    """A dialect's file and those that it inherits from, each with its name; nearest first."""
    chain: list[tuple[str, DialectFile]] = []
    if not name:
        raise DialectError(f"a dialect has a name: {', '.join(names())}")
    while name:
        if name in (seen for seen, _ in chain):
            raise DialectError(f"{chain[-1][0]}: inherits from itself, by way of {name}")
        chain.append((name, _file(name)))
        name = chain[-1][1].inherits
    return chain


def aside(name: str) -> AsideFile:
    """What was seen of a provider and is not spoken, and its quirks in words."""
    name = _split(name)[0]
    path = folder() / "aside" / f"{name if name in names() else 'none'}.toml"
    return (
        _read(f"aside/{name}.toml", path.read_bytes(), AsideFile) if path.is_file() else AsideFile()
    )


def years(name: str) -> tuple[int, ...]:
    """The years in which a dialect's texts changed, for ``name@year``."""
    facts = [fact for _, file in lineage(name) for each in file.facts.values() for fact in each]
    found = {year for fact in facts for year in (fact.since, fact.until) if year}
    return tuple(sorted(found))


def chosen(facts: Iterable[Dated], year: int | None) -> Dated | None:
    """Of facts about the same thing, the one that holds in `year` (None: today)."""
    known = sorted(facts, key=lambda fact: fact.since or 0)
    holding = [fact for fact in known if fact.holds(year)]
    if holding:
        return holding[-1]
    younger = [fact for fact in known if year is not None and (fact.since or 0) > year]
    return younger[0] if younger else None


# -- reading ---------------------------------------------------------------------------------


def _split(wanted: str) -> tuple[str, int | None]:
    name, at, year = wanted.rpartition("@")
    if not at or not re.fullmatch(r"\d{4}", year):
        return wanted, None
    return name, int(year)


@lru_cache(maxsize=64)
def _file(name: str) -> DialectFile:
    if name in names():
        return _read(f"{name}.toml", (folder() / f"{name}.toml").read_bytes(), DialectFile)
    if name not in _OWN:
        raise DialectError(
            f"there is no dialect {name!r}; there are {', '.join(names())}, each also with a year"
            f" (qq@2017), and a file of your own by its path (./ours.toml){meant(name, names())}"
        )
    file = _read(name, _OWN[name], DialectFile)
    _check_slugs(name, file)
    return file


def _read(where: str, octets: bytes, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(octets.decode("utf-8")), kind)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DialectError(f"{where}: not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise DialectError(f"{where}: {_explained(str(error), kind)}") from error


def _explained(text: str, kind: type[msgspec.Struct]) -> str:
    """msgspec's message, and what is allowed in that place."""
    *way, last = re.findall(r"\.(\w+)", text.rpartition("`$")[2]) or [""]
    if "unknown field" in text:
        return f"{text}; keys here are {', '.join(_inside(kind, [*way, last]).__struct_fields__)}"
    if "enum value" in text:
        place = next(
            (f for f in msgspec.structs.fields(_inside(kind, way)) if f.name == last), None
        )
        return f"{text}; allowed are {', '.join(getattr(place and place.type, '__args__', ()))}"
    return text


def _inside(kind: type[msgspec.Struct], way: Iterable[str]) -> type[msgspec.Struct]:
    """The kind of record that is found by these keys."""
    for key in way:
        for field in msgspec.structs.fields(kind):
            types = (field.type, *getattr(field.type, "__args__", ()))
            inner = [t for t in types if isinstance(t, type) and issubclass(t, msgspec.Struct)]
            if field.name == key and inner:
                kind = inner[0]
    return kind


def _check_slugs(where: str, file: DialectFile) -> None:
    """A person's file: what it words must exist (our own files are checked by a test)."""
    from fakemail.reasons.catalogue import catalogue  # all reasons: only for a person's own file

    for protocol, facts in file.facts.items():
        for fact in facts:
            for slug in fact.says:
                if slug not in KEYS and slug not in catalogue():
                    raise DialectError(
                        f"{where}: {protocol}.replies: says {slug!r}, which is neither a reason nor"
                        f" one of {', '.join(key for key in KEYS if key.startswith(protocol))}"
                    )
            for line in fact.reply:
                for name in PLACEHOLDER.findall(line):
                    if name not in PLACEHOLDERS:
                        raise DialectError(
                            f"{where}: {protocol}.replies: {{{name}}} in {line!r} is none of"
                            f" {', '.join(PLACEHOLDERS)}"
                        )


# -- putting together ------------------------------------------------------------------------


def _texts(where: str, file: DialectFile, year: int | None) -> Texts:
    found: Texts = {}
    for protocol, facts in file.facts.items():
        by_slug: dict[tuple[str, str], list[Fact]] = {}
        for fact in facts:
            for slug in fact.says:
                for command in fact.on or ("",):
                    by_slug.setdefault((slug, command), []).append(fact)
        made: dict[int, Text] = {}
        samples: dict[str, str] = {}
        for (slug, command), rivals in by_slug.items():
            _check_rivals(where, f"{protocol} {slug} {command}".rstrip(), rivals)
            if picked := chosen(rivals, year):
                text = made.get(id(picked)) or made.setdefault(id(picked), _text(picked))
                found[protocol, slug, command] = text
                samples = {**text.samples, **samples}
        for fact in facts:
            samples = {**samples_of(fact.reply, fact.example), **samples}
        for text in made.values():
            same = {name: samples[name] for name in ("sess",) if name in samples}
            text.samples = {**samples, **text.samples, **same}
    return found


def _text(fact: Fact) -> Text:
    return Text(fact.reply, fact.encoding, samples_of(fact.reply, fact.example))


def _check_rivals(where: str, what: str, rivals: list[Fact]) -> None:
    """Two texts for one thing at one time would leave it to chance which is said."""
    began = [fact.since for fact in rivals]
    if len(set(began)) < len(began):
        raise DialectError(
            f"{where}: {what}: {len(rivals)} replies, and two of them have the same `since`"
        )


def _merged(parent: Mapping[tuple[str, str, str], Text], own: Texts) -> Texts:
    """The child's replies take the place of the parent's of the same slug, for all commands."""
    mine = {(protocol, slug) for protocol, slug, _ in own}
    return {key: text for key, text in parent.items() if key[:2] not in mine} | own


def _rules(where: str, file: DialectFile, year: int | None) -> dict[str, Value]:
    kept: dict[str, Value] = {}
    for name in dict.fromkeys(fact.name for fact in file.rules):
        fact = chosen((fact for fact in file.rules if fact.name == name), year)
        if fact is not None:
            try:
                kept[name] = rules.find(name).check(fact.value)
            except RuleError as error:
                raise DialectError(f"{where}: {error}") from error
    return kept
