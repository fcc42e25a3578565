"""The servers of a test run: one for each set of settings that a test asks for, kept to its end."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING

from fakemail.testing.run import started

if TYPE_CHECKING:
    from fakemail.testing.shared import SharedServer


class Pool:
    """A start costs a few milliseconds, but for the first; none is stopped before the end."""

    def __init__(self, *, process: bool = False) -> None:
        """`process`: in processes of their own, unless the settings say otherwise."""
        self._process = process
        self._servers: dict[str, SharedServer] = {}
        self._lock = Lock()  # tests may run in threads

    def server(self, settings: Mapping[str, object]) -> SharedServer:
        """The server with these settings; started if there is none yet."""
        settings = {"process": self._process, **settings}
        key = repr(sorted(settings.items()))
        with self._lock:
            if key not in self._servers:
                self._servers[key] = started(**settings)  # type: ignore[arg-type]
            return self._servers[key]

    def report(self, since: float) -> str:
        """What was said since then, for people; empty where nothing was.

        Raises nothing: whatever is wrong with a server, the test's own failure is to be seen.
        """
        from fakemail.testing.session import report

        try:
            sessions = [s for server in self._servers.values() for s in server.sessions(since)]
            return report(sorted(sessions, key=lambda session: session.began))
        except Exception as error:
            return f"What was said cannot be shown: {type(error).__name__}: {error}"

    def stop(self) -> None:
        """All of them."""
        while self._servers:
            self._servers.popitem()[1].stop()
