"""What a POP3 command may see and change: state, desk, maildrop, and who is logging in."""

from __future__ import annotations

from fakemail.desk import Desk
from fakemail.pop3.maildrop import Maildrop
from fakemail.pop3.state import TRANSITIONS, Event, State
from fakemail.reasons.pop3 import IN_USE
from fakemail.reasons.reason import Refusal
from fakemail.sasl import Mechanism
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

    def log_in(self, identity: str, secret: str, authorize_as: str, how: str) -> None:
        """Check, lock, freeze; Refusal leaves the session in AUTHORIZATION.

        `how` is for the transcript.
        """
        desk = self.desk
        try:
            login = desk.directory.log_in(identity, secret, "pop3", authorize_as)
        finally:
            if desk.directory.problem:
                desk.recorder.mark(desk.directory.problem)
        home = desk.store.home(login.address)
        lock = home.lock_maildrop()
        if lock is None:
            raise Refusal(IN_USE, detail=login.address)
        try:
            self._maildrop = Maildrop(home.mailbox("INBOX"))
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
