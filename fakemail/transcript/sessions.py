"""All sessions of one server: numbered, kept for a while, listened to, written to disk.

A session that goes on is kept whatever it costs (a recorder bounds itself); of those that ended,
the last `keep` stay, as long as they do not exceed `keep_octets` together. Probes of a port, which
health checks make all day, crowd out nothing: a few are kept apart. The journal on disk reaches
further back.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator

from fakemail.clock import Clock
from fakemail.transcript.entry import is_probe
from fakemail.transcript.journal import Journal
from fakemail.transcript.recorder import Ledger, Listener, Recorder
from fakemail.transcript.tally import Tally
from fakemail.wire.engine import Peer

PROBES_KEPT = 50
ENTRY_OVERHEAD = 120
"""Octets that an entry costs besides what it says, roughly."""

log = logging.getLogger(__name__)


class Sessions:
    """The registry; the host opens a recorder here for each connection."""

    def __init__(
        self,
        journal: Journal | None = None,
        *,
        keep: int = 1000,
        keep_octets: int = 64 * 1024 * 1024,
    ) -> None:
        self._journal = journal
        self._next = journal.next_number if journal else 1
        self._keep = keep
        self._keep_octets = keep_octets
        self._live: dict[int, Recorder] = {}
        self._ended: deque[tuple[Recorder, int]] = deque()
        self._ended_octets = 0
        self._probes: deque[Recorder] = deque(maxlen=PROBES_KEPT)
        self._ledger = Ledger(pending=[] if journal else None, ended=self._close)

    def open(self, protocol: str, peer: Peer, clock: Clock, dialect: str = "generic") -> Recorder:
        """The recorder of a new session."""
        recorder = Recorder(self._next, protocol, peer, clock, dialect, self._ledger)
        self._live[self._next] = recorder
        self._next += 1
        return recorder

    def __iter__(self) -> Iterator[Recorder]:
        """All that are kept, by number."""
        kept = {r.number: r for r in self._probes}
        kept |= {r.number: r for r, _ in self._ended} | self._live
        return iter([kept[number] for number in sorted(kept)])

    def get(self, number: int) -> Recorder | None:
        """One session; None when it never was or is kept no longer."""
        return next((r for r in self if r.number == number), None)

    @property
    def tally(self) -> Tally:
        """What all of them did, also those that are kept no longer."""
        return self._ledger.tally

    @property
    def live(self) -> list[Recorder]:
        """Those that go on, oldest first."""
        return list(self._live.values())

    def forget(self) -> int:
        """Keep none of those that have ended; how many that were. Their journal stays."""
        forgotten = len(self._ended) + len(self._probes)
        self._ended.clear()
        self._probes.clear()
        self._ended_octets = 0
        return forgotten

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """`listener(recorder, entry)` for everything that is said from now on, in any session;
        returns "stop"."""
        self._ledger.listeners.append(listener)

        def stop() -> None:
            if listener in self._ledger.listeners:
                self._ledger.listeners.remove(listener)

        return stop

    def flush(self) -> None:
        """Write what was said since the last time; cheap when nothing was.

        The host calls it a few times a second: a kill -9 loses what was said in between. A disk
        that refuses costs transcripts, not sessions: it is logged, and serving goes on.
        """
        if self._journal is None or not self._ledger.pending:
            return
        events = self._ledger.pending.copy()
        self._ledger.pending.clear()
        try:
            self._journal.write(events, self._next, self.live)
        except OSError as error:
            log.warning("%d transcript lines were not written: %s", len(events), error)

    def close(self) -> None:
        """Write the rest and close the journal; the sessions stay readable."""
        self.flush()
        if self._journal:
            self._journal.close()

    def _close(self, recorder: Recorder) -> None:
        self._live.pop(recorder.number, None)
        if is_probe(recorder):
            self._probes.append(recorder)
            return
        octets = sum(len(e.octets) + ENTRY_OVERHEAD for e in recorder.entries)
        self._ended.append((recorder, octets))
        self._ended_octets += octets
        while len(self._ended) > self._keep or self._ended_octets > self._keep_octets:
            _, octets = self._ended.popleft()
            self._ended_octets -= octets
