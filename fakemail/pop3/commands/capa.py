"""CAPA: what this server can do (RFC 2449 §5)."""

from __future__ import annotations

from fakemail import __version__, sasl
from fakemail.pop3.response import listing
from fakemail.pop3.session import Session
from fakemail.pop3.state import State
from fakemail.wire.effects import Effects

CAPABILITIES = (
    "TOP",
    "UIDL",
    "USER",
    "RESP-CODES",
    "AUTH-RESP-CODE",
    "PIPELINING",
    "EXPIRE NEVER",
)
"""The same in every state (RFC 2449 §6, RFC 3206 §6)."""


def capa(session: Session, _: None) -> Effects:
    """CAPA lists the capabilities of this state (RFC 2449 §5).

    STLS is for the AUTHORIZATION state outside TLS only (RFC 2595 §8).
    """
    desk = session.desk
    in_clear = session.state is State.AUTHORIZATION and desk.tls is None
    return (
        listing(
            "capability list follows",
            (
                *CAPABILITIES,
                f"SASL {' '.join(sasl.names(desk.tls is not None))}",
                *(["STLS"] if in_clear and desk.can_tls else []),
                f"IMPLEMENTATION fakemail-{__version__}",
            ),
        ),
    )
