"""What the server can do, as CAPABILITY says it (RFC 3501 §6.1.1, §7.2.1).

A visible table: one row for each capability. All of them are listed before the login too, since
many clients ask only once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fakemail import sasl
from fakemail.imap.session import Session


def _always(session: Session) -> bool:
    return True


def _starttls(session: Session) -> bool:
    return session.login is None and session.desk.tls is None and session.desk.can_tls


@dataclass(frozen=True, slots=True)
class Capability:
    """One word of the CAPABILITY response."""

    name: str
    cites: str
    shown: Callable[[Session], bool] = _always


TABLE = (
    Capability("IMAP4rev1", "RFC 3501"),
    Capability("SASL-IR", "RFC 4959"),
    Capability("LITERAL+", "RFC 7888"),
    Capability("ENABLE", "RFC 5161"),
    Capability("ID", "RFC 2971"),
    Capability("IDLE", "RFC 2177"),
    Capability("NAMESPACE", "RFC 2342"),
    Capability("CHILDREN", "RFC 3348"),
    Capability("SPECIAL-USE", "RFC 6154"),
    Capability("UNSELECT", "RFC 3691"),
    Capability("UIDPLUS", "RFC 4315"),
    Capability("MOVE", "RFC 6851"),
    Capability("STARTTLS", "RFC 3501 §6.2.1", _starttls),
)

ENABLEABLE: tuple[str, ...] = ()
"""Capabilities that ENABLE switches on (RFC 5161 §3.1); none of ours needs it yet."""


def capabilities(session: Session) -> bytes:
    """``IMAP4rev1 SASL-IR ... AUTH=PLAIN``: what holds at this moment of the session."""
    words = [row.name for row in TABLE if row.shown(session)]
    if session.login is None:
        words += [f"AUTH={name}" for name in sasl.names(session.desk.tls is not None)]
    return " ".join(words).encode("ascii")
