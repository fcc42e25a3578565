"""Many providers at once: each has a loopback address of its own, on the same ports.

The whole of 127.0.0.0/8 is this machine (RFC 1122 §3.2.1.3). Lines in the hosts file send
``smtp.qq.com`` and ``imap.gmail.com`` to different addresses in it, a program under test keeps the
settings it has in production, and the address that it connected to tells which provider it means,
before the greeting and without TLS.

An address depends on nothing but the provider's name, so that hosts files stay right whatever
else is served beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import PurePath

from fakemail.dialects.dialect import Dialect
from fakemail.dialects.find import by_host
from fakemail.dialects.load import DialectError, lineage, load


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider that the server is."""

    dialect: Dialect
    address: str
    hosts: tuple[str, ...]
    """The host names that lead to the address."""

    @property
    def name(self) -> str:
        """Without a year or a folder: what its address is made from."""
        return plain_name(self.dialect.name)


def plain_name(wanted: str) -> str:
    """``qq`` of ``qq@2017``, ``ours`` of ``./ours.toml``."""
    path = PurePath(_without_year(wanted))
    return path.stem if path.suffix == ".toml" else str(path)


def _without_year(wanted: str) -> str:
    return re.sub(r"@\d{4}$", "", wanted)


def address_of(wanted: str) -> str:
    """The loopback address of a provider: always the same for one name, never 127.0.0.x or
    127.0.1.x, where others may live."""
    digest = blake2b(plain_name(wanted).encode(), digest_size=4).digest()
    number = int.from_bytes(digest, "big")
    return f"127.0.{16 + number % 224}.{1 + number // 224 % 254}"


def hosts_of(dialect: Dialect) -> tuple[str, ...]:
    """Its host names; a person's own file without any has those of what it inherits from."""
    if dialect.name == "generic":
        return ()
    found = dialect.hosts
    for _, file in lineage(_without_year(dialect.name)):
        found = found or tuple(dict.fromkeys(endpoint.host for endpoint in file.endpoints))
    return tuple(host.lower() for host in found if "{" not in host)


def impersonated(wanted: Sequence[str]) -> tuple[Provider, ...]:
    """The providers of these names (years, files), in this order.

    A host name that two of them have goes to the one that it belongs to. Raises DialectError.
    """
    dialects = [load(name) for name in dict.fromkeys(wanted)]
    owners = _owners(dialects)
    providers: list[Provider] = []
    taken: dict[str, str] = {}
    for dialect in dialects:
        if not hosts_of(dialect):
            raise DialectError(f"{dialect.name} has no host names of its own, so it is no provider")
        address = address_of(dialect.name)
        if address in taken:
            raise DialectError(
                f"{taken[address]} and {dialect.name} have one address and cannot be served at once"
            )
        taken[address] = dialect.name
        hosts = tuple(host for host in hosts_of(dialect) if owners[host] is dialect)
        providers.append(Provider(dialect, address, hosts))
    return tuple(providers)


def _owners(dialects: Iterable[Dialect]) -> dict[str, Dialect]:
    owners: dict[str, Dialect] = {}
    for dialect in dialects:
        for host in hosts_of(dialect):
            if host not in owners or by_host(host) == plain_name(dialect.name):
                owners[host] = dialect
    return owners
