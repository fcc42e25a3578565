"""A server in this process, for as long as a test or a test run needs it.

It has a thread and a loop of its own, ports of its own and, unless it is given one, a data folder
that goes with it. It neither sees nor disturbs the loop, reactor or signals of the program that is
tested.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Concatenate, ParamSpec, TypeVar

from fakemail.config import Settings, load
from fakemail.services.private import PrivateServer
from fakemail.testing.accounts import AccountBook
from fakemail.testing.arrivals import Waiter
from fakemail.testing.inside import Inside
from fakemail.testing.shared import SharedServer

P = ParamSpec("P")
T = TypeVar("T")


def settings_of(given: Mapping[str, object], data: str) -> Settings:
    """The settings of a server for tests, by the names of the command line's flags.

    ``rules`` is another name for ``rule``. Neither the environment nor ``fakemail.toml`` of another
    folder counts. Raises SettingsError.
    """
    flags: dict[str, object] = {"ports": "ephemeral"}
    for name, value in given.items():
        key = {"rules": "rule"}.get(name, name).replace("_", "-")
        flags[key] = tuple(value) if isinstance(value, list | tuple) else value
    known = {field.replace("_", "-") for field in Settings.__struct_fields__}
    if unknown := flags.keys() - known:
        names = ", ".join(sorted(known | {"rules"}))
        raise TypeError(f"fakemail has no setting {', '.join(sorted(unknown))}; it has {names}")
    return load(flags | {"data": data}, {}, flag="setting ")


class LocalServer(SharedServer):
    """In a thread of this process."""

    inside: Inside

    def __init__(self, data: str | Path | None = None, **settings: object) -> None:
        super().__init__(data, **settings)
        self._own_folder = ""
        self._private: PrivateServer | None = None
        self._thread = 0

    @property
    def runs(self) -> bool:
        return self._private is not None

    def start(self) -> LocalServer:
        if self._private is not None:
            raise RuntimeError("the server runs already")
        folder = str(self._data) if self._data is not None else ""
        if not folder:
            # No TemporaryDirectory: it would be removed when a forked child of the test ends.
            folder = self._own_folder = mkdtemp(prefix="fakemail-")
        try:
            private = PrivateServer(settings_of(self._given, folder))
            self.ready = private.start()
        except BaseException:
            self._remove_folder()
            raise
        self._private = private
        self._thread = private.call(threading.get_ident)
        self.inside = Inside(private.server.post_office, private.server.clock)
        settings = private.settings
        ours = self._data is None
        self.accounts = AccountBook(settings.folder, settings.default_domain, ours=ours)
        return self

    def stop(self) -> None:
        if self._private is not None:
            try:
                self._private.stop()
            finally:
                self._private = None
                self._remove_folder()

    def visit(
        self, what: Callable[Concatenate[Inside, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        private = self._private
        if private is None:
            raise RuntimeError("the fakemail server is not running")
        if threading.get_ident() == self._thread:  # a condition that looks at the mail itself
            return what(self.inside, *args, **kwargs)
        return private.call(lambda: what(self.inside, *args, **kwargs))

    def wait(self, key: int, waiter: Waiter, accounts: Sequence[str]) -> None:
        self.visit(Inside.wait, key, waiter, accounts)

    def leave(self, key: int, waiter: Waiter) -> None:
        self.visit(Inside.leave, key, waiter)

    def _remove_folder(self) -> None:
        if self._own_folder:
            rmtree(self._own_folder, ignore_errors=True)
            self._own_folder = ""
