"""Writes docs/dialects.md from the files of facts.

    .venv/bin/python docs/make_dialects.py

A test fails when the page is not what this would write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from fakemail.dialects.describe import summary
from fakemail.dialects.keys import FAMILY, KEYS, PLACEHOLDERS
from fakemail.dialects.load import aside, lineage, load, years
from fakemail.dialects.names import names
from fakemail.dialects.record import RuleFact
from fakemail.dialects.rules import RULES
from fakemail.imap.lacking import LACKING, UNSPECIFIED, Lacking

PAGE = Path(__file__).with_name("dialects.md")

HEAD = """\
# Dialects

A dialect is a file of facts about one mail provider: what its servers say, in what they differ, how
its secrets look. Made by `docs/make_dialects.py` from `fakemail/dialects/data/`;
edit the facts, not this page.

    fakemail dialect list               the table below
    fakemail dialect show qq            every fact with source, date and confidence
    fakemail dialect diff 163 126       where two differ, line by line

`qq@2017` takes, of texts that changed over the years, those of 2017. A file of your own is given by
its path; it may say `inherits = "qq"` and change one reply. What nobody has seen is left out, and
said in fakemail's own words.

"""


def page() -> str:
    """The whole page."""
    return "\n".join(
        [
            HEAD + "| name | provider | domains | what is known | years in which texts changed |",
            "|---|---|---|---|---|",
            *_dialects(),
            "",
            "## Rules",
            "",
            "The closed list of what a provider *does* differently. A rule can be set by hand too.",
            "",
            "| rule | obeyed by | what it does | value | switched on by |",
            "|---|---|---|---|---|",
            *_rules(),
            "",
            "## Where each rule is known from",
            "",
            *_sources(),
            "## Replies that a dialect can word",
            "",
            "Refusals go by their reason's slug (`smtp.auth-required`), the rest by one of these.",
            "",
            "| key | when |",
            "|---|---|",
            *(f"| `{key}` | {_cell(text)} |" for key, text in KEYS.items()),
            "",
            "Where a dialect has no text for the first of these, that of the second is said: "
            + ", ".join(f"`{fine}` → `{coarse}`" for fine, coarse in FAMILY.items())
            + ".",
            "",
            "Placeholders: "
            + "; ".join(f"`{{{n}}}` {text}" for n, text in PLACEHOLDERS.items())
            + ".",
            "",
            "## Announced, and not there",
            "",
            "A dialect says CAPABILITY as its provider does. These extensions are in such a list,",
            "and fakemail does not have them; the transcript says so where a client uses one.",
            "",
            "| word | announced by | where it is written | what a client meets |",
            "|---|---|---|---|",
            *_lacking(),
            "",
            "Of these nobody outside the provider says what they do: "
            + ", ".join(f"`{word}`" for word in UNSPECIFIED)
            + ".",
            "",
            "## Seen, and not spoken",
            "",
            "These are kept for explanations, with why no session says them.",
            "",
            *_aside(),
        ]
    )


def _dialects() -> Iterator[str]:
    for name in names():
        file = lineage(name)[0][1]
        domains, changed = ", ".join(file.domains) or "–", ", ".join(map(str, years(name))) or "–"
        yield f"| `{name}` | {_cell(file.title)} | {domains} | {summary(name)} | {changed} |"


def _rules() -> Iterator[str]:
    for rule in RULES.values():
        on = [
            f"{name}" if value is True else f"{name} ({_text(value)})"
            for name in names()
            if name != "generic"
            and (value := load(name).rules.get(rule.name)) is not None
            and value != rule.default
        ]
        past = [
            f"{name} (until {fact.until})"
            for name in names()
            for fact in lineage(name)[0][1].rules
            if fact.name == rule.name and fact.until
        ]
        default = (
            "" if rule.default in (False, "", (), 0, 0.0) else f"; {_text(rule.default)} by default"
        )
        wants = _cell(rule.wants) + default
        yield _row(f"`{rule.name}`", rule.room, _cell(rule.does), wants, ", ".join(on + past))


def _sources() -> Iterator[str]:
    for rule in RULES.values():
        yield f"**{rule.name}**\n"
        for name in names():
            for fact in lineage(name)[0][1].rules:
                if fact.name == rule.name:
                    value, source = _text(fact.value) + _years(fact), _seen(fact) + fact.source
                    yield f"* {name} = {value}: {_cell(fact.note)} ({fact.confidence}, {source})"
        yield ""


def _years(fact: RuleFact) -> str:
    return (f", from {fact.since}" if fact.since else "") + (
        f", until {fact.until}" if fact.until else ""
    )


def _seen(fact: RuleFact) -> str:
    return f"{fact.seen}, " if fact.seen else ""


def _lacking() -> Iterator[str]:
    context = Lacking(
        "CONTEXT=SEARCH, CONTEXT=SORT",
        (),
        "RFC 5267",
        "PARTIAL and CONTEXT work; UPDATE brings an untagged NO [NOUPDATE] beside the results",
    )
    for each in sorted((*LACKING, context), key=lambda each: each.capability):
        words = set(each.capability.split(", "))
        by = [
            name
            for name in names()
            if any(words & set(load(name).capability(after, True) or ()) for after in (False, True))
        ]
        yield _row(f"`{each.capability}`", ", ".join(by), each.cites, each.what)


def _aside() -> Iterator[str]:
    for name in names():
        unspoken = aside(name)
        lines = [
            _row(protocol, f"`{_cell(' ⏎ '.join(fact.reply))}`", _cell(fact.when), _cell(fact.why))
            for protocol, facts in unspoken.replies.items()
            for fact in facts
        ]
        if lines:
            yield from (
                f"### {name}",
                "",
                "| protocol | reply | when | why not |",
                "|---|---|---|---|",
                *lines,
                "",
            )


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return (
        json.dumps(value)
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
