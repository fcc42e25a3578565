"""The untagged responses of SELECT and EXAMINE, as a provider orders, words and leaves out.

A fact has them as they were seen, with ``{n}`` for every number. Here each line is told by its
form, so that the engine can fill in what it knows: ``{exists} {recent} {unseen} {uid_validity}
{uid_next} {highest_modseq} {mailbox_id}``. A line with ``{unseen}`` is left out by the engine when
nothing is unseen (RFC 9051 §6.3.2); ``{flags}`` and ``{permanent_flags}`` have no place here,
since the provider's own flags stand in the line: an engine whose mailbox has keywords adds them
before the closing parenthesis.
"""

from __future__ import annotations

import re

_FORMS = (
    (re.compile(r"\* (?:\{n\}|\d+) EXISTS"), "* {exists} EXISTS"),
    (re.compile(r"\* (?:\{n\}|\d+) RECENT"), "* {recent} RECENT"),
    (re.compile(r"\[UNSEEN (?:\{n\}|\d+)\]"), "[UNSEEN {unseen}]"),
    (re.compile(r"\[UIDVALIDITY (?:\{n\}|\d+)\]"), "[UIDVALIDITY {uid_validity}]"),
    (re.compile(r"\[UIDNEXT (?:\{n\}|\d+)\]"), "[UIDNEXT {uid_next}]"),
    (re.compile(r"\[HIGHESTMODSEQ (?:\{n\}|\d+)\]"), "[HIGHESTMODSEQ {highest_modseq}]"),
    (re.compile(r"\[MAILBOXID \((?:\{n\}|\w+)\)\]"), "[MAILBOXID ({mailbox_id})]"),
)


def templates(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with a name for every number."""
    found = []
    for line in lines:
        for form, named in _FORMS:
            line = form.sub(named, line)
        found.append(line)
    return tuple(found)
