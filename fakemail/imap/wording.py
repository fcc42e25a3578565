"""What stands behind the tag when a command has worked: the provider's words, where it has some."""

from __future__ import annotations

from fakemail.imap.refusals import one_line
from fakemail.imap.session import Session

KEYS = {
    "AUTHENTICATE": "imap.logged-in",
    "ENABLE": "imap.enable",
    "EXAMINE": "imap.examine",
    "FETCH": "imap.fetch",
    "ID": "imap.id",
    "IDLE": "imap.idle",
    "LIST": "imap.list",
    "LOGIN": "imap.logged-in",
    "LOGOUT": "imap.logout",
    "NAMESPACE": "imap.namespace",
    "NOOP": "imap.noop",
    "SEARCH": "imap.search",
    "SELECT": "imap.select",
    "STATUS": "imap.status",
    "UID FETCH": "imap.uid-fetch",
    "XLIST": "imap.xlist",
}
"""Command to the key of its reply (`dialects/keys.py`)."""


def completed(session: Session, command: str, answer: bytes) -> bytes:
    """The provider's words for what `answer` says in ours; `answer` where it was not seen."""
    if command == "CAPABILITY":
        key = f"imap.capability-{'before' if session.login is None else 'after'}-login"
    else:
        key = KEYS.get(command, "")
    if not key or not answer.startswith(b"OK"):
        return answer
    facts: dict[str, object] = {"command": command}
    if session.login is not None:
        facts["user"] = session.login.address
    if session.selected:
        facts["mailbox"] = session.spelled(session.view.mailbox.name).decode()
    return one_line(session.desk.dialect.tagged(key, answer.decode("ascii"), facts))


def untagged(session: Session, key: str) -> bytes:
    """The untagged lines of a reply, if they were seen: those that are the same for everybody."""
    lines = session.desk.dialect.untagged(key)
    return b"".join(one_line(line) + b"\r\n" for line in lines)
