"""Who may ask: no web page of another site, and with ``--api-token`` nobody without it.

A page in a browser reaches servers on the same machine. It cannot read an answer of another
origin, since no CORS field is ever sent; but its own name may be pointed to 127.0.0.1 (DNS
rebinding), and it may send what changes something without reading the answer. So the Host field
has to name this server, and an Origin field has to be the same as Host.

Names with a single label (``mail``, a service of a compose file) cannot be had by a web site; they
are allowed where the server listens to more than loopback addresses.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Iterable, Mapping
from hmac import compare_digest

from fakemail.reasons.api import FOREIGN_HOST, FOREIGN_ORIGIN, TOKEN_WANTED
from fakemail.reasons.reason import Refusal
from fakemail.settings import Settings


class Guard:
    """Looks at the header of every request."""

    def __init__(self, settings: Settings) -> None:
        self._token = (settings.api_token or "").encode()
        names = (settings.host_name, *settings.tls_name, *settings.listen)
        self._names = frozenset(name.lower().strip("[]") for name in names)
        self._wide = any(not _is_loopback(address) for address in settings.listen)

    def check(self, headers: Mapping[str, str], local_address: str, *, free: bool = False) -> None:
        """Raise Refusal unless this request may be answered.

        `local_address`: the one that the client connected to. `free`: no token is needed. Who
        has the token may use any name: a page of another site does not have it.
        """
        if self._token and self.has_token(headers.get("authorization", "")):
            return
        host = headers.get("host", "")
        if not self._is_here(_host(host), local_address):
            raise Refusal(FOREIGN_HOST, host=host[:300])
        origin = headers.get("origin")
        if (origin is not None and not _same(origin, host)) or (
            headers.get("sec-fetch-site") == "cross-site"
            and headers.get("sec-fetch-mode") != "navigate"
        ):
            raise Refusal(FOREIGN_ORIGIN)
        if self._token and not free:
            raise Refusal(TOKEN_WANTED)

    def has_token(self, authorization: str) -> bool:
        """Whether the field has the token, as Bearer (RFC 6750) or password (RFC 7617)."""
        scheme, _, value = authorization.partition(" ")
        given = value.strip().encode("utf-8", "surrogateescape")
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).partition(b":")[2]
            except (binascii.Error, ValueError):
                given = b""
        elif scheme.lower() != "bearer":
            given = b""
        return compare_digest(given, self._token)

    def _is_here(self, host: str, local_address: str) -> bool:
        if not host:
            return False
        if host == "localhost" or host.endswith(".localhost") or host in self._names:
            return True
        if self._wide and "." not in host and ":" not in host:
            return True
        return _is_loopback(host) or _same_address(host, local_address)


def _host(field: str) -> str:
    """The host of a Host field, without port and brackets, in lower case."""
    field = field.strip().lower()
    if field.startswith("["):
        return field[1:].partition("]")[0]
    return field.partition(":")[0].removesuffix(".")


def _same(origin: str, host: str) -> bool:
    return origin.lower() == f"http://{host.strip().lower()}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _same_address(host: str, local_address: str) -> bool:
    try:
        return ipaddress.ip_address(host) == ipaddress.ip_address(local_address.partition("%")[0])
    except ValueError:
        return False


def described(allowed: Iterable[str]) -> str:
    """A list for people."""
    return ", ".join(sorted(allowed)) or "none"
