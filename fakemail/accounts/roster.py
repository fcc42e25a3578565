"""All accounts of one reading of the file, and how an address finds its account.

The rules, for recipients and user names alike:

1. An address in the file belongs to its account; letter case does not matter.
2. ``alice+tag@x`` belongs to the account that has ``alice@x``, unless it is listed itself. Only
   for listed accounts: where anybody may have an address, every address is a mailbox of its own, so
   that tests that use tags to keep apart stay apart.
3. A bare ``alice`` means ``alice@`` the default domain if that is listed, else the one listed
   address with this local part, else ``alice@`` the default domain after all. Where several
   other domains have an ``alice``, a user name must say which; a recipient is then ``alice@`` the
   default domain.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from fakemail.accounts.account import Account
from fakemail.accounts.address import NotAnAddress, canonical, without_tag


class Ambiguous(NotAnAddress):
    """A bare local part that several accounts have."""


class Roster:
    """An immutable index over accounts; raises ValueError when two claim one address."""

    def __init__(self, accounts: Iterable[Account], default_domain: str) -> None:
        self.accounts = tuple(accounts)
        self.default_domain = default_domain
        self._second_domain: str | None = None
        self._by_address: dict[str, Account] = {}
        self._by_local_part: dict[str, set[str]] = {}
        for account in self.accounts:
            for address in account.addresses:
                other = self._by_address.setdefault(address, account)
                if other is not account:
                    raise ValueError(
                        f"{address} belongs to both {other.address} and {account.address}"
                    )
                local = address.rpartition("@")[0]
                self._by_local_part.setdefault(local, set()).add(account.address)
        secrets = {code.secret for account in self.accounts for code in account.codes}
        secrets |= {account.password for account in self.accounts if account.password}
        secrets |= {secret.replace(" ", "") for secret in secrets}
        self._secrets = secrets - self._by_address.keys() - self._by_local_part.keys()

    def is_secret(self, user_name: str) -> bool:
        """Whether a code or a password stands where a user name should: it must not be shown."""
        return user_name in self._secrets or user_name.replace(" ", "") in self._secrets

    def owner(self, address: str) -> Account | None:
        """The account that a canonical address belongs to."""
        account = self._by_address.get(address)
        if account is None and "+" in address:
            account = self._by_address.get(without_tag(address))
        return account

    def seen_from(self, domain: str) -> Roster:
        """The same accounts, to those who mean `domain` where they say none.

        Who is at one provider does not mean his account at another: of rule 3 remains that a name
        that is not listed there may be one of our own default domain.
        """
        other = copy(self)
        other.default_domain = domain
        other._second_domain = self.default_domain
        return other

    def resolve(self, text: str) -> tuple[str, Account | None]:
        """The mailbox address that a user name or recipient means, and its account if listed.

        Raises NotAnAddress, and Ambiguous for a bare local part by rule 3.
        """
        address = canonical(text, self.default_domain)
        account = self.owner(address)
        if account is None and "@" not in text and self._second_domain is not None:
            account = self.owner(canonical(text, self._second_domain))
        elif account is None and "@" not in text:
            local = address.rpartition("@")[0]
            owners = self._by_local_part.get(local) or self._by_local_part.get(
                local.partition("+")[0], set()
            )
            if len(owners) > 1:
                raise Ambiguous(f"which one: {', '.join(sorted(owners))}?")
            for owner in owners:
                account = self._by_address[owner]
        return (account.address if account else address), account
