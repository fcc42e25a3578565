"""What has arrived since a test began, and who waits for more of it.

Lives in the server's thread: the store calls it after each change, the test only by
`SharedServer.visit`. A wait is entered after looking once at what is there, in one step of that
thread: nothing can arrive in between, and nobody has to look again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

from fakemail.store.bus import Announcement
from fakemail.store.changes import Arrived
from fakemail.store.errors import MailboxError, MessageGone
from fakemail.store.mailbox import Mailbox
from fakemail.store.names import INBOX
from fakemail.store.store import Store
from fakemail.testing.match import Match
from fakemail.testing.message import Message


@dataclass(slots=True, eq=False)
class Waiter:
    """Somebody who waits for `count` messages."""

    match: Match
    count: int
    future: Future[list[Message]]
    found: list[Message] = field(default_factory=list)
    eyes: list[Callable[[], None]] = field(default_factory=list)
    """Close them when nobody waits any more."""

    def offer(self, message: Message) -> None:
        """One more message has arrived; an error in the test's own condition is the answer."""
        if self.future.done():
            return
        try:
            if self.match(message):
                self.found.append(message)
        except BaseException as error:  # pytest.fail() is no Exception
            self.future.set_exception(error)
            return
        if len(self.found) >= self.count:
            self.future.set_result(self.found)


class Arrivals:
    """The messages that came into mailboxes of which `belongs(address)` is true."""

    def __init__(self, store: Store, belongs: Callable[[str], bool]) -> None:
        self._store = store
        self._belongs = belongs
        self._began = divmod(int(store.clock.time() * 1_000_000), 1_000_000)
        self._came: dict[tuple[str, Mailbox, int], None] = {}
        self._waiters: list[Waiter] = []
        self._unsubscribe = store.bus.subscribe(self._announced)

    def messages(self, accounts: Iterable[str] = ()) -> Iterator[Message]:
        """Those that are still there, in the order in which they came.

        Into the INBOX of these accounts, other programs may have put some too.
        """
        for account in accounts:
            self._look(account)
        for address, mailbox, uid in tuple(self._came):
            message = _read(address, mailbox, uid)
            if message is not None:
                yield message

    def wait(self, waiter: Waiter, accounts: Iterable[str]) -> None:
        """Answer it now, or as soon as there is enough.

        What the server delivers is announced anyway; what other programs put into the INBOX of
        these accounts is noticed as long as somebody waits.
        """
        for account in accounts:
            inbox = self._store.home(account).mailbox(INBOX)
            waiter.eyes.append(inbox.watch(lambda _: None))
            self._look(account)
        for message in self.messages():
            waiter.offer(message)
        if not waiter.future.done():
            self._waiters.append(waiter)

    def leave(self, waiter: Waiter) -> None:
        """It waits no more."""
        while waiter.eyes:
            waiter.eyes.pop()()
        if waiter in self._waiters:
            self._waiters.remove(waiter)

    def stop(self, stays: Callable[[str], bool]) -> None:
        """Hear no more; what came for addresses that do not stay is removed."""
        self._unsubscribe()
        for waiter in tuple(self._waiters):
            self.leave(waiter)
            waiter.future.cancel()
        for address, mailbox, uid in self._came:
            if not stays(address) and not mailbox.gone:
                mailbox.expunge([uid])

    def clear(self) -> None:
        """Remove all that came."""
        for _, mailbox, uid in tuple(self._came):
            if not mailbox.gone:
                mailbox.expunge([uid])
        self._came.clear()

    def _look(self, account: str) -> None:
        """Find what another program delivered, and gave a UID, before the server looked there."""
        inbox = self._store.home(account).mailbox(INBOX)
        for message in inbox.messages():
            seconds, microseconds, _ = message.arrival
            if (seconds, microseconds or self._began[1]) >= self._began:
                self._came.setdefault((account, inbox, message.uid))

    def _announced(self, announcement: Announcement) -> None:
        address, change = announcement.address, announcement.change
        if not isinstance(change, Arrived) or not self._belongs(address):
            return
        try:
            mailbox = self._store.home(address).mailbox(announcement.mailbox)
        except MailboxError:
            return
        for uid in change.uids:
            self._came[address, mailbox, uid] = None
            if self._waiters and (message := _read(address, mailbox, uid)) is not None:
                for waiter in self._waiters:
                    waiter.offer(message)
                self._waiters = [waiter for waiter in self._waiters if not waiter.future.done()]


def _read(address: str, mailbox: Mailbox, uid: int) -> Message | None:
    if mailbox.gone:
        return None
    found = mailbox.get(uid)
    if found is None:
        return None
    try:
        raw = mailbox.read(uid)
    except MessageGone:
        return None
    return Message(address, mailbox.name, uid, found.flags, found.internal_date, raw)
