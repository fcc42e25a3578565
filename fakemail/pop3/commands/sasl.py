"""AUTH: a SASL exchange, line by line (RFC 5034)."""

from __future__ import annotations

from fakemail.pop3.commands.login import welcome
from fakemail.pop3.response import listing, ok
from fakemail.pop3.session import Session
from fakemail.reasons.auth import CANCELLED
from fakemail.reasons.provider import FAILED_LOGINS, XOAUTH2_ONE_LINE
from fakemail.reasons.reason import Refusal
from fakemail.sasl import Challenge, unknown
from fakemail.sasl.base64 import decode, encode, initial
from fakemail.sasl.xoauth2 import Rejected
from fakemail.wire.effects import Effects


def auth(session: Session, arguments: tuple[str, str | None] | None) -> Effects:
    """AUTH begins an exchange (RFC 5034 §4); bare, it lists the mechanisms.

    The list is of no RFC that is in force (it was in drafts of RFC 1734), but some clients ask
    for it and the answer says the same as the SASL line of CAPA.
    """
    session.check_tls()
    desk = session.desk
    names = desk.mechanisms("pop3")
    if arguments is None:
        return (listing(ok("mechanisms follow"), names),)
    name, response = arguments
    exchange = desk.start_mechanism("pop3", name)
    if exchange is None:
        raise unknown(name, names)
    if exchange.name == "XOAUTH2" and response and desk.dialect.has("xoauth2_two_lines"):
        raise Refusal(XOAUTH2_ONE_LINE)
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
    try:
        session.log_in(outcome, f"AUTH {exchange.name}")
    except Refusal as refusal:
        if not outcome.failure or refusal.reason not in FAILED_LOGINS:
            raise
        session.exchange = Rejected(refusal, exchange.name)
        why = encode(outcome.failure)
        seen = session.desk.dialect.octets("pop3", "pop3.bearer-error", {"base64": why.decode()})
        return (b"+ " + why + b"\r\n" if seen is None else seen,)
    return (welcome(session, "pop3.logged-in", command="AUTH"),)
