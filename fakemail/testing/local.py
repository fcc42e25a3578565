"""A server in this process, for as long as a test or a test run needs it.

It has a thread and a loop of its own, ports of its own and, unless it is given one, a data folder
that goes with it. It neither sees nor disturbs the loop, reactor or signals of the program that is
tested.
"""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from secrets import randbelow
from shutil import rmtree
from tempfile import mkdtemp
from types import TracebackType
from typing import TypeVar

from fakemail.config import Settings, load
from fakemail.postoffice import PostOffice
from fakemail.reasons.reason import Refusal
from fakemail.services.ports import HTTP, LISTENERS
from fakemail.services.private import PrivateServer
from fakemail.services.ready import Ready
from fakemail.testing.accounts import AccountBook
from fakemail.testing.endpoint import Endpoint
from fakemail.testing.mail import Mail
from fakemail.testing.session import Session, copy, spoke_since

T = TypeVar("T")

DOMAIN = "fakemail.test"
_OF_A_TEST = re.compile(r"t\d+\.fakemail\.test")


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
    return load(flags | {"data": data}, {})


class LocalServer:
    """``with LocalServer(dialect="qq") as server: server.ports["imap"]``."""

    def __init__(self, data: str | Path | None = None, **settings: object) -> None:
        self._given = settings
        self._data = data
        self._own_folder = ""
        self._private: PrivateServer | None = None
        self._thread = 0
        # In a folder that is not ours, nothing may meet what earlier runs have left there.
        self._numbers = count(1 if data is None else 1 + randbelow(10**9))
        self.accounts: AccountBook
        self.ready: Ready
        """Ports, data folder, CA file, process."""

    def start(self) -> LocalServer:
        """All ports are open when this returns; if it raises, nothing runs."""
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
        settings = private.settings
        ours = self._data is None
        self.accounts = AccountBook(settings.folder, settings.default_domain, ours=ours)
        return self

    def stop(self) -> None:
        """What was accepted is safe, all ports are closed, and a folder of our own is removed."""
        if self._private is not None:
            try:
                self._private.stop()
            finally:
                self._private = None
                self._remove_folder()

    def __enter__(self) -> LocalServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        where = f"{self.host}, {len(self.ports)} ports" if self._private else "not running"
        return f"<LocalServer {where}>"

    # Where it is

    @property
    def host(self) -> str:
        """``127.0.0.1``."""
        return self.ready.host

    @property
    def ports(self) -> dict[str, int]:
        """Listener name (``smtp submission submissions smtp-alt pop3 …``) to number."""
        return self.ready.ports

    @cached_property
    def endpoints(self) -> dict[str, Endpoint]:
        """The same with all that belongs to it."""
        return {
            each.name: Endpoint(each.name, self.host, self.ports[each.name], each.scheme)
            for each in (*LISTENERS, HTTP)
        }

    @property
    def ca_file(self) -> str:
        """What clients have to trust (PEM)."""
        return self.ready.ca_file

    def ssl_context(self) -> ssl.SSLContext:
        """For clients: trusts this server's CA and nothing else."""
        return ssl.create_default_context(cafile=self.ca_file)

    # What it has

    def call(self, function: Callable[[PostOffice], T]) -> T:
        """What `function` returns, called in the server's thread, where store and sessions live."""
        private = self._private
        if private is None:
            raise RuntimeError("the fakemail server is not running")
        office = private.server.post_office
        if threading.get_ident() == self._thread:  # a condition that looks at the mail itself
            return function(office)
        return private.call(lambda: function(office))

    def owner(self, address: str) -> str:
        """The account that has this address; the address itself where it is nobody's."""
        try:
            return self.call(lambda office: office.directory.recipient(address))
        except Refusal:
            return address

    def now(self) -> float:
        """The server's time, in seconds since 1970-01-01 UTC."""
        assert self._private is not None
        return self._private.server.clock.time()

    def sessions(self, since: float = 0.0) -> list[Session]:
        """Those in which something was said since then, by number."""
        return self.call(lambda office: [copy(s) for s in office.sessions if spoke_since(s, since)])

    @contextmanager
    def mail(self) -> Iterator[Mail]:
        """All that comes to this server from now on, and an account ``test@fakemail.test``.

        In a data folder that was given, the account is on a domain of its own; the mail stays.
        """
        domain = DOMAIN if self._data is None else self._new_domain()
        with Mail(self, domain, lambda _: True, lambda _: True) as mail:
            yield mail

    @contextmanager
    def fresh_mail(self) -> Iterator[Mail]:
        """The same for one test among others: an account on a domain of its own.

        Mail to other addresses belongs to the test in which it came; those are empty afterwards.
        """
        domain = self._new_domain()

        def is_of_a_test(address: str) -> bool:
            return _OF_A_TEST.fullmatch(address.rpartition("@")[2]) is not None

        def belongs(address: str) -> bool:
            return address.endswith(f"@{domain}") or not is_of_a_test(address)

        with Mail(self, domain, belongs, is_of_a_test) as mail:
            yield mail

    def _new_domain(self) -> str:
        return f"t{next(self._numbers)}.{DOMAIN}"

    def _remove_folder(self) -> None:
        if self._own_folder:
            rmtree(self._own_folder, ignore_errors=True)
            self._own_folder = ""


@contextmanager
def run(
    data: str | Path | None = None,
    *,
    rules: Iterable[str] = (),
    **settings: object,
) -> Iterator[Mail]:
    """A server for the block: ``with fakemail.run(dialect="qq", accounts="listed") as mail:``.

    `settings` are the settings of ``fakemail serve``; the ports are any free ones unless
    ``ports=`` says otherwise, the data folder is a temporary one unless it is given. Raises
    SettingsError, TypeError for a setting that does not exist, and what the server raises.
    """
    if rules:
        settings["rules"] = tuple(rules)
    with LocalServer(data, **settings) as server, server.mail() as mail:
        yield mail
