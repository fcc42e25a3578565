"""What is done where the mail lives: in the server's thread, in this process or in another one.

A test comes here by `SharedServer.visit`. Whatever goes in and comes out can be pickled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from fakemail.reasons.reason import Refusal
from fakemail.testing.arrivals import Arrivals, Waiter
from fakemail.testing.fault import Struck
from fakemail.testing.match import Match
from fakemail.testing.message import Message
from fakemail.testing.session import Session, copy, spoke_since

if TYPE_CHECKING:
    from fakemail.clock import Clock
    from fakemail.faults.moment import Occasion
    from fakemail.postoffice import PostOffice

DOMAIN = "fakemail.test"
_OF_A_TEST = re.compile(rf"t\d+\.{re.escape(DOMAIN)}")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose mail somebody sees."""

    domain: str = ""
    """All of this domain, and all of domains that are not another test's; empty: everybody's."""

    def belongs(self, address: str) -> bool:
        """Whether mail for this address is seen."""
        return not self.domain or address.endswith(f"@{self.domain}") or not _is_of_a_test(address)

    def stays(self, address: str) -> bool:
        """Whether it need not be removed in the end: nobody else ever looks there."""
        return not self.domain or _is_of_a_test(address)


def _is_of_a_test(address: str) -> bool:
    return _OF_A_TEST.fullmatch(address.rpartition("@")[2]) is not None


@dataclass(slots=True, eq=False)
class Forwarder(Waiter):
    """Stands for a waiter that is in another process: hands on whatever arrives."""

    hand_on: Callable[[Message], None] = lambda message: None
    early: list[Message] | None = field(default_factory=list)
    """What was there when it began to wait; None from then on."""

    def offer(self, message: Message) -> None:
        """One more message has arrived."""
        if self.early is not None:
            self.early.append(message)
        else:
            self.hand_on(message)


class Inside:
    """The rooms of one server that tests may enter."""

    def __init__(self, office: PostOffice, clock: Clock) -> None:
        self._office = office
        self._clock = clock
        self._numbers = count(1)
        self._heard: dict[int, Arrivals] = {}
        self._faults: dict[int, list[int]] = {}
        self._forwarders: dict[int, tuple[Arrivals, Forwarder]] = {}
        self.hand_on: Callable[[int, Message], None] = lambda number, message: None
        """Where forwarders send what they hear; set by whoever serves another process."""

    def begin(self, scope: Scope) -> tuple[int, float]:
        """Listen from now on; the key for the questions below, and the time."""
        key = next(self._numbers)
        self._heard[key] = Arrivals(self._office.store, scope.belongs)
        return key, self._clock.time()

    def end(self, key: int, scope: Scope) -> None:
        """Listen no more, remove what came for others, and forget what limits have counted."""
        self._heard.pop(key).stop(scope.stays)
        self._office.rates.forget()
        for number in self._faults.pop(key, ()):
            self._office.faults.remove(number)

    def now(self) -> float:
        """The server's time, in seconds since 1970-01-01 UTC."""
        return self._clock.time()

    def messages(self, key: int, accounts: Sequence[str]) -> list[Message]:
        """`Arrivals.messages`."""
        return list(self._heard[key].messages(accounts))

    def clear(self, key: int) -> None:
        """`Arrivals.clear`; limits count anew."""
        self._heard[key].clear()
        self._office.rates.forget()

    def wait(self, key: int, waiter: Waiter, accounts: Sequence[str]) -> None:
        """`Arrivals.wait`."""
        self._heard[key].wait(waiter, accounts)

    def leave(self, key: int, waiter: Waiter) -> None:
        """`Arrivals.leave`."""
        if key in self._heard:
            self._heard[key].leave(waiter)

    def forward(self, key: int, number: int, accounts: Sequence[str]) -> list[Message]:
        """What is there; whatever arrives from now on is handed on under this number."""
        forwarder = Forwarder(
            Match(), 1, Future(), hand_on=lambda message: self.hand_on(number, message)
        )
        arrivals = self._heard[key]
        arrivals.wait(forwarder, accounts)
        self._forwarders[number] = arrivals, forwarder
        early, forwarder.early = forwarder.early, None
        return early or []

    def forward_no_more(self, number: int) -> None:
        """Nobody listens to this number any more."""
        arrivals, forwarder = self._forwarders.pop(number)
        arrivals.leave(forwarder)

    def plan(self, key: int, sentence: str, domain: str) -> int:
        """Plan a fault for sessions that have to do with a domain, or all; its number. Raises
        FaultError."""
        end = f"@{domain}"

        def nobody(occasion: Occasion) -> bool:
            return not occasion.account and "@" not in occasion.argument

        def only(occasion: Occasion) -> bool:
            said = occasion.argument.lower()
            return occasion.account.endswith(end) or end in said or nobody(occasion)

        number = self._office.faults.add(sentence, only if domain else None).number
        self._faults.setdefault(key, []).append(number)
        return number

    def unplan(self, key: int, number: int) -> None:
        """Forget a fault."""
        self._faults[key].remove(number)
        self._office.faults.remove(number)

    def struck(self, number: int) -> Struck | None:
        """How often a fault struck; None where there is none of this number."""
        return next(
            (Struck(p.met, p.struck) for p in self._office.faults.planned if p.number == number),
            None,
        )

    def put(
        self,
        octets: bytes,
        addresses: Sequence[str],
        mailbox: str,
        flags: Collection[str],
        date: float | None,
    ) -> Message:
        """Put a message into mailboxes; as the first has it. Raises NoSuchMailbox, BadFlag."""
        store = self._office.store
        delivery = store.delivery()
        delivery.write(octets)
        homes = [store.home(address) for address in addresses]
        (box, uid), *_ = delivery.commit(homes, b"", mailbox, flags, date, uid_wanted=True)
        found = None if uid is None else box.get(uid)
        assert found is not None, f"{addresses[0]}: another program holds the mailbox"
        return Message(
            addresses[0], box.name, found.uid, found.flags, found.internal_date, box.read(found.uid)
        )

    def owner(self, address: str) -> str:
        """The account that has this address; the address itself where it is nobody's."""
        try:
            return self._office.directory.recipient(address)
        except Refusal:
            return address

    def sessions(self, since: float) -> list[Session]:
        """Those in which something was said since then, by number."""
        return [copy(s) for s in self._office.sessions if spoke_since(s, since)]
