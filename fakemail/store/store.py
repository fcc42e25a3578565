"""All the mail: homes by address, deliveries, announcements, and the eye on the disk.

Not thread-safe; one store serves one event loop. Several processes may open the same root, and
other programs may read and write the folders, at any time.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from fakemail.clock import Clock
from fakemail.store.bus import Bus
from fakemail.store.delivery import Delivery, Tally
from fakemail.store.filename import NameMaker
from fakemail.store.home import DEFAULT_FOLDERS, Home
from fakemail.store.mailbox import Mailbox
from fakemail.store.paths import address_of, canonical, path_of
from fakemail.store.spool import Spool
from fakemail.store.watch import make_watcher


class Store:
    """See the contract in docs/architecture.md, "Store"."""

    def __init__(
        self,
        root: Path,
        clock: Clock,
        *,
        fsync: bool = False,
        watch: bool = True,
        folders: Mapping[str, str] = DEFAULT_FOLDERS,
    ) -> None:
        """`folders`: what a new home gets, mailbox name to RFC 6154 attribute."""
        self.root = root.absolute()
        self.clock = clock
        self.folders = folders
        self.names = NameMaker(clock)
        self.bus = Bus()
        self.tally = Tally()
        self.watcher = make_watcher() if watch else None
        """None: only `poll` looks at watched mailboxes; the host calls it twice a second anyway."""
        self._fsync = fsync
        os.makedirs(self.root, 0o700, exist_ok=True)
        self._spool = Spool(str(self.root))
        self._homes: dict[str, Home] = {}
        self._polled: dict[Mailbox, None] = {}
        self._again: dict[Mailbox, None] = {}

    def path(self, address: str) -> Path:
        """Where the mail of an address lies: injective on lower-case addresses, below the root."""
        return path_of(self.root, address)

    def home(self, address: str) -> Home:
        """The mailboxes of an address, made on first use; the same object for the same address.

        Raises PathEscapes if a symbolic link leads out of the root.
        """
        address = canonical(address)
        home = self._homes.get(address)
        if home is None:
            path = str(self.path(address))
            home = self._homes[address] = Home(address, str(self.root), path, self)
        return home

    def addresses(self) -> list[str]:
        """Whose mail is here, on disk or just made, in alphabetical order.

        An address of which a part exceeds 150 octets is known only while its home is in use.
        """
        found = set(self._homes)
        for domain in _folders(self.root):
            for local_part in _folders(os.path.join(self.root, domain)):
                address = address_of(domain, local_part)
                if address is not None:
                    found.add(address)
        return sorted(found)

    def delivery(self) -> Delivery:
        """One incoming message."""
        return Delivery(self._spool, self.names, self.clock, self._fsync, self.tally)

    def poll(self) -> None:
        """Look where the system gives no notices, and where something had to wait."""
        again, self._again = self._again, {}
        for mailbox in (*self._polled, *again):
            mailbox.look()

    def settle(self) -> None:
        """Give UIDs to what has been delivered since somebody looked, in mailboxes once looked at.

        Nothing depends on it: it spreads work. What was never looked at waits; names keep order.
        """
        for home in tuple(self._homes.values()):
            for mailbox in home.open_mailboxes():
                mailbox.settle()

    def close(self) -> None:
        """Write down what is only in memory, and give back the watcher."""
        for home in self._homes.values():
            for mailbox in home.open_mailboxes():
                mailbox.close()
        if self.watcher is not None:
            self.watcher.close()
            self.watcher = None

    # For its mailboxes

    def start_watching(self, mailbox: Mailbox) -> bool:
        """Ask the system for notices; where it gives none, `poll` looks instead."""
        if self.watcher is not None and self.watcher.add(mailbox):
            return True
        self._polled[mailbox] = None
        return False

    def stop_watching(self, mailbox: Mailbox) -> None:
        """No notices any more."""
        if self.watcher is not None:
            self.watcher.remove(mailbox)
        self._polled.pop(mailbox, None)

    def drain_watcher(self) -> None:
        """Handle the notices that are waiting."""
        if self.watcher is not None:
            self.watcher.ready()

    def look_again(self, mailbox: Mailbox) -> None:
        """There is something in it that cannot be shown yet: when `poll` is called next."""
        self._again[mailbox] = None


def _folders(path: str | Path) -> list[str]:
    """The names of the folders in a folder, without hidden ones."""
    try:
        with os.scandir(path) as entries:
            return [e.name for e in entries if not e.name.startswith(".") and e.is_dir()]
    except OSError:
        return []
