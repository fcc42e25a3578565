"""Authorization codes: the secrets that mail programs log in with, one for each program.

A code is kept as it was given or made. Providers show codes in groups (``abcd efgh ijkl mnop``)
and take them with and without the spaces, so spaces do not count when two codes are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Literal, TypeAlias

Service: TypeAlias = Literal["smtp", "pop3", "imap"]
SERVICES: tuple[Service, ...] = ("smtp", "pop3", "imap")

State: TypeAlias = Literal["valid", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class Code:
    """One authorization code; moments are seconds since 1970-01-01 UTC."""

    label: str
    """What it is for, unique within its account: ``laptop``."""

    secret: str = field(repr=False)
    created: float | None = None
    expires: float | None = None
    """The first moment at which it is no longer good; None for never."""

    revoked: float | Literal[True] | None = None
    """Since when it has been revoked; True where the file does not say when."""

    scopes: tuple[Service, ...] = SERVICES

    def __post_init__(self) -> None:
        fault = fault_of(self.secret)
        if fault:
            raise ValueError(f"a code must not be {fault}")

    def state(self, now: float) -> State:
        """Whether it is good at this moment."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and now >= self.expires else "valid"

    def matches(self, secret: str) -> bool:
        """Whether `secret` is this code, in time that does not depend on where they differ."""
        return same(self.secret, secret)


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, spaces apart, in constant time."""
    return compare_digest(_octets(one), _octets(other))


def fault_of(secret: str) -> str | None:
    """Why no client could ever send this secret, or None when one can."""
    if not secret.strip(" "):
        return "empty"
    if any(c < " " or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in secret):
        return "with control characters in it"
    return None


def _octets(secret: str) -> bytes:
    return secret.replace(" ", "").encode("utf-8", "surrogatepass")
