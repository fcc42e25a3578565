"""LOGIN and AUTHENTICATE (RFC 3501 §6.2.2, §6.2.3; RFC 4959)."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from fakemail import sasl
from fakemail.imap.capabilities import capabilities
from fakemail.imap.command import Command, Prompt, Running
from fakemail.imap.grammar.octets import ATOM_CHAR
from fakemail.imap.grammar.strings import astring, atom
from fakemail.imap.session import Session, State
from fakemail.imap.wording import untagged
from fakemail.reasons.auth import CANCELLED
from fakemail.reasons.provider import AUTH_TLS_REQUIRED, BASIC_AUTH_DISABLED, FAILED_LOGINS
from fakemail.reasons.reason import Refusal
from fakemail.sasl import Credentials, base64
from fakemail.wire.cursor import Cursor
from fakemail.wire.effects import Shown


@dataclass(frozen=True, slots=True)
class LoginArguments:
    """User name and secret, as text."""

    identity: str
    secret: str = field(repr=False)


def parse_login(cursor: Cursor) -> LoginArguments:
    """login = "LOGIN" SP userid SP password ; userid, password = astring

    Octets that are not UTF-8 become characters that no code has.
    """
    cursor.space()
    identity = astring(cursor, "a user name")
    cursor.space()
    at = cursor.at
    if cursor.ended:
        cursor.fail("a password (authorization code)", at)
    secret = astring(cursor, "a password (authorization code)")
    return LoginArguments(
        identity.decode("utf-8", "surrogateescape"), secret.decode("utf-8", "surrogateescape")
    )


def login(session: Session, arguments: LoginArguments) -> Running:
    """LOGIN: user name and authorization code in clear (RFC 3501 §6.2.3)."""
    _check_tls(session)
    desk = session.desk
    claim = Credentials(arguments.identity, arguments.secret)
    found = desk.log_in("imap", claim)
    if "LOGINDISABLED" in (desk.dialect.capability(False, desk.tls is not None) or ()):
        raise Refusal(BASIC_AUTH_DISABLED if desk.tls else AUTH_TLS_REQUIRED)
    session.log_in(found, "LOGIN")
    if said := _news(session):
        yield said
    return b"OK [CAPABILITY %b] Logged in." % capabilities(session)


@dataclass(frozen=True, slots=True)
class AuthenticateArguments:
    """Mechanism and initial response, still in base64; None: none was sent."""

    mechanism: str
    initial: bytes | None = field(repr=False)


def parse_authenticate(cursor: Cursor) -> AuthenticateArguments:
    """authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] *(CRLF base64)

    The initial response is RFC 4959 §3's.
    """
    cursor.space()
    mechanism = atom(cursor, "the name of a SASL mechanism").decode("ascii")
    if not cursor.accept(b" "):
        return AuthenticateArguments(mechanism, None)
    if cursor.ended:
        cursor.fail("an initial response in base64, or = for an empty one")
    return AuthenticateArguments(mechanism, cursor.run(ATOM_CHAR))


def authenticate(session: Session, arguments: AuthenticateArguments) -> Running:
    """AUTHENTICATE carries a SASL exchange (RFC 3501 §6.2.2)."""
    _check_tls(session)
    desk = session.desk
    mechanism = desk.start_mechanism("imap", arguments.mechanism)
    if mechanism is None:
        raise sasl.unknown(arguments.mechanism, desk.mechanisms("imap"))
    response = None if arguments.initial is None else base64.initial(arguments.initial)
    while isinstance(outcome := mechanism.step(response), sasl.Challenge):
        response = yield from _asked(session, outcome.octets)
    try:
        found = desk.log_in("imap", outcome)
    except Refusal as refusal:
        if outcome.failure and refusal.reason in FAILED_LOGINS:
            yield from _asked(session, outcome.failure)
        raise
    session.log_in(found, f"AUTHENTICATE {mechanism.name}")
    if said := _news(session):
        yield said
    return b"OK [CAPABILITY %b] Logged in." % capabilities(session)


def _check_tls(session: Session) -> None:
    desk = session.desk
    if desk.tls is None and not desk.dialect.has("login_before_tls"):
        raise Refusal(AUTH_TLS_REQUIRED)


def _asked(session: Session, challenge: bytes) -> Generator[Prompt, bytes | None, bytes]:
    """The client's answer to a challenge, base64 undone."""
    if challenge:
        say = b"+ %b\r\n" % base64.encode(challenge)
    else:
        say = session.desk.dialect.continuation("imap.auth-prompt").encode("ascii") + b"\r\n"
    line = yield Prompt(Shown(say, say), secret=True)
    if line == b"*":
        raise Refusal(CANCELLED)
    return base64.decode(line or b"")


def _news(session: Session) -> bytes:
    """What some providers say between the login and its OK: what they can do from now on."""
    said = untagged(session, "imap.logged-in")
    if not said and session.desk.dialect.has("capability_with_login"):
        said = b"* CAPABILITY %b\r\n" % capabilities(session)
    return said


ROWS = (
    Command(
        name="AUTHENTICATE",
        parse=parse_authenticate,
        run=authenticate,
        states=State.NOT_AUTHENTICATED,
        cites="RFC 3501 §6.2.2",
        secret=True,
    ),
    Command(
        name="LOGIN",
        parse=parse_login,
        run=login,
        states=State.NOT_AUTHENTICATED,
        cites="RFC 3501 §6.2.3",
        secret=True,
    ),
)
