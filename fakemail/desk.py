"""What one session is given to work with, in one place, so that engines stay sans-IO.

The host makes a `Desk` for every connection; an engine takes it and a `wake` function, and
nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from fakemail import sasl
from fakemail.accounts.address import shown
from fakemail.accounts.directory import Directory, Login
from fakemail.clock import Clock
from fakemail.dialects.dialect import GENERIC, Dialect
from fakemail.dialects.furniture import furniture
from fakemail.faults.strikes import Strikes
from fakemail.rates.gate import Gate
from fakemail.reasons.auth import AUTHORIZATION_REFUSED, NO_SUCH_ACCOUNT
from fakemail.reasons.provider import (
    ACCOUNT_SUSPENDED,
    BASIC_AUTH_DISABLED,
    FAILED_LOGINS,
    POLICY,
    WEB_LOGIN_REQUIRED,
)
from fakemail.reasons.reason import Protocol_, Refusal
from fakemail.sasl import Credentials, Mechanism
from fakemail.store.home import Home
from fakemail.store.store import Store
from fakemail.transcript.recorder import Recorder
from fakemail.wire.engine import Peer, TlsFacts


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may ask for; all in octets, seconds or counts."""

    message_octets: int = 50 * 1024 * 1024
    """Largest message by DATA, BDAT or APPEND; what SIZE advertises (RFC 1870)."""

    recipients: int = 1000
    """Recipients of one message (RFC 5321 §4.5.3.1.8 wants at least 100)."""

    command_octets: int = 65536
    """One IMAP command without the message literals of APPEND."""

    smtp_timeout: float = 300.0
    """RFC 5321 §4.5.3.2.7."""

    pop3_timeout: float = 600.0
    """RFC 1939 §3 wants at least ten minutes."""
    imap_timeout: float = 1800.0
    """RFC 9051 §5.4 wants at least thirty minutes."""
    login_timeout: float = 180.0
    """POP3 and IMAP before login."""


@dataclass(slots=True)
class Desk:
    """One session's things."""

    peer: Peer
    host_name: str
    """What the server calls itself in greetings and trace fields."""

    recorder: Recorder
    directory: Directory
    store: Store
    clock: Clock
    limits: Limits
    dialect: Dialect = GENERIC
    tls: TlsFacts | None = None
    """Set by the host when the handshake is done; None in clear."""

    gate: Gate | None = None
    """What is limited over time here; None where nothing is."""

    faults: Strikes | None = None
    """What was planned to go wrong; None where nothing can be planned (a test's desk)."""

    can_tls: bool = True
    """Whether STARTTLS/STLS can be offered (a certificate is configured)."""

    def enter(self) -> None:
        """A client has come; raises Refusal where there is no session for it."""
        if self.faults is not None:
            self.faults.at("connect")
        if self.gate is not None:
            self.gate.enter()

    def mechanisms(self, protocol: Protocol_) -> tuple[str, ...]:
        """The SASL mechanisms to offer: the dialect's, or else ours."""
        listed = self.dialect.mechanisms(protocol, self.tls is not None)
        return sasl.names(self.tls is not None) if listed is None else listed

    def start_mechanism(self, protocol: Protocol_, name: str) -> Mechanism | None:
        """A new exchange, if the mechanism is offered here and fakemail knows it.

        A provider that takes no passwords any more still reads them, to say so.
        """
        found = sasl.start(name)
        if found is None or found.name in self.mechanisms(protocol):
            return found
        return found if self.dialect.has("basic_auth_disabled") else None

    def log_in(self, protocol: Protocol_, claim: Credentials) -> Login:
        """Who logs in, by the accounts and by the provider's customs; or Refusal(auth.*)."""
        if self.faults is not None and self.faults.planned:
            self.faults.at("login", account=self.directory.means(claim.identity))
        if self.gate is None:
            return self._log_in(protocol, claim)
        gate, who = self.gate, self.directory.means(claim.identity)
        gate.log_in(who)
        try:
            return self._log_in(protocol, claim)
        except Refusal as refusal:
            if refusal.reason in FAILED_LOGINS:
                gate.login_failed(who)
            raise

    def _log_in(self, protocol: Protocol_, claim: Credentials) -> Login:
        dialect = self.dialect
        if dialect.rules:
            if dialect.has("basic_auth_disabled") and not claim.bearer:
                raise Refusal(BASIC_AUTH_DISABLED, identity=self.directory.shown(claim.identity))
            if claim.authorize_as and dialect.has("authzid_refused"):
                name = self.directory.shown(claim.identity)
                detail = f"{name} sent the authorization identity {shown(claim.authorize_as)}"
                raise Refusal(AUTHORIZATION_REFUSED, identity=name, detail=detail)
            short = dialect.words("local_part_logs_in")
            if short and protocol not in short and "@" not in claim.identity:
                name = self.directory.shown(claim.identity)
                detail = f"{name}: here the user name is the whole address"
                raise Refusal(NO_SUCH_ACCOUNT, identity=name, detail=detail)
        secret = dialect.secret
        login = self.directory.log_in(
            claim.identity,
            claim.secret,
            protocol,
            claim.authorize_as,
            password_opens=secret is not None and secret.accepts_password,
        )
        if login.suspended is not None:
            self._check_hold(protocol, login)
        return login

    def _check_hold(self, protocol: Protocol_, login: Login) -> None:
        """Refuse who is held up; where the provider tells a sender at MAIL, the login works."""
        if login.suspended == "web-login":
            raise Refusal(WEB_LOGIN_REQUIRED, identity=login.address, detail=login.address)
        if login.suspended == "policy":
            raise Refusal(POLICY, identity=login.address, detail=login.address)
        if protocol != "smtp" or self.dialect.text("suspended_refused_at") == "login":
            raise Refusal(ACCOUNT_SUSPENDED, identity=login.address, detail=login.address)

    def home(self, address: str) -> Home:
        """The mailboxes of an account, with the folders that the provider gives everybody."""
        home = self.store.home(address)
        if self.dialect.folders:
            home.furnish(furniture(self.dialect))
        return home
