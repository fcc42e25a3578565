"""AUTH: a SASL exchange, line by line (RFC 5034)."""

from __future__ import annotations

from fakemail import sasl
from fakemail.pop3.commands.login import welcome
from fakemail.pop3.response import listing, ok
from fakemail.pop3.session import Session
from fakemail.reasons.auth import CANCELLED, MECHANISM_UNKNOWN
from fakemail.reasons.reason import Refusal
from fakemail.sasl import Challenge
from fakemail.sasl.base64 import decode, encode, initial
from fakemail.wire.effects import Effects


def auth(session: Session, arguments: tuple[str, str | None] | None) -> Effects:
    """AUTH begins an exchange (RFC 5034 §4); bare, it lists the mechanisms.

    The list is of no RFC that is in force (it was in drafts of RFC 1734), but some clients ask
    for it and the answer says the same as the SASL line of CAPA.
    """
    names = sasl.names(session.desk.tls is not None)
    if arguments is None:
        return (listing("mechanisms follow", names),)
    name, response = arguments
    exchange = sasl.start(name) if name.upper() in names else None
    if exchange is None:
        raise Refusal(MECHANISM_UNKNOWN, mechanism=name, detail=f"offered: {', '.join(names)}")
    first = None if response is None else initial(response.encode())
    session.exchange = exchange
    return _step(session, first)


def respond(session: Session, line: bytes) -> Effects:
    """The client's next line of an exchange, without its line end (RFC 5034 §4)."""
    if line == b"*":
        session.exchange = None
        raise Refusal(CANCELLED)
    try:
        response = decode(line)
    except Refusal:
        session.exchange = None
        raise
    return _step(session, response)


def _step(session: Session, response: bytes | None) -> Effects:
    exchange, session.exchange = session.exchange, None
    assert exchange is not None
    outcome = exchange.step(response)
    if isinstance(outcome, Challenge):
        session.exchange = exchange
        return (b"+ " + encode(outcome.octets) + b"\r\n",)
    session.log_in(outcome.identity, outcome.secret, outcome.authorize_as, f"AUTH {exchange.name}")
    return (ok(welcome(session)),)
