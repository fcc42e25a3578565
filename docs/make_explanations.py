"""Writes docs/explanations.md from the catalogue of reasons and the known mistakes.

    .venv/bin/python docs/make_explanations.py

A test fails when the page is not what this would write.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from fakemail.explain.clients import clients
from fakemail.explain.providers import title
from fakemail.explain.scenarios import Scenario, scenarios
from fakemail.reasons.catalogue import catalogue

PAGE = Path(__file__).with_name("explanations.md")

HEAD = """\
# Explanations

Why a server refused something, and what to change. Made by `docs/make_explanations.py` from
`fakemail/reasons/` and `fakemail/explain/data/`; edit those, not this page.

    fakemail explain                      the last session in which something was refused
    fakemail explain 7                    session 7
    fakemail explain talk.txt             a saved transcript, or a program's debug log
    fakemail explain "503 Error: need EHLO and AUTH first !"
    fakemail explain --lang zh            中文（LANG 以 zh 开头时也是）

A session is explained from what was recorded: the reason of the refusal, the steps before it, what
the server offered, and, where it can be recognised, the program. A pasted error text, however the
program has wrapped it, is looked up among the words of all providers. In the explanation, "Change"
is what to do; "In it" is the same in the terms of the program; "Or" is another known mistake that
fits as well; "Said by" names the dialects that have these words.

"""

LETTERS = {
    "A": "No login before MAIL FROM",
    "B": "The wrong secret",
    "C": "Sender and content",
    "D": "IMAP",
    "E": "TLS, ports and mechanisms",
    "F": "Limits",
}


def page() -> str:
    """The whole page."""
    return HEAD + "\n".join((*_mistakes(), *_programs(), *_reasons())) + "\n"


def _mistakes() -> Iterator[str]:
    yield "## Known mistakes\n"
    yield "Each has a conversation that reproduces it in `tests/explain/conversations/`.\n"
    for letter, group in groupby(scenarios().values(), key=lambda scenario: scenario.id[0]):
        yield f"### {letter}. {LETTERS[letter]}\n"
        for scenario in group:
            yield from _mistake(scenario)


def _mistake(scenario: Scenario) -> Iterator[str]:
    names = ", ".join(f"{title(name, 'en')} (`{name}`)" for name in scenario.providers)
    yield f"#### {scenario.id}: {scenario.program}{', ' if names else ''}{names}\n"
    yield f"{scenario.mistake} {scenario.cause}\n"
    for template in scenario.says:
        yield f"    {template.line}"
    if scenario.says:
        yield ""
    yield f"- Change: {_code(scenario.fix)}"
    if scenario.shows:
        yield f"- The program shows: `{scenario.shows.replace('`', chr(39))}`"
    yield f"- Sources: {', '.join(dict.fromkeys(scenario.sources))} ({scenario.confidence})\n"


def _programs() -> Iterator[str]:
    yield "## Programs that are recognised\n"
    yield "By what they send, where that is theirs alone; otherwise by their error messages only.\n"
    for client in clients().values():
        habits = "; ".join(f"`{habit.shows}`" for habit in client.habits)
        library = f"as {clients()[client.same_wire].name}" if client.same_wire else ""
        yield f"- {client.name}: {habits or library or 'by its error messages'}"
    yield ""


def _reasons() -> Iterator[str]:
    yield "## Reasons\n"
    yield "They stand beside refusals in transcripts. Words in braces are facts of the session.\n"
    for reason in catalogue().values():
        yield f"### {reason.slug}\n"
        yield f"- Because: {_code(reason.because)}"
        yield f"- Instead: {_code(reason.instead)}"
        for wording in filter(None, (reason.smtp, reason.pop3, reason.imap, reason.http)):
            yield f"- On the wire: `{wording}`"
        yield f"- See: {'; '.join(reason.cites)}\n"


def _code(text: str) -> str:
    """Markdown would take `*` and `<` for its own; in code they are what they are."""
    return text if "`" in text else text.replace("<", "\\<").replace("*", "\\*")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
