"""The one object that decides who logs in and who receives mail.

It reads the accounts file and reads it again whenever the file has changed, which it notices by
one `stat` for each question: nothing has to be told to reload. A file that does not exist has no
accounts. A file that has become unreadable while the server runs changes nothing: the last good
reading stays in force, and the fault is reported once (and stands in `problem` until it is gone).

`open`, the default, is for people who want to test now: every address is a mailbox, and somebody
who is not listed logs in with any code that is not empty. `listed` is for testing what a real
server does with strangers.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from hmac import compare_digest
from pathlib import Path
from typing import Literal, TypeAlias

from fakemail.accounts.account import Login
from fakemail.accounts.address import NotAnAddress, canonical, shown
from fakemail.accounts.check import check
from fakemail.accounts.codes import Service
from fakemail.accounts.file import AccountsFileError, parse
from fakemail.accounts.roster import Ambiguous, Roster
from fakemail.clock import Clock
from fakemail.reasons.auth import (
    AUTHORIZATION_REFUSED,
    EMPTY_IDENTITY,
    EMPTY_SECRET,
    NO_SUCH_ACCOUNT,
    NO_SUCH_USER,
)
from fakemail.reasons.reason import Refusal

__all__ = ["DEFAULT_DOMAIN", "FILE_NAME", "Directory", "Login", "Mode", "Service"]

Mode: TypeAlias = Literal["open", "listed"]

DEFAULT_DOMAIN = "fakemail.test"
FILE_NAME = "accounts.toml"

SETTLED = 0.1
"""Seconds after which a change of a file surely changes its time stamp."""

log = logging.getLogger("fakemail")


class Directory:
    """The accounts, as they stand in the file at this moment.

    Raises AccountsFileError when it is made over a file that cannot be used.
    """

    def __init__(
        self,
        file: Path | None,
        clock: Clock,
        *,
        mode: Mode = "open",
        default_domain: str = DEFAULT_DOMAIN,
        on_problem: Callable[[str], None] = log.warning,
    ) -> None:
        self.mode: Mode = mode
        self.default_domain = default_domain.lower()
        self.problem: str | None = None
        """Why the file as it is now is not in force; None when it is."""
        self._file = file
        self._path = "" if file is None else str(file)
        self._clock = clock
        self._on_problem = on_problem
        self._seen: tuple[int, int, int] | None = None
        self._settled = True
        self._roster = self._read() if file is not None else Roster((), self.default_domain)

    def log_in(
        self,
        identity: str,
        secret: str,
        service: Service,
        authorize_as: str = "",
        *,
        password_opens: bool = False,
    ) -> Login:
        """Who this is, or Refusal(auth.*); the time taken tells no secret.

        `authorize_as` is SASL's authorization identity: accepted when it is an address of the
        same account. `password_opens`: the account's password logs in, as it does at some
        providers.
        """
        if not identity:
            raise Refusal(EMPTY_IDENTITY)
        name = self.shown(identity)
        if not secret:
            raise Refusal(EMPTY_SECRET, identity=name, detail=name)
        roster = self._current()
        if roster.is_secret(identity):
            detail = "A code or a password stands where the user name belongs."
            raise Refusal(NO_SUCH_ACCOUNT, identity=name, detail=detail)
        try:
            address, account = roster.resolve(identity)
        except NotAnAddress as error:
            raise Refusal(NO_SUCH_ACCOUNT, identity=name, detail=f"{name}: {error}") from None
        if account is None and self.mode == "open":
            if not secret.strip(" "):
                raise Refusal(EMPTY_SECRET, identity=name, detail=name)
            login = Login(address, "any code", listed=False)
        else:
            now = self._clock.time()
            label = check(account, name, secret, service, now, password_opens=password_opens)
            held = account.suspended if account is not None else None
            login = Login(address, label, listed=True, suspended=held)
        if authorize_as and not self._same_mailbox(roster, address, authorize_as):
            raise Refusal(
                AUTHORIZATION_REFUSED,
                identity=name,
                detail=f"{login.address} wanted to act as {shown(authorize_as)}",
            )
        return login

    def means(self, user_name: str) -> str:
        """The address that a user name means, listed or not; empty where it means none, or is
        somebody's secret."""
        roster = self._current()
        try:
            return "" if roster.is_secret(user_name) else roster.resolve(user_name)[0]
        except NotAnAddress:
            return ""

    def is_secret(self, user_name: str) -> bool:
        """Whether somebody's code or password was given for a user name: nobody may see it."""
        return self._current().is_secret(user_name)

    def shown(self, user_name: str) -> str:
        """A user name as it may stand in a transcript."""
        return "********" if self.is_secret(user_name) else shown(user_name)

    def recipient(self, address: str) -> str:
        """The canonical address of the mailbox that receives mail for `address`.

        Raises Refusal(smtp.no-such-user). ``postmaster`` always receives (RFC 5321 §4.5.1).
        """
        try:
            mailbox, account = self._current().resolve(address)
        except Ambiguous:
            mailbox, account = canonical(address, self.default_domain), None
        except NotAnAddress as error:
            name = shown(address)
            raise Refusal(NO_SUCH_USER, recipient=name, detail=f"{name}: {error}") from None
        if account is None and self.mode == "listed" and not self._is_postmaster(mailbox):
            name = shown(address)
            raise Refusal(NO_SUCH_USER, recipient=name, detail=f"no account has {name}")
        return mailbox

    def owner_may_send(self, login: Login, reverse_path: str) -> bool:
        """Whether mail of this login may carry this reverse path: the null one or one of its own
        addresses."""
        return not reverse_path or self._same_mailbox(self._current(), login.address, reverse_path)

    def addresses(self) -> list[str]:
        """The main addresses of the accounts in the file, in its order."""
        return [account.address for account in self._current().accounts]

    def roster(self) -> Roster:
        """All accounts as they stand in the file now."""
        return self._current()

    def _same_mailbox(self, roster: Roster, address: str, text: str) -> bool:
        try:
            other, _ = roster.resolve(text)
        except NotAnAddress:
            return False
        return compare_digest(other.encode(), address.encode())

    def _is_postmaster(self, address: str) -> bool:
        return address == canonical("postmaster", self.default_domain)

    # the file

    def _current(self) -> Roster:
        """The accounts, read again if the file has changed."""
        if self._file is not None and (not self._settled or _signature(self._path) != self._seen):
            try:
                self._roster = self._read()
            except AccountsFileError as error:
                text = f"{error} -- the accounts as last read stay in force"
                if text != self.problem:
                    self.problem = text
                    self._on_problem(text)
            else:
                self.problem = None
        return self._roster

    def _read(self) -> Roster:
        assert self._file is not None
        self._seen = _signature(self._path)
        self._settled = self._seen is None or (self._clock.time() - self._seen[0] / 1e9 > SETTLED)
        try:
            octets = self._file.read_bytes()
        except FileNotFoundError:
            octets = b""
        except OSError as error:
            raise AccountsFileError(f"{self._file}: {error.strerror}") from None
        return parse(octets, str(self._file), self.default_domain)


def _signature(path: str) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
