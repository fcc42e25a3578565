"""Every conversation in `scripts/`, whole, octet by octet, and pipelined where that is possible."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPTS = sorted(Path(__file__).with_name("scripts").glob("*.txt"))
TEXTS = {path.stem: path.read_text(encoding="latin-1") for path in SCRIPTS}


def _can_be_pipelined(script: str) -> bool:
    """One client, nothing that must be learnt from an answer first."""
    if "! not pipelined" in script or re.search(r"^[CS][2-9]:", script, re.MULTILINE):
        return False
    return not re.search(r"^C:.*\$\w", script, re.MULTILINE)


def test_there_are_scripts() -> None:
    assert len(TEXTS) > 20


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("at_once", [True, False], ids=["whole", "octets"])
def test_script(name: str, at_once: bool, play: Callable[..., None]) -> None:
    play(TEXTS[name], at_once=at_once)


@pytest.mark.parametrize("name", [name for name in TEXTS if _can_be_pipelined(TEXTS[name])])
def test_script_pipelined(name: str, play: Callable[..., None]) -> None:
    play(TEXTS[name], pipelined=True)
