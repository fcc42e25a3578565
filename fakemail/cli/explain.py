"""``fakemail explain``: why something was refused, and what to change.

Reads sessions from the journal in the data folder, so it needs no running server; or a saved
transcript, a program's debug log, or an error message, whoever it came from.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias, cast

import click

from fakemail.config import default_data
from fakemail.explain.explain import explain
from fakemail.explain.explanation import Explanation
from fakemail.explain.language import LANGUAGES, Language, phrase, wanted
from fakemail.explain.logs import sessions
from fakemail.explain.pasted import explain_text
from fakemail.explain.scene import scene
from fakemail.faults.told import struck
from fakemail.transcript.entry import Conversation, is_probe
from fakemail.transcript.journal import FILE_NAME
from fakemail.transcript.read import Record, read
from fakemail.transcript.text import heading

_Found: TypeAlias = "list[tuple[Conversation | None, list[Explanation]]]"
"""Sessions, or none, with their explanations."""

NEWEST = 200
"""Sessions among which the last one that failed is looked for."""

LONGEST_FILE = 4 * 1024 * 1024
"""Octets of a file that are read."""

_FILE_NAME = re.compile(r"[^\s:]+\.(?:txt|log|out|err)")
"""What nobody would paste as an error text."""


@click.command(
    "explain",
    context_settings={"ignore_unknown_options": True},  # an error text may begin with -ERR
    epilog="""\b
Examples:
  fakemail explain                      the last session in which something was refused
  fakemail explain 7                    session 7
  fakemail explain talk.txt             a saved transcript, or a program's debug log
  fakemail explain "503 Error: need EHLO and AUTH first !"
  my-program 2>&1 | fakemail explain -  whatever it says
""",
)
@click.argument("what", nargs=-1, metavar='[last | NUMBER | FILE | - | "ERROR TEXT"]')
@click.option(
    "--data",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    envvar="FAKEMAIL_DATA",
    help="The server's data folder.",
)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language; by LC_ALL or LANG if not given."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each explanation.")
def command(what: Sequence[str], data: Path | None, lang: str | None, as_json: bool) -> None:
    """Tell why something was refused, and what to change in the program.

    Without an argument: for the last session in which something was refused. Exit code 1: there is
    nothing to explain.
    """
    language = cast("Language", lang) if lang else wanted(os.environ)
    words = " ".join(what).strip() or "last"
    folder = data or Path(default_data())
    if words == "last" or words.isdecimal():
        session, newer = _session(folder, words)
        found: _Found = [(session, explain(session, language))]
    else:
        found, newer = _of_text(_text(what, words), language), 0
    if as_json:
        for _, explanations in found:
            for explanation in explanations:
                click.echo(json.dumps(explanation.as_object(), ensure_ascii=False))
    else:
        click.echo("\n".join(_shown(s, e, language) for s, e in found if e), nl=False)
        if newer:
            click.echo("\n" + phrase("newer-sessions", language, count=newer))
    if not any(explanations for _, explanations in found):
        raise click.ClickException("nothing was refused in it, and nothing about it is known")


def _session(data: Path, which: str) -> tuple[Record, int]:
    """The session that was asked for, and how many that came after it are passed over."""
    records = read(data)
    if which != "last":
        record = next((r for r in records if r.number == int(which)), None)
        if record is None:
            raise click.ClickException(f"there is no session {which} in {data / FILE_NAME}")
        return record, 0
    talked = [record for record in records if not is_probe(record)]
    for newer, record in enumerate(reversed(talked[-NEWEST:])):
        gave_up = not record.login and bool(explain(record))  # silently: AUTH was not offered, ...
        if record.refusals or scene(record).refused or struck(record) or gave_up:
            return record, newer
    raise click.ClickException(f"nothing was refused in any session in {data / FILE_NAME}")


def _text(what: Sequence[str], words: str) -> str:
    """The file, standard input, or the words themselves."""
    if words == "-":
        return _decoded(sys.stdin.buffer.read(LONGEST_FILE))
    if len(what) == 1:
        try:
            path = Path(words)
            if path.is_file():
                with path.open("rb") as file:
                    return _decoded(file.read(LONGEST_FILE))
        except (OSError, ValueError):
            pass  # an error text may be too long for a name, or have a NUL
        if _FILE_NAME.fullmatch(words):
            raise click.ClickException(f"there is no file {words}")
    return words


def _decoded(octets: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return octets.decode("utf-8", "replace")


def _of_text(text: str, language: Language) -> _Found:
    talks = sessions(text)
    found: _Found = [(talk, explain(talk, language, around=text)) for talk in talks]
    if any(explanations for _, explanations in found):
        return found
    return [(None, [explain_text(text, language)])]


def _shown(
    session: Conversation | None, explanations: Sequence[Explanation], language: Language
) -> str:
    head = f"{heading(session)}\n" if session is not None and session.number else ""
    return head + "\n".join(explanation.as_text(language) for explanation in explanations)
