"""CAPA: what this server can do (RFC 2449 §5)."""

from __future__ import annotations

from fakemail import __version__
from fakemail.pop3.response import listing, ok
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
    "UTF8 USER",
)
"""The same in every state (RFC 2449 §6, RFC 3206 §6, RFC 6856 §2)."""


def capa(session: Session, _: None) -> Effects:
    """CAPA lists the capabilities of this state (RFC 2449 §5).

    STLS is for the AUTHORIZATION state outside TLS only (RFC 2595 §8). A provider's list is as it
    was seen, but for that.
    """
    desk = session.desk
    in_clear = session.state is State.AUTHORIZATION and desk.tls is None
    seen = desk.dialect.capa(session.state is State.TRANSACTION)
    if seen is not None:
        lines = [line for line in seen if in_clear or line.upper() != "STLS"]
        return (listing(_status(session), lines),)
    return (
        listing(
            ok("capability list follows"),
            (
                *CAPABILITIES,
                f"SASL {' '.join(desk.mechanisms('pop3'))}",
                *(["STLS"] if in_clear and desk.can_tls else []),
                f"IMPLEMENTATION fakemail-{__version__}",
            ),
        ),
    )


def _status(session: Session) -> bytes:
    """The first line of a provider's list; where it was seen in one state only, that one."""
    keys = ["pop3.capa-before-login", "pop3.capa-after-login"]
    if session.state is State.TRANSACTION:
        keys.reverse()
    said = next(filter(None, (session.desk.dialect.say("pop3", key, "") for key in keys)))
    return said.encode("ascii") + b"\r\n"
