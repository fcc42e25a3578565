"""The texts in their languages, read from files when somebody asks.

English stands in ``data/``, Chinese in ``zh/`` under the same keys; a text that is missing in a
language is shown in English rather than not at all (a test sees to it that none is missing).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_FOLDERS: Mapping[Language, str] = {"en": "data", "zh": "zh"}


def wanted(environment: Mapping[str, str]) -> Language:
    """By LC_ALL, else LC_MESSAGES, else LANG, as POSIX ranks them."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def table(name: str, language: Language = "en") -> Mapping[str, Any]:
    """One file of texts, ``clients`` or ``scenarios/imap``; empty where there is none."""
    path = files("fakemail.explain") / _FOLDERS[language] / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@cache
def tables(folder: str, language: Language = "en") -> Mapping[str, Any]:
    """All entries of all files in a folder, in the order of their keys."""
    found: dict[str, Any] = {}
    for path in (files("fakemail.explain") / _FOLDERS[language] / folder).iterdir():
        if path.name.endswith(".toml"):
            found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return dict(sorted(found.items()))


def phrase(key: str, language: Language, /, **facts: object) -> str:
    """A fixed phrase with its facts; raises KeyError when there is no such phrase."""
    english: str = table("phrases")[key]
    template: str = table("phrases", language).get(key, english)
    return template.format(**facts)


def words_of_reason(slug: str, language: Language) -> tuple[str, str] | None:
    """`because` and `instead` of a reason in a language other than English."""
    found = table("reasons", language).get(slug) if language != "en" else None
    return (found["because"], found["instead"]) if found else None
