"""The untagged responses of SELECT and EXAMINE in a provider's order and words.

Its lines have names for the numbers (`dialects/opening.py`); here they get them.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from fakemail.imap.refusals import one_line
from fakemail.imap.session import Session
from fakemail.imap.view import View
from fakemail.store.mailbox import Mailbox

_FLAGS = re.compile(r"\* (FLAGS|OK \[PERMANENTFLAGS) \(([^)]*)\)")


def first_unseen(opened: Mailbox, view: View) -> int | None:
    """Sequence number of the first message without \\Seen."""
    messages = enumerate(map(opened.get, view.uids), 1)
    return next((n for n, m in messages if m is not None and "\\Seen" not in m.flags), None)


def as_seen(session: Session, opened: Mailbox, view: View, lines: tuple[str, ...]) -> bytes:
    """The lines, filled in; those of which there is nothing to say are left out."""
    dialect = session.desk.dialect
    identity = f"{session.home.address} {opened.name} {opened.uid_validity}"
    facts: dict[str, object] = {
        "exists": len(view),
        "recent": len(view.recent.intersection(view.uids)),
        "unseen": first_unseen(opened, view),
        "uid_validity": session.uid_validity(opened),
        "uid_next": None if dialect.has("no_uidnext") else opened.uid_next,
        "highest_modseq": opened.uid_next,
        "mailbox_id": int.from_bytes(blake2b(identity.encode(), digest_size=4).digest()),
    }
    keywords = list(opened.keywords())
    said = (_filled(line, facts, keywords) for line in lines)
    return b"".join(one_line(line) + b"\r\n" for line in said if line)


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
