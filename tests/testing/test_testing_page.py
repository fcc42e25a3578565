"""docs/testing.md is run as it stands: each block is a test file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_its_blocks_pass(pytester):
    pytest.importorskip("pytest_django")
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    files = {f"test_block_{number}": text for number, text in enumerate(blocks)}
    pytester.makepyfile(plain_settings="SECRET_KEY = 'for tests'; USE_TZ = True", **files)
    result = pytester.runpytest_subprocess(
        "-W", "error", "-p", "no:asyncio", "-p", "no:twisted",
        "-o", "DJANGO_SETTINGS_MODULE=plain_settings", "-o", "django_find_project=false",
        timeout=60,
    )  # fmt: skip
    assert len(blocks) == 7
    result.assert_outcomes(passed=8)
