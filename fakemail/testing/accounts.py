"""Accounts that a test asks for.

The server reads them where it reads all accounts, in its file. In a data folder of our own the
file holds the accounts of the test that runs, and is written anew for each change: it is small.
In somebody else's folder it is changed as `fakemail account` would.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

from fakemail.accounts.account import Hold
from fakemail.accounts.codes import SERVICES, Code, Service
from fakemail.accounts.directory import FILE_NAME
from fakemail.accounts.shapes import Shape
from fakemail.services.files import write_atomically

PASSWORD = Shape("[A-Z][a-z]{7}[0-9]{4}")
"""Of a made-up password: as people choose them, and the code of no provider."""


@lru_cache(maxsize=256)
def shape_at(domain: str, dialect: str) -> Shape:
    """How codes look in a domain: as its provider makes them, or, where it is nobody's, as the
    server that speaks this dialect does."""
    from fakemail.config import dialect_named
    from fakemail.dialects.code_shape import shape_of
    from fakemail.dialects.find import by_domain
    from fakemail.dialects.load import load

    spoken = load(dialect_named(dialect))
    owner = None if domain in spoken.domains else by_domain(domain)
    return shape_of(load(owner) if owner else spoken) or Shape()


@dataclass(frozen=True, slots=True)
class Account:
    """An address that logs in, and what with."""

    address: str
    code: str = field(repr=False)
    """The authorization code: what mail programs log in with."""

    password: str = field(repr=False)
    """What opens the provider's web page, and nothing here: for testing that mistake."""

    addresses: tuple[str, ...] = ()
    """Further addresses of the same mailboxes."""

    services: tuple[Service, ...] = SERVICES
    suspended: Hold | None = None
    """Why it is kept out, although the code is right."""


class AccountBook:
    """The accounts of one server that tests have made."""

    def __init__(self, folder: Path, default_domain: str, *, ours: bool) -> None:
        self._file = folder / FILE_NAME
        self.default_domain = default_domain
        self._ours = ours
        self._written: tuple[int, int, int] | None = None
        self._lock = Lock()  # tests may run in threads
        self._listed: dict[str, tuple[Account, Code]] = {}

    def add(self, account: Account, code: Code) -> None:
        """From now on it logs in; raises ValueError where there is one of this address."""
        with self._lock:
            if account.address in self._listed:
                raise ValueError(f"there is an account {account.address} already")
            if self._is_ours():
                self._listed[account.address] = account, code
                self._write()
                return
            from fakemail.accounts.edit import editing

            off = [service for service in SERVICES if service not in account.services]
            with editing(self._file, self.default_domain) as file:
                file.add(
                    account.address,
                    further=list(account.addresses),
                    password=account.password,
                    switched_off=off,
                )
                file.issue(account.address, code)
                if account.suspended is not None:
                    file.suspend(account.address, account.suspended)
            self._listed[account.address] = account, code

    def hold(self, account: Account) -> None:
        """An account that is there is suspended, or no longer, as this one says."""
        with self._lock:
            before, code = self._listed[account.address]
            self._listed[account.address] = account, code
            if self._is_ours():
                self._write()
                return
            from fakemail.accounts.edit import editing

            with editing(self._file, self.default_domain) as file:
                if account.suspended is not None:
                    file.suspend(account.address, account.suspended)
                elif before.suspended is not None:
                    file.resume(account.address)

    def remove(self, addresses: Sequence[str]) -> None:
        """They are no accounts any more."""
        with self._lock:
            for address in addresses:
                self._listed.pop(address, None)
            if self._is_ours():
                self._write()
                return
            from fakemail.accounts.edit import editing

            with editing(self._file, self.default_domain) as file:
                for address in addresses:
                    if address in file.meaning:
                        file.remove(address)

    def _is_ours(self) -> bool:
        """Whether nobody else has written there: the HTTP API has accounts to give, too."""
        self._ours = self._ours and self._state() == self._written
        return self._ours

    def _write(self) -> None:
        tables = [_table(account, code) for account, code in self._listed.values()]
        write_atomically(self._file, "\n".join(tables).encode(), 0o600)
        self._written = self._state()

    def _state(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def _table(account: Account, code: Code) -> str:
    lines = [
        f"[accounts.{_text(account.address)}]",
        f"addresses = [{', '.join(map(_text, account.addresses))}]",
        f"password = {_text(account.password)}",
        *([f"suspended = {_text(account.suspended)}"] if account.suspended else []),
        *(f"{service} = false" for service in SERVICES if service not in account.services),
        f"[[accounts.{_text(account.address)}.codes]]",
        f"code = {_text(code.secret)}",
        f"label = {_text(code.label)}",
        f"scopes = [{', '.join(map(_text, code.scopes))}]",
        *([f"expires = {_moment(code.expires)}"] if code.expires is not None else []),
        *(["revoked = true"] if code.revoked is not None else []),
    ]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """A TOML string: JSON's, which escapes all that TOML wants escaped but DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _moment(seconds: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat()
