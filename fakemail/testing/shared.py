"""A server that tests share: where it is, and what may be asked of it, wherever it runs.

`LocalServer` runs it in a thread of this process, `ProcessServer` in a process of its own.
"""

from __future__ import annotations

import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from secrets import randbelow
from types import TracebackType
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeVar

from fakemail.services.ports import HTTP, LISTENERS
from fakemail.services.ready import Ready
from fakemail.testing.accounts import AccountBook
from fakemail.testing.arrivals import Waiter
from fakemail.testing.endpoint import Endpoint
from fakemail.testing.inside import DOMAIN, Inside, Scope
from fakemail.testing.session import Session

if TYPE_CHECKING:
    from fakemail.testing.mail import Mail

P = ParamSpec("P")
T = TypeVar("T")


class SharedServer(ABC):
    """``with LocalServer(dialect="qq") as server: server.ports["imap"]``."""

    accounts: AccountBook
    ready: Ready
    """Ports, data folder, CA file, process."""

    def __init__(self, data: str | Path | None = None, **settings: object) -> None:
        self._data = data
        self._given = settings
        # In a folder that is not ours, nothing may meet what earlier runs have left there.
        self._numbers = count(1 if data is None else 1 + randbelow(10**9))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        where = f"{self.host}, {len(self.ports)} ports" if self.runs else "not running"
        return f"<{type(self).__name__} {where}>"

    # How it runs

    @property
    @abstractmethod
    def runs(self) -> bool:
        """Between `start` and `stop`."""

    @abstractmethod
    def start(self) -> Self:
        """All ports are open when this returns; if it raises, nothing runs."""

    @abstractmethod
    def stop(self) -> None:
        """What was accepted is safe, all ports are closed, and a folder of our own is removed."""

    @abstractmethod
    def visit(
        self, what: Callable[Concatenate[Inside, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What a method of `Inside` returns, called in the server's thread."""

    @abstractmethod
    def wait(self, key: int, waiter: Waiter, accounts: Sequence[str]) -> None:
        """Offer the waiter what is there and what arrives, until it is satisfied or leaves."""

    @abstractmethod
    def leave(self, key: int, waiter: Waiter) -> None:
        """It waits no more."""

    def end(self, key: int, scope: Scope) -> None:
        """A test is over, and so are its waits."""
        self.visit(Inside.end, key, scope)

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

    def owner(self, address: str) -> str:
        """The account that has this address; the address itself where it is nobody's."""
        return self.visit(Inside.owner, address)

    def now(self) -> float:
        """The server's time, in seconds since 1970-01-01 UTC."""
        return self.visit(Inside.now)

    def sessions(self, since: float = 0.0) -> list[Session]:
        """Those in which something was said since then, by number."""
        return self.visit(Inside.sessions, since)

    @contextmanager
    def mail(self) -> Iterator[Mail]:
        """All that comes to this server from now on, and an account ``test@fakemail.test``.

        In a data folder that was given, the account is on a domain of its own; the mail stays.
        """
        from fakemail.testing.mail import Mail

        with Mail(self, DOMAIN if self._data is None else self._new_domain(), Scope()) as mail:
            yield mail

    @contextmanager
    def fresh_mail(self) -> Iterator[Mail]:
        """The same for one test among others: an account on a domain of its own.

        Mail to other addresses belongs to the test in which it came; those are empty afterwards.
        """
        from fakemail.testing.mail import Mail

        domain = self._new_domain()
        with Mail(self, domain, Scope(domain)) as mail:
            yield mail

    def _new_domain(self) -> str:
        return f"t{next(self._numbers)}.{DOMAIN}"
