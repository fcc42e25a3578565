"""docs/explanations.md is what its script would write."""

import importlib.util
from pathlib import Path

from fakemail.reasons.catalogue import catalogue

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("make_it", DOCS / "make_explanations.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = script.PAGE.read_text(encoding="utf-8")
    assert written == script.page(), "run: .venv/bin/python docs/make_explanations.py"
    assert all(f"### {slug}\n" in written for slug in catalogue())
