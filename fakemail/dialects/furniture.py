"""The folders that every account of a provider has, as a store wants them."""

from __future__ import annotations

from fakemail.dialects.dialect import Dialect

ROLES = {
    "sent": "\\Sent",
    "drafts": "\\Drafts",
    "trash": "\\Trash",
    "junk": "\\Junk",
    "archive": "\\Archive",
    "all": "\\All",
    "flagged": "\\Flagged",
    "important": "\\Important",
}
"""The role of a folder to its attribute (RFC 6154 §2, RFC 8457 §3)."""

NOT_SELECTABLE = frozenset({"\\noselect", "\\nonexistent"})


NEEDED = ("sent", "drafts", "trash", "junk")
"""Roles that every account has a folder for, if only ours, where the provider's was not seen."""


def furniture(dialect: Dialect) -> dict[str, str | None]:
    """Mailbox name, with ``/`` between its parts, to attribute; without INBOX and without names
    that only hold others."""
    known = {folder.role for folder in dialect.folders}
    ours = {role.capitalize(): ROLES[role] for role in NEEDED if role not in known}
    return ours | {
        folder.name.replace(dialect.delimiter, "/"): ROLES.get(folder.role)
        for folder in dialect.folders
        if folder.role != "inbox" and not NOT_SELECTABLE & {a.lower() for a in folder.attrs}
    }
