"""fakemail's own wordings, recognised where nothing but the words is left: a log, a pasted text."""

from __future__ import annotations

from collections.abc import Iterable

from fakemail.explain.replies import Template

USUAL = "auth.wrong-code"
"""Several causes of a failed login are worded alike, on purpose; this is the usual one."""


def slug_of(texts: Iterable[str]) -> str:
    """The slug of the reason whose own wording stands in one of the texts; of several, of the
    longest; empty for none."""
    from fakemail.reasons.catalogue import catalogue  # all reasons: only when somebody asks

    texts = tuple(texts)
    best, most = "", 0
    for slug, reason in sorted(catalogue().items(), key=lambda row: row[0] != USUAL):
        for wording in (reason.smtp, reason.pop3, reason.imap):
            hits = [hit for text in texts if wording and (hit := Template(wording).find(text))]
            if hits and hits[0][1] > most:
                best, most = slug, hits[0][1]
    return best
