"""From a host or a domain to the dialect: ``smtp.163.com`` and ``163.com`` are ``163``.

Reading every file of facts properly takes a tenth of a second, which a server that has just been
asked for a name would spend without answering anybody; so only the lines that matter are looked
at, once. A test compares the result with what a proper reading finds.

Several dialects may have one host (the guides of Foxmail name QQ's). It belongs to the one that
inherits from no other, or from the fewest. A domain belongs to the one that has the fewest: what
QQ lists as one of three is Foxmail's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from fakemail.dialects.names import folder, names

_HOST = re.compile(r'^host = "([^"{}]+)"', re.MULTILINE)
_DOMAINS = re.compile(r"^domains = \[([^\]]*)\]", re.MULTILINE)
_INHERITS = re.compile(r'^inherits = "([^"]+)"', re.MULTILINE)


def by_host(host: str) -> str | None:
    """The name of the dialect that this host name belongs to; letter case does not matter."""
    return _index()[0].get(host.lower().removesuffix("."))


def by_domain(domain: str) -> str | None:
    """The name of the dialect whose accounts are in this domain."""
    return _index()[1].get(domain.lower())


@cache
def _index() -> tuple[dict[str, str], dict[str, str]]:
    texts = {name: (folder() / f"{name}.toml").read_text("utf-8") for name in names()}
    parent = {name: found[1] for name, text in texts.items() if (found := _INHERITS.search(text))}

    def depth(name: str) -> int:
        return depth(parent[name]) + 1 if name in parent else 0

    hosts: dict[str, str] = {}
    for name in sorted(texts, key=lambda name: (depth(name), name)):
        _claim(hosts, _HOST.findall(texts[name]), name)
    lists = {
        name: re.findall(r'"([^"]+)"', found[1]) if (found := _DOMAINS.search(text)) else []
        for name, text in texts.items()
    }
    domains: dict[str, str] = {}
    for name in sorted(lists, key=lambda name: (len(lists[name]), name)):
        _claim(domains, lists[name], name)
    return hosts, domains


def _claim(owners: dict[str, str], things: Iterable[str], name: str) -> None:
    for thing in things:
        owners.setdefault(thing.lower(), name)
