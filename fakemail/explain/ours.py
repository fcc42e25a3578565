"""fakemail's own wordings, recognised where nothing but the words is left: a log, a pasted text."""

from __future__ import annotations

from collections.abc import Iterable

from fakemail.explain.replies import Template

USUAL = "auth.wrong-code"
"""Several causes of a failed login are worded alike, on purpose; this is the usual one."""

ENOUGH = 7
"""Tenths of a wording that have to be there: "Connection refused" alone is everybody's."""


def slug_of(texts: Iterable[str]) -> str:
    """The slug of the reason whose own wording stands in one of the texts; of several, of the
    longest; empty for none."""
    from fakemail.reasons.catalogue import catalogue  # all reasons: only when somebody asks

    texts = tuple(texts)
    best, most = "", 0
    for slug, reason in sorted(catalogue().items(), key=lambda row: row[0] != USUAL):
        for wording in (reason.smtp, reason.pop3, reason.imap):
            if not wording:
                continue
            template = Template(wording)
            weight = max((hit[1] for text in texts if (hit := template.find(text))), default=0)
            if weight > most and weight * 10 >= template.weight * ENOUGH:
                best, most = slug, weight
    return best
