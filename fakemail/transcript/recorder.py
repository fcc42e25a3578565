"""The recorder of one session: what was said, as it was said, with secrets already taken out.

The engine records what the client said, because only the engine knows which part of it is a
secret; the host records what the server said, because only the host knows what really went out.
Recording is an append to a list: nothing is formatted until somebody reads.

Bounded: a session keeps its first `HEAD` and its last `TAIL` entries, each cut at `LONGEST`
octets, so that a client that talks for days costs no more than one that talks for a minute.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from fakemail.clock import Clock
from fakemail.reasons.reason import Reason
from fakemail.transcript.entry import Entry, Facts, Kind
from fakemail.transcript.tally import Tally
from fakemail.wire.engine import Peer, TlsFacts

HEAD = 500
TAIL = 1500
LONGEST = 4096
HIDDEN = b"********"
"""What stands in a transcript where a secret stood."""

Listener: TypeAlias = "Callable[[Recorder, Entry | None], None]"
"""Called with each new entry; with None when the session has ended."""

Event: TypeAlias = tuple[int, Entry | Facts]
"""A session's number and what happened in it."""


@dataclass(slots=True)
class Ledger:
    """What the recorders of one server share: who listens, what awaits the journal, who keeps
    them afterwards."""

    listeners: list[Listener] = field(default_factory=list)
    pending: list[Event] | None = None
    """Grows until the journal takes it; None when nothing is written to disk."""

    ended: Callable[[Recorder], None] = lambda recorder: None
    tally: Tally = field(default_factory=Tally)


class Recorder:
    """The conversation of one session, while it goes on and afterwards."""

    def __init__(
        self,
        number: int,
        protocol: str,
        peer: Peer,
        clock: Clock,
        dialect: str,
        ledger: Ledger | None = None,
    ) -> None:
        ledger = ledger or Ledger()
        self.number = number
        self.protocol = protocol
        self.peer = peer
        self.dialect = dialect
        self.began = clock.time()
        self.ended: float | None = None
        self.how = ""
        self.tls: TlsFacts | None = None
        self.login: str | None = None
        self.refusals = 0
        self.left_out = 0
        self.muted = False
        """Whether what the server says does not go out (a fault), and so is not shown."""
        self.on_entry = ledger.listeners
        """Shared with every other session of the same `Sessions`."""
        self._head: list[Entry] = []
        self._tail: deque[Entry] = deque(maxlen=TAIL)
        self._time = clock.time
        self._pending = ledger.pending
        self._on_end = ledger.ended
        self._tally = ledger.tally
        self._tally.sessions[protocol] += 1
        self._note(self.facts())

    def client(self, octets: bytes) -> None:
        """The client said this line or command; secrets must already stand as `HIDDEN`."""
        self._add("C", octets)

    def server(self, octets: bytes) -> None:
        """The server said this; nothing is kept of the further pieces of a long message."""
        if octets and not self.muted:
            self._add("S", octets)

    def mark(self, text: str) -> None:
        """Something happened that is not on the wire."""
        self._add("*", text.encode("utf-8", "backslashreplace"))

    def secured(self, tls: TlsFacts) -> None:
        """The session is inside TLS from here on."""
        self.tls = tls
        self._note(Facts(at=self._time(), tls=tls))
        name = f", server name {tls.server_name}" if tls.server_name else ""
        self.mark(f"TLS: {tls.version} {tls.cipher}{name}")

    def speaks(self, dialect: str) -> None:
        """From here on the server speaks in another dialect."""
        self.mark(f"dialect {dialect} from here on (before: {self.dialect})")
        self.dialect = dialect
        self._note(Facts(at=self._time(), dialect=dialect))

    def logged_in(self, address: str, how: str) -> None:
        """`address` logged in; `how` names mechanism and code label, never the secret."""
        self.login = address
        self._tally.logins[self.protocol] += 1
        self._note(Facts(at=self._time(), login=address))
        self.mark(f"logged in as {address} ({how})")

    def refused(self, reason: Reason, facts: Mapping[str, object] | None = None) -> None:
        """Something was refused; call it before the reply is sent.

        `facts` stand for ``{name}`` in the words of the reason; ``detail`` is said after them.
        """
        self.refusals += 1
        self._tally.refusals[self.protocol, reason.slug] += 1
        told = {name: str(fact)[:LONGEST] for name, fact in facts.items()} if facts else None
        detail = told.get("detail", "") if told else ""
        self._add("!", detail.encode("utf-8", "backslashreplace"), reason, told)

    def close(self, how: str) -> None:
        """The connection is gone; `how` says by whom or why.

        Only the first call counts.
        """
        if self.ended is not None:
            return
        self.mark(how)
        self.how = how
        self.ended = self._time()
        self._note(Facts(at=self.ended, how=how))
        for listener in tuple(self.on_entry):
            listener(self, None)
        self._on_end(self)

    @property
    def entries(self) -> list[Entry]:
        """Everything that was kept, oldest first."""
        return [*self._head, *self._tail]

    def facts(self) -> Facts:
        """Everything known so far, for the head of a new journal file."""
        return Facts(
            at=self.began,
            protocol=self.protocol,
            peer=self.peer,
            dialect=self.dialect,
            tls=self.tls,
            login=self.login,
        )

    def _note(self, facts: Facts) -> None:
        if self._pending is not None:
            self._pending.append((self.number, facts))

    def _add(
        self,
        kind: Kind,
        octets: bytes,
        reason: Reason | None = None,
        facts: Mapping[str, str] | None = None,
    ) -> None:
        if len(octets) > LONGEST:
            more = len(octets) - LONGEST
            octets = octets[:LONGEST] + b" ... (%d octets more)" % more
        if octets.endswith(b"\r\n"):
            octets = octets[:-2]
        entry = Entry(self._time(), kind, octets, reason, facts)
        if len(self._head) < HEAD:
            self._head.append(entry)
        else:
            if len(self._tail) == TAIL:
                self.left_out += 1
            self._tail.append(entry)
        if self._pending is not None:
            self._pending.append((self.number, entry))
        if self.on_entry:
            for listener in tuple(self.on_entry):
                listener(self, entry)
