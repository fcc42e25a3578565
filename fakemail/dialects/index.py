"""Which dialect a host name or a mail domain belongs to, without reading all of them.

`index.toml` is made from the data by `docs/make_dialects.py`; a test holds the two together. A host
that several use belongs to the one that inherits from none (``smtp.qq.com`` to qq, though foxmail
uses it too), a domain to the one that has the fewest (``foxmail.com`` to foxmail).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from fakemail.dialects.record import DialectFile


def by_host(host: str) -> str | None:
    """The dialect that is reached by this host name (``smtp.163.com``), for TLS server names."""
    return _index()["hosts"].get(host.lower().rstrip("."))


def by_domain(domain: str) -> str | None:
    """The dialect of addresses in this domain (``foxmail.com``)."""
    return _index()["domains"].get(domain.lower())


@cache
def _index() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("fakemail.dialects") / "index.toml").read_text(encoding="utf-8"))


def make(dialects: Mapping[str, DialectFile]) -> dict[str, dict[str, str]]:
    """The index of these files."""
    hosts: dict[str, str] = {}
    domains: dict[str, str] = {}
    for name, file in sorted(dialects.items(), key=lambda item: (item[1].inherits != "", item[0])):
        for endpoint in file.endpoints:
            if "{" not in endpoint.host:
                hosts.setdefault(endpoint.host, name)
    for name, file in sorted(dialects.items(), key=lambda item: (len(item[1].domains), item[0])):
        for domain in file.domains:
            domains.setdefault(domain, name)
    return {"domains": dict(sorted(domains.items())), "hosts": dict(sorted(hosts.items()))}
