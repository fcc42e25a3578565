"""Changes the accounts file as a careful person would: comments, order and spelling stay.

Used by the command line and the HTTP API; what serves mail reads with `file.py` and never writes.
Each change takes a lock, reads, changes, checks the result as the server would, and puts it in
place of the old file in one step, mode 0600. So two commands at once lose nothing, a change that
would break the file is not made, and a running server never sees half a file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Table

from fakemail.accounts.account import Account, Hold
from fakemail.accounts.address import NotAnAddress, canonical, shown
from fakemail.accounts.codes import SERVICES, Code, Service
from fakemail.accounts.file import AccountsFileError, parse
from fakemail.accounts.roster import Roster

if sys.platform != "win32":
    import fcntl

INTRODUCTION = """\
# The accounts of fakemail: who may log in, and with which codes.
# Edit it by hand, or with `fakemail account` and `fakemail code`; a running server notices.
#
#   [accounts."alice@fakemail.test"]
#   addresses = ["sales@fakemail.test"]    # further addresses, same mailboxes
#   password = "..."                       # never opens anything: mail programs use codes
#   pop3 = false                           # smtp, pop3, imap: true unless switched off
#   suspended = "banned"                   # or "web-login", "policy": the right code is refused
#
#   [[accounts."alice@fakemail.test".codes]]
#   code = "UMJLXEIFUZXKOEXK"
#   label = "laptop"                       # everything from here on may be left out
#   created = 2026-03-01T09:00:00Z
#   expires = 2027-03-01                   # the first moment of that day, UTC
#   revoked = true                         # or since when
#   scopes = ["smtp", "imap"]              # all three unless said
"""


class EditError(ValueError):
    """The change is not possible; the text says why."""


class AccountsFile:
    """The accounts file, open for changes.

    Each change is made twice: in the text, and in what the text should mean. In the end the two
    are compared, because TOML can be written in more ways than one can think of.
    """

    def __init__(self, text: str, roster: Roster) -> None:
        self._document = tomlkit.parse(text if text.endswith("\n") or not text else text + "\n")
        self._default_domain = roster.default_domain
        self.meaning = {account.address: account for account in roster.accounts}
        """What the file should mean after the changes: accounts by address."""

    def add(
        self, address: str, *, further: list[str], password: str, switched_off: list[Service]
    ) -> str:
        """A new account without codes; its canonical address."""
        address = self._canonical(address)
        if address in self.meaning:
            raise EditError(f"there is an account {address} already")
        others = [self._canonical(other) for other in further]
        accounts = self._accounts()
        inline = isinstance(accounts, InlineTable)
        table: Any = tomlkit.inline_table() if inline else tomlkit.table()
        if others:
            table["addresses"] = others
        table["password"] = password
        for service in switched_off:
            table[service] = False
        if inline:
            assert accounts is not None
            accounts[address] = table
        else:
            block = tomlkit.document()
            block["accounts"] = tomlkit.table(is_super_table=True).add(address, table)
            text = self.text()
            gap = "\n" if text and not text.endswith("\n\n") else ""
            self._document = tomlkit.parse(text + gap + block.as_string())
        self.meaning[address] = Account(
            address,
            tuple(dict.fromkeys(other for other in others if other != address)),
            password,
            services=frozenset(SERVICES) - frozenset(switched_off),
        )
        return address

    def remove(self, address: str) -> str:
        """Take an account and its codes out; its canonical address."""
        key, _ = self._account(address)
        accounts = self._accounts()
        assert accounts is not None
        del accounts[key]
        if not accounts:
            del self._document["accounts"]
        name = canonical(key, self._default_domain)
        del self.meaning[name]
        return name

    def issue(self, address: str, code: Code) -> None:
        """Add a code."""
        key, table = self._account(address)
        entries = table.get("codes")
        if any(label == code.label for label, _ in _labelled(entries or [])):
            raise EditError(f"{address} has a code {code.label!r} already; give another label")
        inline = isinstance(entries, Array) or isinstance(table, InlineTable)
        entry: Any = tomlkit.inline_table() if inline else tomlkit.table()
        entry["code"] = code.secret
        entry["label"] = code.label
        if code.created is not None:
            entry["created"] = _moment(code.created)
        if code.expires is not None:
            entry["expires"] = _moment(code.expires)
        if code.scopes != SERVICES:
            entry["scopes"] = list(code.scopes)
        if entries is None:
            table["codes"] = tomlkit.array() if inline else tomlkit.aot()
            entries = table["codes"]
        assert isinstance(entries, AoT | Array)
        entries.append(entry)
        self._means(key, lambda codes: (*codes, code))

    def main_address(self, address: str) -> str:
        """The canonical main address of an account."""
        return canonical(self._account(address)[0], self._default_domain)

    def switch(self, address: str, *, on: set[Service], off: set[Service]) -> frozenset[Service]:
        """Switch protocols on and off; those that are on then."""
        key, table = self._account(address)
        name = canonical(key, self._default_domain)
        for service in SERVICES:
            if service in on | off and table.get(service, True) != (service in on):
                table[service] = service in on
        services = frozenset((self.meaning[name].services - off) | on)
        self.meaning[name] = replace(self.meaning[name], services=services)
        return services

    def suspend(self, address: str, hold: Hold) -> str:
        """Keep the owner out, for this cause; the canonical address."""
        key, table = self._account(address)
        if table.get("suspended") != hold:
            table["suspended"] = hold
        return self._held(key, hold)

    def resume(self, address: str) -> str:
        """Let the owner in again; the canonical address."""
        key, table = self._account(address)
        if table.pop("suspended", None) is None:
            raise EditError(f"{shown(address)} is not suspended")
        return self._held(key, None)

    def _held(self, key: str, hold: Hold | None) -> str:
        name = canonical(key, self._default_domain)
        self.meaning[name] = replace(self.meaning[name], suspended=hold)
        return name

    def next_label(self, address: str) -> str:
        """A label that no code of the account has yet: ``code-2``."""
        _, table = self._account(address)
        taken = {label for label, _ in _labelled(table.get("codes") or [])}
        number = len(taken) + 1
        while f"code-{number}" in taken:
            number += 1
        return f"code-{number}"

    def revoke(self, address: str, label: str, now: float) -> None:
        """Mark a code as revoked; it stays in the file, so that its use is refused as such."""
        key, entry = self._code(address, label)
        if entry.get("revoked"):
            raise EditError(f"code {label!r} of {address} is revoked already")
        entry["revoked"] = _moment(now)
        self._means_of(key, label, revoked=float(int(now)))

    def expire(self, address: str, label: str, moment: float) -> None:
        """From that moment on a code is no longer good."""
        key, entry = self._code(address, label)
        entry["expires"] = _moment(moment)
        self._means_of(key, label, expires=float(int(moment)))

    def _code(self, address: str, label: str) -> tuple[str, Any]:
        """The key of the account, and the table of its code."""
        key, table = self._account(address)
        found = dict(_labelled(table.get("codes") or []))
        if label not in found:
            known = f"it has {', '.join(found)}" if found else "it has none"
            raise EditError(f"{address} has no code {shown(label)!r}; {known}")
        return key, found[label]

    def _means_of(self, key: str, label: str, **change: Any) -> None:
        self._means(
            key,
            lambda codes: tuple(replace(c, **change) if c.label == label else c for c in codes),
        )

    def text(self) -> str:
        """The file as it would be written."""
        return self._document.as_string()

    def _means(self, key: str, change: Callable[[tuple[Code, ...]], tuple[Code, ...]]) -> None:
        address = canonical(key, self._default_domain)
        account = self.meaning[address]
        self.meaning[address] = replace(account, codes=change(account.codes))

    def _accounts(self) -> MutableMapping[str, Any] | None:
        accounts = self._document.get("accounts")
        return accounts if isinstance(accounts, MutableMapping) else None

    def _find(self, address: str) -> tuple[str, Table | InlineTable] | None:
        for key, table in (self._accounts() or {}).items():
            if canonical(key, self._default_domain) == address:
                return key, table
        return None

    def _account(self, address: str) -> tuple[str, Table | InlineTable]:
        found = self._find(self._canonical(address))
        if found is None:
            raise EditError(f"there is no account {shown(address)}")
        return found

    def _canonical(self, address: str) -> str:
        try:
            return canonical(address, self._default_domain)
        except NotAnAddress as error:
            raise EditError(f"{shown(address)!r} is not an address: {error}") from None


@contextmanager
def editing(path: Path, default_domain: str) -> Iterator[AccountsFile]:
    """Change the file inside the block; it is written when the block ends without an error.

    Raises AccountsFileError if the file is broken, before or after, and OSError.
    """
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    path = Path(os.path.realpath(path))  # a link stays a link
    with _locked(path):
        try:
            octets = path.read_bytes()
        except FileNotFoundError:
            octets = INTRODUCTION.encode()
        before = parse(octets, str(path), default_domain)
        try:
            accounts = AccountsFile(octets.decode("utf-8-sig"), before)
            yield accounts
        except TOMLKitError as error:
            raise EditError(f"{path}: {error}") from None
        changed = accounts.text().encode()
        try:
            after = parse(changed, str(path), default_domain)
        except AccountsFileError as error:
            raise EditError(f"the change would break the file: {error}") from None
        if {account.address: account for account in after.accounts} != accounts.meaning:
            raise EditError(
                f"{path} is written in a way in which this change cannot be made without harm;"
                " make it by hand, or put each account's tables together"
            )
        _replace(path, changed)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One writer at a time; the lock file stays, because removing it would race."""
    if sys.platform == "win32":  # two commands at once may lose one of the changes
        yield
        return
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, octets: bytes) -> None:
    """Put `octets` in place of the file in one step, readable by its owner only."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _labelled(entries: Any) -> list[tuple[str, Any]]:
    """The codes of an account with the labels that `file.py` gives them."""
    return [(e.get("label") or f"code-{number}", e) for number, e in enumerate(entries, 1)]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
