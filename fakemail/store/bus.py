"""The store-wide announcements: what happened, in whose mailbox.

Costs nothing when nobody listens.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from fakemail.store.changes import Change

log = logging.getLogger("fakemail")


@dataclass(frozen=True, slots=True)
class Announcement:
    """One change in one mailbox: what the disk already has."""

    address: str
    mailbox: str
    change: Change


Subscriber: TypeAlias = Callable[[Announcement], None]


class Bus:
    """Tells subscribers of every change that the store makes or notices.

    What fakemail itself does is announced for every mailbox; what other programs do is noticed,
    and so announced, for mailboxes that somebody watches or looks at.
    """

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []

    def __bool__(self) -> bool:
        """Whether anybody listens."""
        return bool(self._subscribers)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` after every change from now on; the answer is "stop"."""
        self._subscribers.append(subscriber)

        def stop() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return stop

    def announce(self, address: str, mailbox: str, change: Change) -> None:
        """Tell everybody, in the order in which they subscribed; one that fails stops nobody."""
        if self._subscribers:
            announcement = Announcement(address, mailbox, change)
            for subscriber in tuple(self._subscribers):
                try:
                    subscriber(announcement)
                except Exception:
                    log.exception("a subscriber failed")
