"""A server inside the calling process, on a loop of its own in a thread.

For tests: start in milliseconds, ask for its ports, stop, start another. Touches neither Twisted's
global reactor nor the caller's event loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, TypeVar

from fakemail.clock import Clock
from fakemail.config import Settings
from fakemail.services.loop import new_loop
from fakemail.services.ready import Ready
from fakemail.services.server import Server

T = TypeVar("T")


class PrivateServer:
    """``with PrivateServer(settings) as server: server.ready.ports["imap"]``."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.ready: Ready
        self.server: Server
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread | None = None

    def start(self) -> Ready:
        """All ports are open when this returns.

        Raises what `Server.prepare` raises; then nothing runs.
        """
        if self._thread is not None:
            raise RuntimeError("the server runs already")
        self.server = Server(self.settings, self._clock)
        self.server.prepare()
        self._loop = new_loop(self.settings.uvloop)
        self._thread = threading.Thread(target=self._serve, name="fakemail", daemon=True)
        self._thread.start()
        try:
            self.ready = self._run(self.server.start())
        except BaseException:
            self.stop()
            raise
        return self.ready

    def stop(self) -> None:
        """Drain and stop; `start` may follow."""
        if self._thread is None:
            return
        try:
            self._run(self.server.stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._thread = None
            self._loop.close()

    def call(self, function: Callable[[], T]) -> T:
        """What `function` returns, called in the server's thread.

        The store and the sessions belong to that thread; nobody else may touch them.
        """
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(function())
            except BaseException as error:
                future.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return future.result(timeout=30)

    def __enter__(self) -> PrivateServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            asyncio.set_event_loop(None)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)
