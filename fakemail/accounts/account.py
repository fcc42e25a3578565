"""What an account is: addresses, a password that opens nothing here, codes, and switches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from fakemail.accounts.codes import SERVICES, Code, Service

Hold: TypeAlias = Literal["banned", "web-login", "policy"]
"""Why a provider keeps the owner out for a while, although the code is right: the account is
suspended; the provider wants a login in a browser first; the organization does not allow it."""

HOLDS: tuple[Hold, ...] = get_args(Hold)


@dataclass(frozen=True, slots=True)
class Account:
    """One account, as the accounts file has it; addresses are canonical."""

    address: str
    """The main address: names the mailboxes in the store."""

    further: tuple[str, ...] = ()
    """More addresses whose mail arrives in the same place."""

    password: str = field(default="", repr=False)
    """What its owner types into a web page. Mail programs that send it are told to use a code."""

    codes: tuple[Code, ...] = ()
    services: frozenset[Service] = frozenset(SERVICES)
    """The protocols that are switched on."""

    suspended: Hold | None = None
    """Why nobody gets in at the moment, if so."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """All of them, the main one first."""
        return (self.address, *self.further)


@dataclass(frozen=True, slots=True)
class Login:
    """Who has logged in."""

    address: str
    """Canonical main address: what the store calls this account."""

    label: str
    """Of the code that was used."""

    listed: bool
    """Whether the account stands in the accounts file."""

    suspended: Hold | None = None
    """Why the account is held up, although the secret was right; the desk decides about it."""
