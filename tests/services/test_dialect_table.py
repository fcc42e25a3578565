"""Every dialect on sockets: what the data says is what the server says, line by line."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from dialect_table.table import Row, rows

from fakemail.dialects.load import load
from fakemail.dialects.names import names

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def played() -> list[Row]:
    return list(rows())


@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_the_server_says_what_the_data_has(played: list[Row], protocol: str) -> None:
    own = [row for row in played if row.protocol == protocol]
    wrong = [row for row in own if not all(same for _, _, same in row.lines)]
    assert wrong == []
    assert len(own) > 60


def test_every_dialect_with_texts_is_there(played: list[Row]) -> None:
    spoken = {row.dialect.partition("@")[0] for row in played}
    assert spoken == {name for name in names() if name == "generic" or load(name).texts}


def test_what_is_not_said_has_its_reason(played: list[Row]) -> None:
    unsaid = [row for row in played if row.unsaid]
    assert len(unsaid) < len(played) / 10
    assert all(not heard for row in unsaid for _, heard, _ in row.lines)


def test_the_page_has_every_line(played: list[Row]) -> None:
    spec = importlib.util.spec_from_file_location("make_table", DOCS / "make_dialect_table.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    run = "run: .venv/bin/python docs/make_dialect_table.py"
    kept = [_without_what_varies(line) for line in made.PAGE.read_text("utf-8").splitlines()]
    wanted = [_without_what_varies(line) for line in made.page(played)]
    assert kept == wanted, run


def _without_what_varies(line: str) -> str:
    """The line of a table without what was said: it differs from run to run."""
    cells = line.split(" | ")
    return " | ".join([*cells[:-2], cells[-1]]) if line.startswith("| ") and cells[3:] else line
