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


_PERMANENT = re.compile(r"\[PERMANENTFLAGS \([^)]*\)\]")


def templates(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with a name for every number; EXISTS is never absent (RFC 3501 §6.3.1), even where
    the person who wrote them down lost it."""
    found = []
    for line in lines:
        for form, named in _FORMS:
            line = form.sub(named, line)
        found.append(line)
    if found and not any("{exists}" in line for line in found):
        found.insert(0, "* {exists} EXISTS")
    return tuple(found)


def without_permanent(lines: tuple[str, ...], read_only: bool) -> tuple[str, ...]:
    """SELECT's lines as they are for EXAMINE: nothing that this client does is for good."""
    return tuple(_PERMANENT.sub("[PERMANENTFLAGS ()]", x) for x in lines) if read_only else lines
