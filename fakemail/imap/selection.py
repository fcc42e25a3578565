"""Which names LIST shows, and what it says of them beside their attributes (RFC 5258 §3).

Without options: every mailbox, and every name that only leads to others. With SUBSCRIBED or
SPECIAL-USE: the names that meet these criteria, all of them, whether there is such a mailbox or
not. RECURSIVEMATCH adds the names above one that meets them; a name that meets none itself is
added only if a name below it would not be shown by itself (§3.3 2B, §3.5).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from fakemail.imap.grammar.listing import SEPARATOR, ListArguments


@dataclass(slots=True)
class Selection:
    """The names of one account, as one LIST command sees them."""

    arguments: ListArguments
    mailboxes: frozenset[str]
    subscriptions: Callable[[], Iterable[str]]
    special_uses: Collection[str]
    parents: frozenset[str] = field(init=False)
    """Every name that has a mailbox below it."""

    subscribed: frozenset[str] = field(init=False)
    candidates: frozenset[str] = field(init=False)
    """What may be shown, if a pattern covers it."""

    _meeting: frozenset[str] = field(init=False)
    _above: frozenset[str] = field(init=False)
    _matched: dict[str, bool] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        asked = self.arguments
        names = self.mailboxes
        self.parents = parents(names)
        knows = b"SUBSCRIBED" in asked.returned
        self.subscribed = frozenset(self.subscriptions()) if knows else frozenset()
        meeting = names | self.parents
        if b"SUBSCRIBED" in asked.selection:
            meeting = self.subscribed
        if b"SPECIAL-USE" in asked.selection:
            meeting &= frozenset(self.special_uses)
        self._meeting = meeting
        recursive = b"RECURSIVEMATCH" in asked.selection
        self._above = parents(meeting) if recursive else frozenset()
        self.candidates = meeting | self._above

    def matches(self, name: str) -> bool:
        """Whether a pattern covers the name; looked at once."""
        found = self._matched.get(name)
        if found is None:
            found = self._matched[name] = self.arguments.match(name)
        return found

    def meets(self, name: str) -> bool:
        """Whether the name itself is what was looked for."""
        return name in self._meeting

    def child_info(self, name: str) -> bytes:
        """The CHILDINFO item, where one below the name is what was looked for (§3.5)."""
        return b'"CHILDINFO" ("SUBSCRIBED")' if name in self._above else b""

    def is_redundant(self, name: str) -> bool:
        """Whether all that the name leads to is shown by itself."""
        if name in self._meeting:
            return False
        prefix = name + SEPARATOR
        return all(map(self.matches, (n for n in self._meeting if n.startswith(prefix))))


def parents(names: Iterable[str]) -> frozenset[str]:
    """Every name that has something below it."""
    found: set[str] = set()
    for name in names:
        while SEPARATOR in name:
            name = name.rpartition(SEPARATOR)[0]
            if name in found:
                break
            found.add(name)
    return frozenset(found)
