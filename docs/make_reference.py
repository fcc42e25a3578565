"""Writes docs/reference.md from the commands and settings themselves.

    .venv/bin/python docs/make_reference.py

A test fails when the page is not what this would write.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from fakemail.cli import cli
from fakemail.config import Field, fields
from fakemail.services.ports import HTTP, LISTENERS, TEST_OFFSET, Listener

PAGE = Path(__file__).with_name("reference.md")

HEAD = """\
# Reference

Every command, flag and setting. Made by `docs/make_reference.py`; edit the program, not this page.

"""
PORTS = """\
## Ports

| name | standard | `--ports test` | TLS | what for |
|---|---|---|---|---|
"""
SETTINGS = """\
## Settings

Each can be given as a flag of `fakemail serve`, as an environment variable, or as a key of the
settings file (`fakemail.toml` in the data folder, or where `--config` or `FAKEMAIL_CONFIG` says). A
flag wins over the environment, the environment over the file; an empty variable counts as not set.

| key | environment variable | allowed | default | what it does |
|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    context = click.Context(cli, info_name="fakemail")
    text = HEAD + PORTS + "".join(f"{_port(listener)}\n" for listener in (*LISTENERS, HTTP)) + "\n"
    text += _table(cli, context)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command
        text += "\n".join(_command(command, f"fakemail {name}", context)) + "\n"
    return text + SETTINGS + "".join(f"{_setting(field)}\n" for field in fields())


def _command(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, parent=parent, info_name=name.rpartition(" ")[2])
    yield f"## `{name}`\n"
    yield f"    {' '.join([name, *command.collect_usage_pieces(context)])}\n"
    yield _text(command.help) + "\n"
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            assert found
            yield "\n".join(_command(found, f"{name} {sub}", context))
        return
    yield _table(command, context)
    if command.epilog:
        yield _text(command.epilog) + "\n"


def _table(command: click.Command, context: click.Context) -> str:
    rows = [row for param in command.params if (row := param.get_help_record(context))]
    lines = (f"| `{_cell(flag)}` | {_cell(does)} |\n" for flag, does in rows)
    return "| flag | what it does |\n|---|---|\n" + "".join(lines) + "\n" if rows else ""


def _port(listener: Listener) -> str:
    test = listener.standard + TEST_OFFSET
    cells = (listener.name, f"{listener.standard}", f"{test}", listener.tls_mode, listener.purpose)
    return "| " + " | ".join(cells) + " |"


def _setting(field: Field) -> str:
    if isinstance(field.default, bool):
        default = "yes" if field.default else "no"
    elif isinstance(field.default, tuple):
        default = " ".join(map(str, field.default))
    else:
        default = "" if field.default is None else str(field.default).removesuffix(".0")
    cells = (f"`{field.key}`", f"`{field.variable}`", field.allowed, default, field.help)
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _text(text: str | None) -> str:
    """Click's paragraphs as Markdown's: what stands after a backspace mark is kept as it is."""
    shown = []
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text or "")):
        if paragraph.lstrip().startswith("\b"):
            paragraph = "\n".join("    " + line for line in paragraph.splitlines()[1:])
        shown.append(paragraph)
    return "\n\n".join(shown)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
