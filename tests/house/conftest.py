"""The house as the tests of its laws see it: files, and their syntax trees."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@cache
def _tracked() -> tuple[str, ...]:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached"], capture_output=True, check=False
    )
    if listed.returncode == 0:
        return tuple(filter(None, listed.stdout.decode().split("\0")))
    ours = ("fakemail", "tests", "benchmarks", "docs", "docker", "certs")  # an unpacked sdist
    return tuple(
        str(path.relative_to(ROOT))
        for folder in ours
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    )


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file under version control that is there."""
    return [ROOT / name for name in _tracked() if (ROOT / name).is_file()]


@pytest.fixture(scope="session")
def sources() -> dict[str, ast.Module]:
    """``fakemail/imap/view.py`` to its syntax tree, for every module of the package."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in sorted((ROOT / "fakemail").rglob("*.py"))
    }
