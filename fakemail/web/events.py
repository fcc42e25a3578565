"""What happens, as it happens: a ring of numbered events, and readers at their places in it.

The ring is bounded, and so is what a slow reader costs: a reader is a position, not a queue. It
takes the next event when its connection takes more octets; where the ring has gone on without it,
it gets a ``gap`` in place of what it missed, and goes on from the oldest that is left. The same
``gap`` greets one who returns with an event id that is too old, or from before a restart.

Nothing is recorded before somebody reads for the first time. From then on the ring fills whether
somebody reads or not, so that a reader who was cut off can go on where it stopped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fakemail.clock import Clock
from fakemail.store.bus import Announcement, Bus
from fakemail.store.changes import Arrived, Deleted, Expunged, Flagged, Renamed
from fakemail.transcript.entry import Entry
from fakemail.transcript.recorder import Recorder
from fakemail.transcript.sessions import Sessions
from fakemail.transcript.text import explanation, printable

KEPT = 2048
"""Events."""

Kind: TypeAlias = Literal[
    "message", "flags", "expunge", "mailbox", "session", "login", "refusal", "gap"
]

LOGGED_IN = b"logged in as "


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    number: int
    kind: Kind
    facts: Mapping[str, object]
    """What JSON has; `address` where it belongs to an account."""


class Events:
    """The ring, and who is to be told that it grew."""

    def __init__(self, bus: Bus, sessions: Sessions, clock: Clock) -> None:
        self._bus = bus
        self._sessions = sessions
        self._run = f"{int(clock.time() * 1000):x}"
        """Tells the ids of this run of the server from those of others."""
        self._ring: deque[Event] = deque(maxlen=KEPT)
        self._next = 1
        self._known: set[int] = set()
        self._stop: list[Callable[[], None]] = []
        self._readers: list[Callable[[], None]] = []

    def open(self, last_id: str | None, wake: Callable[[], None]) -> Reader:
        """A reader behind the event with this id; without one, behind all that was so far.

        `wake` is called when there is more: it must not read at once, but soon.
        """
        self._start()
        self._readers.append(wake)
        return Reader(self, self._position(last_id), lambda: self._readers.remove(wake))

    def close(self) -> None:
        """Record no more."""
        for stop in self._stop:
            stop()
        self._stop.clear()

    @property
    def oldest(self) -> int:
        """The number of the oldest event in the ring, or of the next."""
        return self._ring[0].number if self._ring else self._next

    def at(self, number: int) -> Event | None:
        """An event of the ring."""
        index = number - self.oldest
        return self._ring[index] if 0 <= index < len(self._ring) else None

    def id_of(self, number: int) -> str:
        """What a client sends as Last-Event-ID."""
        return f"{self._run}-{number}"

    def _position(self, last_id: str | None) -> int:
        """The number of the next event to be read; 0 where what was missed cannot be known."""
        if last_id is None:
            return self._next
        run, _, number = last_id.partition("-")
        known = run == self._run and number.isascii() and number.isdecimal() and len(number) < 16
        return int(number) + 1 if known and int(number) < self._next else 0

    def _start(self) -> None:
        if not self._stop:
            self._known = {recorder.number for recorder in self._sessions.live}
            self._stop = [
                self._bus.subscribe(self._mail),
                self._sessions.subscribe(self._said),
            ]

    def _add(self, kind: Kind, **facts: object) -> None:
        self._ring.append(Event(self._next, kind, facts))
        self._next += 1
        for wake in tuple(self._readers):
            wake()

    def _mail(self, announcement: Announcement) -> None:
        where = {"address": announcement.address, "mailbox": announcement.mailbox}
        match announcement.change:
            case Arrived(uids):
                for uid in uids:
                    self._add("message", **where, uid=uid)
            case Flagged(uids):
                self._add("flags", **where, uids=list(uids))
            case Expunged(uids):
                self._add("expunge", **where, uids=list(uids))
            case Renamed(name):
                self._add("mailbox", **where, state="renamed", name=name)
            case Deleted():
                self._add("mailbox", **where, state="deleted")

    def _said(self, recorder: Recorder, entry: Entry | None) -> None:
        if entry is None:
            self._known.discard(recorder.number)
            self._add("session", **_session(recorder), state="closed", how=recorder.how)
            return
        if recorder.number not in self._known:
            self._known.add(recorder.number)
            self._add("session", **_session(recorder), state="opened")
        if entry.kind == "!" and entry.reason is not None:
            because, instead = explanation(entry)
            reason = {"slug": entry.reason.slug, "because": because, "instead": instead}
            self._add("refusal", **_session(recorder), **reason)
        elif entry.kind == "*" and entry.octets.startswith(LOGGED_IN):
            self._add("login", **_session(recorder), how=printable(entry.octets))


class Reader:
    """One client's place in the ring."""

    def __init__(self, events: Events, position: int, leave: Callable[[], None]) -> None:
        self._events = events
        self._position = position
        self._leave: Callable[[], None] | None = leave

    def take(self) -> tuple[str, Event] | None:
        """The next event and its id; None when there is none yet."""
        oldest = self._events.oldest
        if self._position < oldest:
            missed = oldest - self._position if self._position else None
            self._position = oldest
            return self._events.id_of(oldest - 1), Event(oldest - 1, "gap", {"missed": missed})
        event = self._events.at(self._position)
        if event is None:
            return None
        self._position += 1
        return self._events.id_of(event.number), event

    def close(self) -> None:
        """The client has gone."""
        if self._leave is not None:
            self._leave()
            self._leave = None


def _session(recorder: Recorder) -> dict[str, object]:
    return {
        "session": recorder.number,
        "protocol": recorder.protocol,
        "port": recorder.peer.local_port,
        "client": f"{recorder.peer.host}:{recorder.peer.port}",
        "dialect": recorder.dialect,
        "address": recorder.login,
    }
