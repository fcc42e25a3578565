"""Writes docs/scenarios.md: the known mistakes, and how each is shown to be as we say.

    .venv/bin/python docs/make_scenarios.py

A test fails when the page is not what this would write.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from fakemail.explain.providers import title
from fakemail.explain.scenarios import Scenario, scenarios

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("scenarios.md")
SCRIPTS = ROOT / "tests" / "explain" / "conversations"
PROGRAMS = ROOT / "tests" / "oracle" / "mistakes"

HEAD = """\
# The hundred mistakes

Made by `docs/make_scenarios.py`. What each of them means and what to change is in
[explanations.md](explanations.md); here is how we know. In all of them the reply has to be the
provider's own, and `fakemail explain` has to name this mistake and its fix; where the wire cannot
tell it from others, it has to be listed among them.

- **script**: `tests/scenarios` plays the client's half of a conversation
  (`tests/explain/conversations`) to a server on a socket, and explains what the server recorded.
- **a program**: `tests/oracle/mistakes` runs the real library, making the mistake.

"""

LETTERS = {
    "A": "No login before MAIL FROM",
    "B": "The wrong secret",
    "C": "Sender and content",
    "D": "IMAP",
    "E": "TLS, ports and mechanisms",
    "F": "Limits",
}
NOT_MADE = {
    "A09": "smtp-cli is not in Debian 12",
    "D03": "fdm 1.9 sends its login in literals, which QQ takes",
    "E05": "net/smtp of Go 1.26: Client.Auth sends AUTH unasked and gets 538, SendMail begins TLS",
}
"""Why no program makes a mistake whose library was tried, or looked for."""

_FIRST = re.compile(r"^(?:#|//|;;) (?P<library>.*?)(?: \(.*?\))?: ", re.MULTILINE)


def page() -> str:
    """The whole page."""
    rows = [(scenario, *_shown(scenario)) for scenario in scenarios().values()]
    return HEAD + "\n".join((*_counts(rows), *_tables(rows))) + "\n"


def programs(scenario: Scenario) -> list[Path]:
    """The programs that make it with a real library."""
    return sorted(
        path
        for folder in ("programs", "go", "java")
        for path in (PROGRAMS / folder).iterdir()
        if re.fullmatch(rf"{scenario.id}(_\w+)?\.\w+", path.name)
    )


def _shown(scenario: Scenario) -> tuple[str, str]:
    """In which of the ways, and how that is said in the table."""
    by = ", ".join(
        f"[{_library(path)}](../{path.relative_to(ROOT).as_posix()})" for path in programs(scenario)
    )
    script = SCRIPTS / f"{scenario.id}.txt"
    link = f"../{script.relative_to(ROOT).as_posix()}"
    way = "a script and a program" if by else "a script"
    more = by or NOT_MADE.get(scenario.id)
    return way, f"[script]({link}){'; ' + more if more else ''}"


def _library(path: Path) -> str:
    """What the first comment of a program begins with: who makes the mistake."""
    match = _FIRST.search(path.read_text(encoding="utf-8"))
    return match["library"] if match else path.name


def _counts(rows: list[tuple[Scenario, str, str]]) -> Iterator[str]:
    for way, count in Counter(way for _, way, _ in rows).most_common():
        yield f"- {count} by {way}"
    made = sum(len(programs(scenario)) for scenario, _, _ in rows)
    yield f"- {made} programs in all"
    yield ""


def _tables(rows: list[tuple[Scenario, str, str]]) -> Iterator[str]:
    for letter, group in groupby(rows, key=lambda row: row[0].id[0]):
        yield f"## {letter}. {LETTERS[letter]}"
        yield ""
        yield "| | who | provider | mistake | shown by |"
        yield "|---|---|---|---|---|"
        for scenario, _, shown in group:
            where = ", ".join(title(name, "en") for name in scenario.providers) or "any"
            cells = (scenario.id, scenario.program, where, scenario.mistake, shown)
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        yield ""


def main() -> None:
    PAGE.write_text(page().rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
