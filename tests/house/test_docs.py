"""The documentation is about this program: every command, flag, setting and port stands in it."""

from __future__ import annotations

import importlib.util
import re

import click
import pytest

from fakemail.cli import COMMANDS, cli
from fakemail.config import fields


@pytest.fixture(scope="module")
def docs(root):
    pages = [root / "README.md", *(root / "docs").rglob("*.md")]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


@pytest.fixture(scope="module")
def make_reference(root):
    spec = importlib.util.spec_from_file_location(
        "make_reference", root / "docs" / "make_reference.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands(command=cli, name="fakemail"):
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for sub in command.list_commands(context):
            yield from commands(command.get_command(context, sub), f"{name} {sub}")


def test_the_reference_is_up_to_date(make_reference):
    written = make_reference.PAGE.read_text(encoding="utf-8")
    assert written == make_reference.page(), "run: .venv/bin/python docs/make_reference.py"


def test_every_command_and_flag_is_documented_and_helps(docs):
    for name, command in commands():
        assert name in docs
        assert command.help, f"{name} has no help"
        for param in command.params:
            for flag in (*param.opts, *param.secondary_opts):
                if flag.startswith("-"):
                    assert flag in docs, f"{name} {flag}"
            if isinstance(param, click.Option):
                assert param.help, f"{name} {param.opts[0]} has no help"


def test_every_setting_is_documented_in_its_three_spellings(docs):
    for field in fields():
        for spelling in (f"`{field.key}`", f"`{field.variable}`", f"--{field.key}"):
            assert spelling in docs, spelling


def test_nothing_is_documented_that_is_not_there(docs):
    known = {name.split()[1] for name, _ in commands() if " " in name}
    assert known == COMMANDS.keys()
    for word in re.findall(r"(?:^|[`$&|] ?)fakemail ([a-z]+)\b(?!:)", docs, re.M):
        assert word in known, f"the documentation speaks of fakemail {word}"


def test_every_page_is_linked(root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    for page in sorted((root / "docs").glob("*.md")):
        assert f"docs/{page.name}" in readme, f"README.md does not mention docs/{page.name}"


def test_links_lead_somewhere(root):
    for page in [root / "README.md", *(root / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_documented_ports_are_the_ports(docs):
    from fakemail.services.ports import LISTENERS

    for listener in LISTENERS:
        assert re.search(rf"\b{listener.name}\b", docs)
        assert re.search(rf"\b{listener.standard}\b", docs)
