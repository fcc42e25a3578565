"""``fakemail dialect``: which providers fakemail can be, and what is known of them."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import click

from fakemail.cli import complete
from fakemail.cli.folder import json_option
from fakemail.dialects import describe
from fakemail.dialects.load import DialectError, add, lineage, load, years
from fakemail.dialects.names import names


@click.group("dialect")
def command() -> None:
    """List, show and compare dialects: the manners of mail providers.

    A dialect is a file of facts: replies, rules, folders and secrets, each with where and when it
    was seen. NAME is one from the list, with a year where texts changed (qq@2017), or the path of
    a file of your own.
    """


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List all dialects, their domains, and how much is known."""
    if as_json:
        for name in names():
            file = lineage(name)[0][1]
            found = {
                "name": name,
                "title": file.title,
                "inherits": file.inherits or None,
                "domains": list(file.domains),
                "hosts": list(dict.fromkeys(e.host for e in file.endpoints)),
                "hosts_only": name != "generic" and load(name).hosts_only,
                "years": list(years(name)),
                "summary": describe.summary(name),
            }
            click.echo(json.dumps(found, ensure_ascii=False))
        return
    rows = [("name", "provider", "domains", "what is known")]
    for name in names():
        file = lineage(name)[0][1]
        rows.append((name, file.title, " ".join(file.domains) or "-", describe.summary(name)))
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@command.command("show")
@click.argument("name", shell_complete=complete.of(complete.dialects))
@json_option
def show(name: str, as_json: bool) -> None:
    """Show every fact of a dialect, with its source, date and confidence."""
    try:
        load(_own(name))
        if as_json:
            click.echo(json.dumps(describe.as_object(name), ensure_ascii=False))
        else:
            click.echo("\n".join(describe.show(name)))
    except DialectError as error:
        raise click.ClickException(str(error)) from error


@command.command("diff")
@click.argument("first", shell_complete=complete.of(complete.dialects))
@click.argument("second", shell_complete=complete.of(complete.dialects))
@json_option
def diff(first: str, second: str, as_json: bool) -> None:
    """Compare two dialects, line by line: what each says and does where they differ.

    "(as fakemail)" stands where a dialect knows nothing, and fakemail speaks in its own words.
    """
    try:
        for name in (first, second):
            _own(name)
        if as_json:
            left, right = describe.rows(first), describe.rows(second)
            keys = [k for k in dict.fromkeys([*left, *right]) if left.get(k) != right.get(k)]
            found = {key: [left.get(key), right.get(key)] for key in keys}
            click.echo(json.dumps(found, ensure_ascii=False))
        else:
            click.echo("\n".join(describe.diff(first, second)) or "no difference")
    except DialectError as error:
        raise click.ClickException(str(error)) from error


def _own(name: str) -> str:
    """The same name; where it is the path of a file, that is read."""
    path, _, _ = name.rpartition("@") if ".toml@" in name else (name, "", "")
    if path.endswith(".toml"):
        try:
            add(path, Path(path).read_bytes())
        except OSError as error:
            raise DialectError(f"{path}: {error.strerror or error}") from error
    return name


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
