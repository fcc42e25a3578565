"""Waiting for mail: subscribe first, then look once, then be told.

A wait that looked first would miss what arrives before it subscribes; a wait that looked again and
again would be a sleep in disguise. So every wait hears the bus from its beginning, looks through
what is there in slices (others have their turn between two of them), and then only reads what the
bus announces.

**The cursor.** Each answer says up to which moment it knows; a wait with `since` that moment sees
what came later, and nothing that came later is missed. The moment is one of `NameMaker.moment`:
every file name made before sorts before it, every later one after it. It is taken at once when
the decision falls, with no announcement waiting to be heard. So nothing has to be remembered
between two waits, and a cursor outlives the server.

Arrivals are handled a moment after the bus tells of them, not in the middle of somebody's delivery.
Who asks about an account has its mailboxes watched, so what another program puts there counts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from fakemail.clock import Clock
from fakemail.message.header import Header, header_of
from fakemail.store.bus import Announcement
from fakemail.store.changes import Arrived
from fakemail.store.errors import StoreError
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store
from fakemail.web.wanted import ANY, Wanted, came_after

SLICE = 0.005
"""Seconds that one wait may look before others have their turn."""

MOST_OTHERS = 50
"""So many of the messages that arrived and were not meant are remembered, the latest."""

log = logging.getLogger("fakemail")


class Handle(Protocol):
    """A timer that can be called off."""

    def cancel(self) -> object:
        """It will not ring."""


class Timers(Protocol):
    """What waits need of a loop; asyncio's has both."""

    def call_soon(self, callback: Callable[[], object]) -> object:
        """After what is going on now."""

    def call_later(self, delay: float, callback: Callable[[], object]) -> Handle:
        """After so many seconds."""


class Place(NamedTuple):
    """Where a message lies."""

    address: str
    mailbox: str
    uid: int


class Seen:
    """A message that is looked at when the first asks, and once for all of them."""

    def __init__(self, store: Store, place: Place) -> None:
        self._store = store
        self._place = place
        self._read = False
        self._header: Header | None = None

    def guid(self) -> str | None:
        """Its name for ever; None when it is gone again."""
        try:
            message = self._mailbox().get(self._place.uid)
        except (StoreError, OSError):
            return None
        return None if message is None else message.guid

    def header(self) -> Header | None:
        """None when it is gone again."""
        if not self._read:
            self._read = True
            try:
                self._header = header_of(self._mailbox().read_head(self._place.uid))
            except (StoreError, OSError):
                pass
        return self._header

    def _mailbox(self) -> Mailbox:
        return self._store.home(self._place.address).mailbox(self._place.mailbox)


class Wait:
    """One client that waits; `found` and `others` in the order in which they were seen."""

    def __init__(
        self, wanted: Wanted, count: int, since: int | None, done: Callable[[Wait], None]
    ) -> None:
        self.wanted = wanted
        self.count = count
        self.since = since
        self.found: dict[Place, str] = {}
        """With what names the message (`Message.guid`): one that went to several counts once."""
        self.others: dict[Place, None] = {}
        """What came since the beginning, or the cursor, and was not meant."""
        self.cursor = 0
        """Set when it is over."""
        self.done = done
        self.looking: Iterator[None] | None = None
        self.expired = False
        self.timer: Handle | None = None
        self.stop_watching: list[Callable[[], None]] = []

    @property
    def satisfied(self) -> bool:
        """Whether as many messages are there as were wanted."""
        return len(set(self.found.values())) >= self.count

    def weigh(self, place: Place, seen: Seen) -> None:
        """Take a message for one that is meant, or for another."""
        if place in self.found or (guid := seen.guid()) is None:
            return
        if not self.wanted.is_at(place.address, place.mailbox):
            self._other(place)
        elif not self.wanted.asks_header:
            self.found[place] = guid
        elif (head := seen.header()) is not None:
            if self.wanted.fits(head):
                self.found[place] = guid
            else:
                self._other(place)

    def _other(self, place: Place) -> None:
        self.others[place] = None
        if len(self.others) > MOST_OTHERS:
            del self.others[next(iter(self.others))]


class Waits:
    """All waits of one server; costs nothing while nobody waits."""

    def __init__(self, store: Store, clock: Clock, timers: Timers) -> None:
        self._store = store
        self._clock = clock
        self._timers = timers
        self._waiting: dict[Wait, None] = {}
        self._arrived: list[Place] = []
        self._unsubscribe: Callable[[], None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def begin(
        self,
        wanted: Wanted,
        done: Callable[[Wait], None],
        *,
        count: int = 1,
        since: int | None = None,
        timeout: float = 10.0,
    ) -> Wait:
        """Call `done` once: when the messages are there, or after `timeout` seconds."""
        wait = Wait(wanted, count, since, done)
        if self._unsubscribe is None:
            self._unsubscribe = self._store.bus.subscribe(self._heard)
        self._waiting[wait] = None
        self._watch(wait)
        wait.looking = self._look(wait)
        wait.timer = self._timers.call_later(timeout, lambda: self._expire(wait))
        self._timers.call_soon(lambda: self._go_on_looking(wait))
        return wait

    def cancel(self, wait: Wait) -> None:
        """Nobody wants the answer any more; nothing happens if it has been given."""
        self._waiting.pop(wait, None)
        if wait.timer is not None:
            wait.timer.cancel()
            wait.timer = None
        for stop in wait.stop_watching:
            stop()
        wait.stop_watching.clear()
        wait.looking = None
        if not self._waiting and self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._arrived.clear()

    # The look

    def _look(self, wait: Wait) -> Iterator[None]:
        """Weigh what is there; pauses after each message that was read."""
        for mailbox, address in self._mailboxes(wait.wanted):
            try:
                mailbox.refresh()
                messages = mailbox.messages()
            except (StoreError, OSError):
                continue
            for message in messages:
                if wait.since is None or _is_later(message, wait.since):
                    place = Place(address, mailbox.name, message.uid)
                    wait.weigh(place, Seen(self._store, place))
                    yield
            yield

    def _mailboxes(self, wanted: Wanted) -> Iterator[tuple[Mailbox, str]]:
        for address in [wanted.owner] if wanted.owner else self._store.addresses():
            if not self._has_mail(address):
                continue
            try:
                home = self._store.home(address)
                names = home.present() if wanted.mailbox == ANY else [wanted.mailbox]
            except (StoreError, OSError):
                continue
            for name in names:
                if wanted.is_at(home.address, name):
                    try:
                        yield home.mailbox(name), home.address
                    except (StoreError, OSError):
                        continue

    def _has_mail(self, owner: str) -> bool:
        """A home is made by whoever asks for it; waiting for nobody's mail shall make none."""
        return bool(owner) and self._store.path(owner).exists()

    def _go_on_looking(self, wait: Wait) -> None:
        if wait.looking is None:
            return
        until = self._clock.monotonic() + SLICE
        for _ in wait.looking:
            if self._clock.monotonic() > until:
                self._timers.call_soon(lambda: self._go_on_looking(wait))
                return
        wait.looking = None
        self._hear()
        self._decide(wait)

    # What is told

    def _watch(self, wait: Wait) -> None:
        if not self._has_mail(wait.wanted.owner):
            return
        for mailbox, _ in self._mailboxes(wait.wanted):
            try:
                wait.stop_watching.append(mailbox.watch(lambda change: None))
            except (StoreError, OSError) as error:
                log.debug("a wait cannot watch %s: %s", mailbox.name, error)

    def _heard(self, announcement: Announcement) -> None:
        if isinstance(announcement.change, Arrived):
            if not self._arrived:
                self._timers.call_soon(self._hear)
            self._arrived += [
                Place(announcement.address, announcement.mailbox, uid)
                for uid in announcement.change.uids
            ]

    def _hear(self) -> None:
        """Let every wait weigh what has been announced; each message is read once at most."""
        arrived, self._arrived = self._arrived, []
        for place in arrived:
            seen = Seen(self._store, place)
            for wait in self._waiting:
                wait.weigh(place, seen)
        if arrived:
            for wait in tuple(self._waiting):
                if wait.looking is None:
                    self._decide(wait)

    def _expire(self, wait: Wait) -> None:
        wait.expired = True
        if wait.looking is None:
            self._hear()
            self._decide(wait)

    def _decide(self, wait: Wait) -> None:
        """The look is over and nothing is waiting to be heard: is it enough, or too late?"""
        if wait not in self._waiting or not (wait.satisfied or wait.expired):
            return
        for place in [p for p in wait.found if Seen(self._store, p).guid() is None]:
            del wait.found[place]
        if wait.satisfied or wait.expired:
            wait.cursor = self._store.names.moment()
            self.cancel(wait)
            wait.done(wait)


def _is_later(message: object, since: int) -> bool:
    try:
        return came_after(message, since)  # type: ignore[arg-type]
    except (StoreError, OSError):
        return False
