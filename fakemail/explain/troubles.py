"""Errors without a reply in them: nobody listens, no such host, no trust, the wrong kind of TLS.

No server said these, or the program does not repeat it; every language's library has its own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from fakemail.explain.language import Language, table
from fakemail.explain.topics import TOPICS


@dataclass(frozen=True, slots=True)
class Trouble:
    """One of them."""

    key: str
    says: tuple[re.Pattern[str], ...]
    slug: str
    """Of the reason that explains it; empty where the words are its own."""

    topic: str
    """What the fix is about, in the terms of `topics.py`."""

    def words(self, language: Language) -> tuple[str, str]:
        """`because` and the fix; empty where a reason has them."""
        entry = table("troubles", language).get(self.key) or table("troubles")[self.key]
        return entry.get("because", ""), entry.get("fix", "")


@cache
def troubles() -> tuple[Trouble, ...]:
    """All that are known; the more particular come first."""
    return tuple(
        Trouble(
            key=key,
            says=tuple(re.compile(pattern) for pattern in entry["says"]),
            slug=entry.get("slug", ""),
            topic=entry.get("topic", "") or TOPICS.get(entry.get("slug", ""), ""),
        )
        for key, entry in table("troubles").items()
    )


def trouble_in(texts: Iterable[str]) -> Trouble | None:
    """The first that one of the texts tells of."""
    texts = tuple(texts)
    return next(
        (t for t in troubles() if any(p.search(text) for p in t.says for text in texts)), None
    )
