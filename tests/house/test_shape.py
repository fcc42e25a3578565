"""The shape of the code: small files, documented names, command tables that cite (law 6)."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterable, Mapping

import pytest

LONGEST = 400
ENGINES = tuple(f"fakemail/{room}/" for room in ("wire", "sasl", "smtp", "pop3", "imap"))
DOCUMENTED = (*ENGINES, *(f"fakemail/{r}/" for r in ("store", "accounts", "message", "transcript")))
CITES = re.compile(r"(RFC \d{3,4}|draft-[a-z-]+\d\d)\b")


def test_no_file_is_too_long(tracked, root):
    for path in tracked:
        if path.suffix == ".py":
            lines = path.read_text(encoding="utf-8").count("\n")
            assert lines <= LONGEST, f"{path.relative_to(root)} has {lines} lines"


def test_every_module_says_what_it_is(sources):
    for name, tree in sources.items():
        assert ast.get_docstring(tree) or not tree.body, f"{name} has no docstring"


def test_public_names_are_documented(sources):
    for name, tree in sources.items():
        if name.startswith(DOCUMENTED):
            for where, node in public(tree, name):
                assert ast.get_docstring(node), f"{where} has no docstring"


def public(tree, where):
    """Public functions, classes and their public methods; overloads, and methods that override or
    implement what a base documents, speak for themselves."""
    for node in getattr(tree, "body", []):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = f"{where}:{node.lineno} {node.name}"
            decorators = {ast.unparse(d).partition("(")[0] for d in node.decorator_list}
            if node.name.startswith("_") or decorators & {"overload", "override"}:
                continue
            if not any(d.endswith(".setter") for d in decorators):
                yield inside, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, inside)


COMMANDS = {
    "smtp": "HELO EHLO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT STARTTLS AUTH",
    "pop3": "USER PASS AUTH STAT LIST UIDL RETR TOP DELE RSET NOOP QUIT CAPA STLS",
    "imap": "CAPABILITY NOOP LOGOUT STARTTLS AUTHENTICATE LOGIN SELECT EXAMINE CREATE DELETE RENAME"
    " SUBSCRIBE UNSUBSCRIBE LIST LSUB STATUS APPEND CHECK CLOSE EXPUNGE SEARCH FETCH STORE COPY"
    " IDLE ID NAMESPACE UNSELECT MOVE ENABLE",
}


def rows(sources, engine):
    """Name to citation, for every row of the tables of an engine: constants that hold things with
    a `name` and a `section` or `cites`."""
    found = {}
    for name in sources:
        if name.startswith(f"fakemail/{engine}/"):
            module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
            for constant, value in vars(module).items():
                table = value.values() if isinstance(value, Mapping) else value
                if constant.isupper() and isinstance(table, Iterable):
                    for row in table:
                        cites = getattr(row, "section", None) or getattr(row, "cites", None)
                        if hasattr(row, "name") and isinstance(cites, str):
                            found[str(row.name)] = cites
    return found


@pytest.mark.parametrize("engine", ["pop3", "imap"])
def test_every_command_is_a_row_that_cites_its_section(sources, engine):
    table = rows(sources, engine)
    missing = {c for c in COMMANDS[engine].split() if c not in table}
    assert not missing, f"no row in a table of {engine}: {sorted(missing)}"
    for name, cites in table.items():
        assert CITES.search(cites), f"{engine} {name} cites {cites!r}"


def test_every_smtp_command_is_aiosmtpds_or_cites_its_section():
    """aiosmtpd's own table is a method for each command: there the docstring is the row."""
    from fakemail.smtp.conversation import Conversation

    methods = {
        name[5:]: getattr(Conversation, name) for name in dir(Conversation) if name[:5] == "smtp_"
    }
    assert set(COMMANDS["smtp"].split()) <= methods.keys()
    ours = {n: m for n, m in methods.items() if m.__module__.startswith("fakemail.")}
    assert len(ours) > 5
    for name, method in ours.items():
        assert CITES.search(method.__doc__ or ""), f"{name} cites nothing"
