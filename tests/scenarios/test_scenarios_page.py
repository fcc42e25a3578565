"""docs/scenarios.md is what its script would write."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_scenarios", DOCS / "make_scenarios.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_page_is_up_to_date(script):
    written = script.PAGE.read_text(encoding="utf-8")
    assert written == script.page().rstrip("\n") + "\n", (
        "run: .venv/bin/python docs/make_scenarios.py"
    )


def test_every_link_leads_somewhere(script):
    links = re.findall(r"\]\((\.\./[^)]+)\)", script.page())
    assert len(links) > 100
    assert all((DOCS / link).resolve().is_file() for link in links)
