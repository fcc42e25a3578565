"""The untagged responses of SELECT and EXAMINE in a provider's order and words.

Its lines have names for the numbers (`dialects/opening.py`); here they get them.
"""

from __future__ import annotations

import re

from fakemail.imap import condstore
from fakemail.imap.objectid import mailbox_id
from fakemail.imap.refusals import one_line
from fakemail.imap.session import Session
from fakemail.imap.view import View
from fakemail.store.mailbox import Mailbox

_FLAGS = re.compile(r"\* (FLAGS|OK \[PERMANENTFLAGS) \(([^)]*)\)")


def first_unseen(opened: Mailbox, view: View) -> int | None:
    """Sequence number of the first message without \\Seen."""
    messages = enumerate(map(opened.get, view.uids), 1)
    return next((n for n, m in messages if m is not None and "\\Seen" not in m.flags), None)


def as_seen(
    session: Session, opened: Mailbox, view: View, lines: tuple[str, ...], modseq: bytes
) -> bytes:
    """The lines, filled in; those of which there is nothing to say are left out.

    `modseq`: what must be said of mod-sequences where no line says it.
    """
    dialect = session.desk.dialect
    tells_modseq = any("{highest_modseq}" in line for line in lines)
    highest = condstore.highest(opened) if tells_modseq else 0
    facts: dict[str, object] = {
        "exists": len(view),
        "recent": len(view.recent.intersection(view.uids)),
        "unseen": first_unseen(opened, view),
        "uid_validity": session.uid_validity(opened),
        "uid_next": None if dialect.has("no_uidnext") else opened.uid_next,
        "highest_modseq": highest or None,
        "mailbox_id": mailbox_id(session, opened),
    }
    keywords = list(opened.keywords())
    said = (_filled(line, facts, keywords) for line in lines)
    told = b"".join(one_line(line) + b"\r\n" for line in said if line)
    return told if highest else told + modseq


def _filled(line: str, facts: dict[str, object], keywords: list[str]) -> str:
    """The line, or nothing where one of its facts is None."""
    if match := _FLAGS.match(line):
        listed = match[2].split()
        if match[1] == "FLAGS" or listed:
            more = [word for word in keywords if word not in listed]
            line = (
                f"{line[: match.end() - 1]}{''.join(f' {word}' for word in more)}"
                + (line[match.end() - 1 :])
            )
        return line
    if any(f"{{{name}}}" in line for name, value in facts.items() if value is None):
        return ""
    return line.format_map(facts)
