"""What a mailbox asks of its home, and a home of its store: the lower never imports the higher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from fakemail.clock import Clock
from fakemail.store.bus import Bus
from fakemail.store.changes import Change
from fakemail.store.filename import NameMaker

if TYPE_CHECKING:
    from fakemail.store.mailbox import Mailbox


class Watching(Protocol):
    """Notices of what other programs do to a mailbox's files."""

    names: NameMaker

    def start_watching(self, mailbox: Mailbox) -> bool:
        """Ask the system for notices; False if it gives none."""

    def stop_watching(self, mailbox: Mailbox) -> None:
        """No notices any more."""

    def drain_watcher(self) -> None:
        """Handle the notices that are waiting."""

    def look_again(self, mailbox: Mailbox) -> None:
        """There is something in it that cannot be shown yet."""


class Surroundings(Watching, Protocol):
    """What a mailbox asks of its home."""

    def new_validity(self) -> int:
        """A UIDVALIDITY that no mailbox of this home has ever had."""

    def announce(self, mailbox: str, change: Change) -> None:
        """Tell the store's bus."""

    def is_heard(self) -> bool:
        """Whether anybody listens to the bus."""


class Shared(Watching, Protocol):
    """What a home asks of its store."""

    clock: Clock
    bus: Bus
    folders: Mapping[str, str]
    """What a new home gets: mailbox name to RFC 6154 attribute."""
