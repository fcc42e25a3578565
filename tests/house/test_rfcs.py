"""docs/rfcs.toml: its shape, and that it knows every RFC that the code cites."""

from __future__ import annotations

import re
import tomllib

import pytest

CITED = re.compile(r"\b(?:RFCs? ?(\d{3,4})|(draft-[a-z-]+-\d\d))\b")
STATUSES = {"full", "partial", "planned", "background"}


@pytest.fixture(scope="module")
def rfcs(root):
    return tomllib.loads((root / "docs" / "rfcs.toml").read_text(encoding="utf-8"))


def test_every_entry_is_whole(rfcs, root):
    for number, rfc in rfcs.items():
        assert rfc.keys() <= {"title", "status", "where", "note"}, number
        assert rfc["title"].strip()
        assert rfc["status"] in STATUSES, number
        if rfc["status"] in {"full", "partial"}:
            assert rfc["where"], f"{number}: where?"
        assert rfc["status"] != "partial" or rfc["note"], f"{number}: which part?"
        for path in rfc.get("where", ()):
            assert (root / path).exists(), f"{number}: there is no {path}"


def test_they_are_in_order(rfcs):
    numbers = [int(number) for number in rfcs if number.isdigit()]
    assert numbers == sorted(numbers)
    assert len(numbers) > 100


def test_every_citation_is_known(rfcs, tracked, root):
    for path in tracked:
        if path.suffix in {".py", ".md"}:
            for match in CITED.finditer(path.read_text(encoding="utf-8")):
                number = (match[1] or match[2]).lstrip("0")
                assert number in rfcs, f"{path.relative_to(root)} cites {match[0]}"


def test_what_is_said_to_be_done_is_cited_where_it_is_done(rfcs, root):
    uncited = []
    for number, rfc in rfcs.items():
        if rfc["status"] in {"full", "partial"}:
            name = f"RFC {number}" if number.isdigit() else number.rpartition("-")[0]
            paths = [root / where for where in rfc["where"]]
            texts = (
                source.read_text(encoding="utf-8")
                for path in paths
                for source in (path.rglob("*.py") if path.is_dir() else [path])
            )
            if not any(re.search(rf"{name}\b", text) for text in texts):
                uncited.append(number)
    assert not uncited, "said to be done, but nothing there cites it"


def test_what_is_advertised_is_done(rfcs):
    from fakemail.imap.capabilities import TABLE

    for capability in TABLE:
        for match in CITED.finditer(capability.cites):
            assert rfcs[match[1]]["status"] in {"full", "partial"}, capability.name
