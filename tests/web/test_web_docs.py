"""docs/api.md is what the table says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from fakemail.web.table import ROUTES

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("make_api", DOCS / "make_api.py")
    make_api = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_api)
    written = make_api.PAGE.read_text(encoding="utf-8")
    assert written == make_api.page(), "run: .venv/bin/python docs/make_api.py"


def test_every_row_is_whole():
    for route in ROUTES:
        assert route.summary
        assert not route.summary.endswith("."), route.path
        assert set(route.path_help) >= set(route.names), f"{route.path}: what are the names?"
