"""How a provider lists its folders: in its order, with its attributes, under its delimiter.

A line that was seen is said as it was seen, but for two things that a test can change: whether the
folder has children now, and whether the dialect tells roles here at all. Other folders are spelled
the same way. Names are ours, with ``/`` between their parts, until they are spelled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fakemail.dialects.dialect import Dialect
from fakemail.dialects.furniture import ROLES
from fakemail.imap import untagged
from fakemail.imap.grammar.mailbox_name import decode, swapped, with_inbox
from fakemail.imap.session import Session

XLIST_ROLES = {
    "\\Sent": "\\Sent",
    "\\Drafts": "\\Drafts",
    "\\Trash": "\\Trash",
    "\\Junk": "\\Spam",
    "\\All": "\\AllMail",
    "\\Flagged": "\\Starred",
    "\\Important": "\\Important",
}
"""Attributes of RFC 6154 as XLIST had them before."""

_LINE = re.compile(r'\* X?LIST \((.*?)\) "." (.+)')
_CHILDREN = {"\\haschildren", "\\hasnochildren"}


class Folders:
    """What LIST, or XLIST, says of one account's folders."""

    def __init__(self, session: Session, xlist: bool) -> None:
        dialect = session.desk.dialect
        self._session = session
        self._xlist = xlist
        self._roles = xlist or dialect.text("special_use") == "list"
        self._seen = _seen(dialect, dialect.folder_lines(xlist))
        self._attributes = {
            with_inbox(folder.name.replace(dialect.delimiter, "/")): list(folder.attrs)
            for folder in dialect.folders
            if folder.attrs
        }
        self._quoted = any(name.startswith(b'"') for _, name in self._seen.values())
        self._places = {name: place for place, name in enumerate(self._seen)}

    def in_order(self, names: Iterable[str]) -> list[str]:
        """As the provider listed them; then INBOX, then the others by name."""
        last = len(self._places)
        return sorted(names, key=lambda n: (self._places.get(n, last), n != "INBOX", n))

    def line(
        self,
        name: str,
        *,
        absent: str | None,
        parent: bool,
        role: str | None,
        more: Sequence[str] = (),
        data: bytes = b"",
    ) -> bytes:
        """The response about one folder; `absent`: the attribute that says that there is none."""
        attributes, spelled = self._seen.get(name, (None, b""))
        if attributes is None:
            attributes = self._attributes.get(name)
            spelled = self._spelled(name)
        elif self._session.utf8 and b"&" in spelled:
            spelled = self._spelled(name)
        if attributes is None:
            attributes = [] if absent is None else [absent]
            attributes.append("\\HasChildren" if parent else "\\HasNoChildren")
            attributes += self._role(name, role)
        kept = [self._current(each, parent) for each in attributes]
        kept = [each for each in kept if self._roles or each not in ROLES.values()]
        separator = self._session.desk.dialect.delimiter
        response = b"XLIST" if self._xlist else b"LIST"
        return untagged.list_([*kept, *more], spelled, response, separator, data)

    def _role(self, name: str, role: str | None) -> list[str]:
        if not self._xlist:
            return [role] if role else []
        if name == "INBOX":
            return ["\\Inbox"]
        return [XLIST_ROLES[role]] if role in XLIST_ROLES else []

    def _current(self, attribute: str, parent: bool) -> str:
        if attribute.lower() not in _CHILDREN:
            return attribute
        return "\\HasChildren" if parent else "\\HasNoChildren"

    def _spelled(self, name: str) -> bytes:
        spelled = self._session.spelled(name)
        return b'"%b"' % spelled if self._quoted and not spelled.startswith(b'"') else spelled


def _seen(dialect: Dialect, lines: tuple[str, ...]) -> dict[str, tuple[list[str], bytes]]:
    """Our name to the attributes and the spelling that were seen."""
    found = {}
    for line in lines:
        if match := _LINE.fullmatch(line):
            spelled = match[2].encode("ascii")
            name = swapped(decode(spelled.strip(b'"')), dialect.delimiter)
            if name:
                found[with_inbox(name)] = (match[1].split(), spelled)
    return found
