"""A dialect for people: every fact with where it is from, and two dialects side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from fakemail.dialects.load import aside, lineage, load
from fakemail.dialects.names import GENERIC_NAME
from fakemail.dialects.record import Aside, Fact, Folder, Quirk, RuleFact, Trait

Dated = Fact | RuleFact | Trait | Folder | Quirk


def summary(name: str) -> str:
    """What is known, in a few words: ``hosts only``, ``51 replies, 20 rules``."""
    if name == GENERIC_NAME:
        return "fakemail's own words"
    dialect, chain = load(name), lineage(name)
    if dialect.hosts_only:
        return "hosts only"
    own, parent = chain[0][1], chain[0][1].inherits
    replies, rules = sum(map(len, own.facts.values())), len(own.rules)
    counted = [
        f"{count} {word if count == 1 else plural}"
        for count, word, plural in ((replies, "reply", "replies"), (rules, "rule", "rules"))
        if count
    ]
    if not parent:
        return ", ".join(counted)
    return ", ".join([f"as {parent}", *counted]) if counted else f"own hosts, speaks as {parent}"


def show(name: str) -> Iterator[str]:
    """Everything that is known of a dialect, line by line; what it inherits follows."""
    if name == GENERIC_NAME:
        yield "generic says everything in fakemail's own words. What follows is what Postfix and"
        yield "Dovecot say, on which these are modelled; serve generic@2026 to hear it."
        yield ""
    for position, (each, file) in enumerate(lineage(name.partition("@")[0])):
        if position:
            yield ""
            yield f"Inherited from {each}, where not said above:"
            yield ""
        yield f"{each}: {file.title}" + (f" ({file.title_en})" if file.title_en else "")
        for word, text in (
            ("operator", file.operator),
            ("status", file.status),
            ("domains", ", ".join(file.domains)),
            ("mail from outside", ", ".join(file.mx)),
        ):
            if text:
                yield f"  {word}: {text}"
        for word, trait in (("software", file.software), ("settings", file.web_settings)):
            if trait:
                yield f"  {word}: {trait.value}{_source(trait)}"
        yield from _section("Hosts", (_endpoint(e) for e in file.endpoints))
        for protocol, facts in file.facts.items():
            yield from _section(f"{protocol.upper()} replies", (x for f in facts for x in _fact(f)))
        yield from _section("Rules", (x for fact in file.rules for x in _rule(fact)))
        folders = (
            f"  {f.name}  {f.wire}  {f.role} {' '.join(f.attrs)}".rstrip() + _source(f)
            for f in file.folders
        )
        yield from _section("Folders", folders)
        traits = ((key, getattr(file.secret, key)) for key in file.secret.__struct_fields__)
        yield from _section("Secret", (f"  {k}: {_value(t)}{_source(t)}" for k, t in traits if t))
        unspoken = aside(each)
        for protocol, others in unspoken.replies.items():
            title = f"{protocol.upper()}, seen and not spoken"
            yield from _section(title, (x for fact in others for x in _fact(fact)))
        quirks = (
            f"  {q.protocol}: {q.text}{f' [{q.rule}]' if q.rule else ''}{_source(q)}"
            for q in unspoken.quirks
        )
        yield from _section("Quirks", quirks)


def diff(first: str, second: str) -> Iterator[str]:
    """What one says or does and the other does not, line by line."""
    left, right = rows(first), rows(second)
    for key in dict.fromkeys([*left, *right]):
        ours, theirs = left.get(key, [_OWN]), right.get(key, [_OWN])
        if ours != theirs:
            yield key
            yield from (f"  - {line}" for line in ours)
            yield from (f"  + {line}" for line in theirs)


_OWN = "(as fakemail)"


def rows(name: str) -> dict[str, list[str]]:
    """What a dialect says and does: lines by ``smtp smtp.greeting``, ``rule no_idle``, ...."""
    dialect = load(name)
    found = {
        f"{protocol} {slug} {command}".rstrip(): list(text.lines)
        for (protocol, slug, command), text in sorted(dialect.texts.items())
    }
    found |= {f"rule {rule}": [str(value)] for rule, value in sorted(dialect.rules.items())}
    if dialect.folders:
        found["folders"] = [
            f"{f.wire} {f.role} {' '.join(f.attrs)}".rstrip() for f in dialect.folders
        ]
    if dialect.delimiter != "/":
        found["delimiter"] = [dialect.delimiter]
    for key in dialect.secret.__struct_fields__ if dialect.secret else ():
        if trait := getattr(dialect.secret, key):
            found[f"secret {key}"] = [_value(trait)]
    return found


def as_object(name: str) -> dict[str, object]:
    """All facts of one dialect for programs: its own, what it inherits from, what is aside."""
    base = name.partition("@")[0]
    return {
        "name": name,
        "summary": summary(name),
        "files": [{"name": each, **msgspec.to_builtins(file)} for each, file in lineage(base)],
        "aside": msgspec.to_builtins(aside(base)),
    }


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from found


def _fact(fact: Fact) -> Iterator[str]:
    said = (
        ", ".join(fact.says) or f"({fact.why})" if isinstance(fact, Aside) else ", ".join(fact.says)
    )
    yield f"  {said}" + (f" on {', '.join(fact.on)}" if fact.on else "")
    yield from (f"    {line}" for line in fact.reply)
    details = [
        f"{word} {text}"
        for word, text in (
            ("when:", fact.when),
            ("variant:", fact.variant),
            ("from", fact.since),
            ("until", fact.until),
            ("in", fact.encoding.upper()),
            ("means", fact.means if isinstance(fact, Aside) else ""),
            ("note:", fact.note),
            ("example:", fact.example),
        )
        if text
    ]
    if fact.partial:
        details.append("only a part is known")
    yield from (f"      {detail}" for detail in details)
    yield f"     {_source(fact)}"


def _rule(fact: RuleFact) -> Iterator[str]:
    years = (f" from {fact.since}" if fact.since else "") + (
        f" until {fact.until}" if fact.until else ""
    )
    yield f"  {fact.name} = {_value(fact)}{years}{_source(fact)}"
    if fact.note:
        yield f"      {fact.note}"


def _endpoint(endpoint: msgspec.Struct) -> str:
    fields = msgspec.to_builtins(endpoint)
    tls = {"none": "no TLS", "starttls": "STARTTLS", "implicit": "implicit TLS"}[fields["tls"]]
    note = f"  {fields['note']}" if "note" in fields else ""
    return (
        f"  {fields['proto']:<5}{fields['host']}:{fields['port']}  {tls}{_source(endpoint)}{note}"
    )


def _value(fact: RuleFact | Trait) -> str:
    if isinstance(fact.value, tuple):
        return ", ".join(fact.value)
    return str(fact.value).lower() if isinstance(fact.value, bool) else str(fact.value)


def _source(fact: msgspec.Struct) -> str:
    """``  (verbatim, 2021-11: gh:owner/repo#12)``."""
    seen = getattr(fact, "seen", "")
    also = "".join(f", {other}" for other in getattr(fact, "also", ()))
    confidence = getattr(fact, "confidence", "")
    return f"  ({confidence}{f', {seen}' if seen else ''}: {getattr(fact, 'source', '')}{also})"
