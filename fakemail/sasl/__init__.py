"""Floor 1, things: SASL mechanisms, one a file, shared by the three protocols (RFC 4422).

To add one: write its file, add its row here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fakemail.reasons.auth import MECHANISM_NOT_HERE, MECHANISM_UNKNOWN
from fakemail.reasons.reason import Refusal
from fakemail.sasl.login import Login
from fakemail.sasl.mechanism import Challenge, Credentials, Mechanism, Outcome
from fakemail.sasl.oauthbearer import OAuthBearer
from fakemail.sasl.plain import Plain
from fakemail.sasl.xoauth2 import XOAuth2

__all__ = [
    "TABLE", "Challenge", "Credentials", "Mechanism", "Outcome", "Row", "names", "start", "unknown",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One mechanism."""

    name: str
    make: Callable[[], Mechanism]
    section: str
    only_in_tls: bool = False
    """Not offered in clear: who hears the token can use it elsewhere (RFC 7628 §5). PLAIN and LOGIN
    are: on a test server that listens on loopback the secret is not one, and programs under test
    often speak in clear."""

    on_request: bool = False
    """Offered only where a dialect lists it."""


TABLE = (
    Row("PLAIN", Plain, "RFC 4616"),
    Row("LOGIN", Login, "draft-murchison-sasl-login-00"),
    Row("OAUTHBEARER", OAuthBearer, "RFC 7628", only_in_tls=True),
    Row("XOAUTH2", XOAuth2, "RFC 7628 (its forerunner)", on_request=True),
)


def start(name: str) -> Mechanism | None:
    """A new exchange by the mechanism of that name, in any case; None if there is no such one."""
    for row in TABLE:
        if row.name == name.upper():
            return row.make()
    return None


def names(tls: bool) -> tuple[str, ...]:
    """The mechanisms to offer, the preferred one first; `tls`: the session is inside TLS."""
    return tuple(row.name for row in TABLE if not row.on_request and (tls or not row.only_in_tls))


def unknown(name: str, offered: Sequence[str]) -> Refusal:
    """The refusal of a mechanism that is not here, though the provider may have it."""
    if name.upper() in offered:
        return Refusal(MECHANISM_NOT_HERE, mechanism=name, detail=f"({name.upper()})")
    detail = f"({name[:20]}; offered: {' '.join(offered)})"
    return Refusal(MECHANISM_UNKNOWN, mechanism=name, detail=detail)
