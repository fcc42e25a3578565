"""``fakemail fault``: let something go wrong in the running server, counted."""

from __future__ import annotations

import json
from typing import Any

import click

from fakemail.cli import complete
from fakemail.cli.ask import ask

FAULTS = "/api/v1/faults"

data_option = click.option(
    "--data", metavar="FOLDER", envvar="FAKEMAIL_DATA", help="Data folder of the server."
)
json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group(
    "fault",
    epilog="""\b
Examples:
  fakemail fault add smtp rcpt first=2 refuse=smtp.rate-limited
  fakemail fault add smtp content nth=1 lose      stored, but the 250 never comes
  fakemail fault add imap fetch every=3 cut=100
  fakemail fault list
  fakemail fault clear
Every moment, count and action: docs/faults.md
""",
)
def command() -> None:
    """Let something go wrong, at the moment and as often as you say.

    The server has to run; for faults from its start on there is fakemail serve --fault.
    """


@command.command("add")
@click.argument(
    "words",
    nargs=-1,
    required=True,
    metavar="PROTOCOL MOMENT [WORD]...",
    shell_complete=complete.fault_words,
)
@data_option
@json_option
def add(words: tuple[str, ...], data: str | None, as_json: bool) -> None:
    """Plan a fault: a protocol, a moment, which of many, for whom, and what goes wrong."""
    sentence = " ".join(_quoted(word) for word in words) if len(words) > 1 else words[0]
    found = ask(data, "POST", FAULTS, {"fault": sentence})
    _show([found], as_json=as_json, one=True)


@command.command("list")
@data_option
@json_option
def listed(data: str | None, as_json: bool) -> None:
    """List the faults that are planned, and how often each has struck."""
    _show(ask(data, "GET", FAULTS)["faults"], as_json=as_json)


@command.command("remove")
@click.argument("number", type=click.IntRange(min=1))
@data_option
@json_option
def remove(number: int, data: str | None, as_json: bool) -> None:
    """Forget the fault of this number."""
    _show([ask(data, "DELETE", f"{FAULTS}/{number}")], as_json=as_json, one=True)


@command.command("clear")
@data_option
@json_option
def clear(data: str | None, as_json: bool) -> None:
    """Forget all faults."""
    found = ask(data, "DELETE", FAULTS)
    if as_json:
        click.echo(json.dumps(found))
    else:
        click.echo(f"{found['removed']} removed")


def _quoted(word: str) -> str:
    """As one word of a sentence: the shell has taken the quotation marks away."""
    name, equals, value = word.partition("=")
    return f"{name}={_marked(value)}" if equals else word


def _marked(value: str) -> str:
    import shlex

    return shlex.quote(value)


def _show(faults: list[dict[str, Any]], *, as_json: bool, one: bool = False) -> None:
    if as_json:
        click.echo(json.dumps(faults[0] if one else faults))
        return
    if not faults:
        click.echo("no faults are planned")
    for found in faults:
        came = f"struck {found['struck']} of {found['met']}"
        click.echo(f"{found['number']:>3}  {came:<18} {found['fault']}")
