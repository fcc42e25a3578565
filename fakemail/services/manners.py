"""Which dialect a session gets. The first of these that says anything decides:

1. **The loopback address** that the client connected to, where it is a provider's (`--provider`).
   Nobody comes there by accident: a line of the hosts file led the way.
2. **The listener** (`--listener-dialect imaps=163`): said by a person about this very port.
3. **The TLS server name** (RFC 6066 §3): a client that asks for ``smtp.163.com`` means 163. With
   implicit TLS it is known before the greeting; after STARTTLS it counts from then on.
4. **`--dialect`**, and without it fakemail's own words.

A name that belongs to nobody decides nothing. A name of the dialect that the session has already
changes nothing: with ``--dialect qq@2017``, ``smtp.qq.com`` stays in 2017. Rules that were set by
hand (`--rule`) stand on top of every dialect.

With the dialect comes who the server is: it calls itself by the provider's host name, and a user
name without a domain belongs to the provider's, both unless `--host-name` or `--default-domain`
says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakemail.config import Settings, SettingsError
from fakemail.dialects.dialect import GENERIC, Dialect
from fakemail.dialects.rules import by_hand
from fakemail.services.ports import LISTENERS, Listener
from fakemail.wire.engine import Peer

if TYPE_CHECKING:
    from fakemail.services.providers import Provider

_USUAL = Settings()
_LISTENERS = {listener.name: listener for listener in LISTENERS}


@dataclass(frozen=True, slots=True)
class Manner:
    """How one session is spoken with, and as whom."""

    dialect: Dialect
    host_name: str
    domain: str
    """Of a user name without one; empty: the server's default."""


class Manners:
    """The choice, prepared once for all sessions; raises SettingsError.

    Where nobody asked for a dialect, nothing of theirs is imported or read.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rules = [by_hand(setting) for setting in settings.rule]
        self._default = self._dialect(settings.dialect)
        self._own_hosts = _hosts_of(self._default)
        pairs = (setting.partition("=") for setting in settings.listener_dialect)
        self._by_listener = {listener: self._dialect(name) for listener, _, name in pairs}
        self._by_name: dict[str, Dialect] = {}
        by_address: dict[str, Dialect] = {}
        self.providers: tuple[Provider, ...] = ()
        if settings.provider:
            self.providers = _impersonated(settings.provider)
            for provider in self.providers:
                dialect = provider.dialect.with_rules(self._rules)
                by_address[provider.address] = dialect
                self._by_name |= dict.fromkeys(provider.hosts, dialect)
        self.addresses = tuple(by_address)
        """Loopback addresses of the providers."""
        self.names = (*self._by_name, *by_address)
        """Host names and addresses of the providers: what the certificate has to name."""
        self._usual = {
            listener.name: self._manner(
                self._by_listener.get(listener.name, self._default), listener
            )
            for listener in LISTENERS
        }
        self._at_address = {
            (address, listener.name): self._manner(dialect, listener)
            for address, dialect in by_address.items()
            for listener in LISTENERS
        }

    def at_first(self, peer: Peer) -> Manner:
        """What is known when a client connects."""
        return self._at_address.get((peer.local_host, peer.listener)) or self._usual[peer.listener]

    def by_server_name(self, name: str | None, peer: Peer) -> Manner | None:
        """What a TLS server name changes about it; None for nothing."""
        if not name or peer.local_host in self.addresses or peer.listener in self._by_listener:
            return None
        name = name.lower().removesuffix(".")
        dialect = self._of_host(name)
        return self._manner(dialect, _LISTENERS[peer.listener], name) if dialect else None

    def any_has(self, rule: str) -> bool:
        """Whether a session may begin in a dialect that has this rule."""
        manners = (*self._usual.values(), *self._at_address.values())
        return any(manner.dialect.has(rule) for manner in manners)

    def listen_on(self, addresses: tuple[str, ...]) -> tuple[str, ...]:
        """`addresses` and those of the providers; where a wildcard takes them all, it alone."""
        return addresses if "0.0.0.0" in addresses else (*addresses, *self.addresses)

    @property
    def dialect(self) -> Dialect:
        """Of sessions of which nothing else is known."""
        return self._default

    @property
    def login_domain(self) -> str:
        """Where a login without a domain belongs, on listeners that have no dialect of their
        own."""
        return self._domain(self._default) or self._settings.default_domain

    # inside

    def _of_host(self, name: str) -> Dialect | None:
        """Whose host this is; first those that were asked for, by year or by file."""
        if name in self._by_name:
            return self._by_name[name]
        if name in self._own_hosts or "." not in name:
            return None
        from fakemail.dialects.find import by_host

        owner = by_host(name)
        return None if owner is None else self._dialect(owner)

    def _dialect(self, name: str) -> Dialect:
        if name == GENERIC.name:
            return GENERIC.with_rules(self._rules) if self._rules else GENERIC
        from fakemail.dialects.load import load

        return load(name).with_rules(self._rules)

    def _manner(self, dialect: Dialect, listener: Listener, name: str = "") -> Manner:
        host = self._settings.host_name
        if host == _USUAL.host_name:
            host = name or _host(dialect, listener) or host
        return Manner(dialect, host, self._domain(dialect))

    def _domain(self, dialect: Dialect) -> str:
        said_by_hand = self._settings.default_domain != _USUAL.default_domain
        return "" if said_by_hand or not dialect.domains else dialect.domains[0]


def _impersonated(names: tuple[str, ...]) -> tuple[Provider, ...]:
    from fakemail.dialects.load import DialectError
    from fakemail.services.providers import impersonated

    try:
        return impersonated(names)
    except DialectError as error:
        raise SettingsError(f"provider = {', '.join(names)}: {error}") from None


def _host(dialect: Dialect, listener: Listener) -> str:
    """The provider's name for this listener: that of its port, else of its protocol."""
    hosts = [e for e in dialect.endpoints if e.proto == listener.protocol and "{" not in e.host]
    hosts.sort(key=lambda endpoint: endpoint.port != listener.standard)
    return hosts[0].host if hosts else ""


def _hosts_of(dialect: Dialect) -> frozenset[str]:
    if dialect.name == GENERIC.name:
        return frozenset()
    from fakemail.services.providers import hosts_of

    return frozenset(hosts_of(dialect))
