"""What a POP3 command may see and change: state, desk, maildrop, and who is logging in."""

from __future__ import annotations

from fakemail.desk import Desk
from fakemail.pop3.customs import sent_by_oneself, shapes
from fakemail.pop3.maildrop import Maildrop
from fakemail.pop3.response import ok
from fakemail.pop3.state import TRANSITIONS, Event, State
from fakemail.reasons.pop3 import IN_USE
from fakemail.reasons.provider import AUTH_TLS_REQUIRED
from fakemail.reasons.reason import Refusal
from fakemail.sasl import Credentials, Mechanism
from fakemail.store.home import MaildropLock


class Session:
    """One session; the commands in `commands/` are functions over it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.state = State.AUTHORIZATION
        self.user: str | None = None
        """From USER, until PASS."""

        self.exchange: Mechanism | None = None
        """The SASL exchange that the next line belongs to."""

        self.utf8 = False
        """Whether the client has said UTF8 (RFC 6856 §2.1)."""

        self.awaits_tls = False
        """STLS was accepted; the handshake is not done."""

        self._maildrop: Maildrop | None = None
        self._lock: MaildropLock | None = None

    @property
    def maildrop(self) -> Maildrop:
        """The maildrop; only after login."""
        assert self._maildrop is not None
        return self._maildrop

    def deaf(self) -> bool:
        """Whether what comes is no command: the session is over, or TLS is about to begin."""
        return self.awaits_tls or self.state is State.OVER

    def move(self, event: Event) -> None:
        """Go where the automaton says; on the way to OVER the lock is given back."""
        self.state = TRANSITIONS[self.state, event]
        if self.state is State.OVER:
            self.release()

    def say(self, key: str, text: str = "", **facts: object) -> bytes:
        """The line of `key` (`dialects/keys.py`) in the provider's words; else ``+OK`` and `text`,
        which is ours."""
        return self.desk.dialect.octets("pop3", key, facts) or ok(text)

    def check_tls(self) -> None:
        """Refusal(auth.tls-required) where a login in clear is not taken."""
        if self.desk.tls is None and not self.desk.dialect.has("login_before_tls"):
            raise Refusal(AUTH_TLS_REQUIRED)

    def log_in(self, claim: Credentials, how: str) -> None:
        """Check, lock, freeze; Refusal leaves the session in AUTHORIZATION.

        `how` is for the transcript.
        """
        desk = self.desk
        try:
            login = desk.log_in("pop3", claim)
        finally:
            if desk.directory.problem:
                desk.recorder.mark(desk.directory.problem)
        home = desk.store.home(login.address)
        lock = home.lock_maildrop()
        if lock is None:
            raise Refusal(IN_USE, detail=login.address)
        try:
            self._maildrop = Maildrop(
                home.mailbox("INBOX"),
                hides=sent_by_oneself(desk, login),
                shape=shapes(desk.dialect),
            )
        except BaseException:
            lock.release()
            raise
        self._lock = lock
        desk.recorder.logged_in(login.address, f"{how}, {login.label}")
        self.move(Event.LOGIN)

    def release(self) -> None:
        """Give the lock back and forget the maildrop; may be called twice."""
        lock, self._lock, self._maildrop = self._lock, None, None
        if lock is not None:
            lock.release()
