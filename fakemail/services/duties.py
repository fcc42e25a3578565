"""What a server does besides answering: watching the store's folders, writing transcripts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from fakemail.postoffice import PostOffice

FLUSH_EVERY = 0.2
FLUSH_SOON = 0.02
POLL_EVERY = 0.5
SETTLE_EVERY = 2.0

log = logging.getLogger("fakemail")


class Duties:
    """Timers and watches of one server; a duty that fails is logged and goes on."""

    def __init__(self, post_office: PostOffice, loop: asyncio.AbstractEventLoop) -> None:
        self._post_office = post_office
        self._loop = loop
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._watched: int | None = None

    def start(self) -> None:
        """From now on."""
        store = self._post_office.store
        self._every("flush", FLUSH_EVERY, self._post_office.sessions.flush)
        # The watcher may be missing, or be refused single folders: poll looks at what it misses.
        self._every("poll", POLL_EVERY, store.poll)
        self._every("settle", SETTLE_EVERY, store.settle)
        if store.watcher is not None:
            self._watched = store.watcher.fileno()
            self._loop.add_reader(self._watched, _safely(store.watcher.ready))

    def stop(self) -> None:
        """No more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._watched is not None:
            self._loop.remove_reader(self._watched)
            self._watched = None

    def session_ended(self) -> None:
        """Write its transcript soon: somebody is about to ask for it."""
        if "soon" not in self._timers:
            self._timers["soon"] = self._loop.call_later(FLUSH_SOON, self._flush_soon)

    def _flush_soon(self) -> None:
        self._timers.pop("soon", None)
        _safely(self._post_office.sessions.flush)()

    def _every(self, name: str, seconds: float, duty: Callable[[], None]) -> None:
        safe = _safely(duty)

        def run() -> None:
            safe()
            self._timers[name] = self._loop.call_later(seconds, run)

        self._timers[name] = self._loop.call_later(seconds, run)


def _safely(duty: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            duty()
        except Exception:
            log.exception("a periodic duty failed")

    return run
