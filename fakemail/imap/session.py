"""What a session has besides its connection: who is logged in, and which mailbox is selected.

Commands work on this; the engine around it does the talking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Flag, auto

from fakemail.accounts.directory import Login
from fakemail.desk import Desk
from fakemail.imap import write
from fakemail.imap.grammar.mailbox_name import swapped
from fakemail.imap.idling import Idling
from fakemail.imap.view import View
from fakemail.reasons.imap import NO_SUCH_MAILBOX, NOT_SELECTABLE, TRY_CREATE
from fakemail.reasons.reason import Reason, Refusal
from fakemail.store.errors import MessageGone, NoSuchMailbox
from fakemail.store.home import Home
from fakemail.store.index import Message
from fakemail.store.mailbox import Mailbox
from fakemail.wire.cursor import Cursor
from fakemail.wire.effects import Effect


class State(Flag):
    """The states of RFC 3501 §3, as a set."""

    NOT_AUTHENTICATED = auto()
    AUTHENTICATED = auto()
    SELECTED = auto()

    LOGGED_IN = AUTHENTICATED | SELECTED
    ANY = NOT_AUTHENTICATED | AUTHENTICATED | SELECTED


@dataclass(slots=True)
class Session:
    """One client's session."""

    desk: Desk
    wake: Callable[[], None]
    login: Login | None = None
    _home: Home | None = None
    _view: View | None = None
    enabled: set[str] = field(default_factory=set)
    said_id: bool = False
    """Whether the client has said who it is (ID)."""

    idling: Idling | None = None
    """What this provider makes of the IDLE that runs, if it is not the usual."""

    ended: bool = False
    """LOGOUT was sent, or the server said BYE."""

    tag: bytes = b"*"
    """Of the command that runs: ESEARCH responses say it."""

    afterwards: Effect | None = None
    """What follows the tagged response of the command that runs: Close, StartTls or Compress."""

    compressed: bool = False
    """Whether COMPRESS was answered OK."""

    @property
    def state(self) -> State:
        """Which of the states of RFC 3501 §3 the session is in."""
        if self.login is None:
            return State.NOT_AUTHENTICATED
        return State.AUTHENTICATED if self._view is None else State.SELECTED

    @property
    def home(self) -> Home:
        """The account's mailboxes; only after the login."""
        if self._home is None:
            raise RuntimeError("nobody is logged in")
        return self._home

    @property
    def view(self) -> View:
        """The selected mailbox as this client was told of it; only in the selected state."""
        if self._view is None:
            raise RuntimeError("no mailbox is selected")
        return self._view

    @property
    def selected(self) -> bool:
        """Whether a mailbox is selected."""
        return self._view is not None

    def log_in(self, login: Login, how: str) -> None:
        """From now on the session belongs to this account."""
        self._home = self.desk.home(login.address)
        self.login = login
        self.desk.recorder.logged_in(login.address, f"{how}, {login.label}")

    def select(self, mailbox: Mailbox, read_only: bool) -> View:
        """Open a mailbox; the one before is closed."""
        self.unselect()
        hides = self._is_young if self.desk.dialect.has("visible_after") else None
        self._view = View(mailbox, read_only, self.wake, hides)
        if young := self._view.waiting:
            seconds = self.desk.dialect.seconds("visible_after")
            self.desk.recorder.mark(
                f"not shown yet: {young} of the messages (this provider shows new mail after"
                f" {seconds:g} s; fakemail serve --rule no-visible_after)"
            )
        return self._view

    def _is_young(self, message: Message) -> bool:
        """Whether this provider does not show the message yet."""
        try:
            age = self.desk.clock.time() - message.internal_date
        except MessageGone:
            return False
        return 0 <= age < self.desk.dialect.seconds("visible_after")

    @property
    def utf8(self) -> bool:
        """Whether the client has enabled UTF-8 in quoted strings and mailbox names (RFC 6855)."""
        return "UTF8=ACCEPT" in self.enabled

    def cursor(self, octets: bytes) -> Cursor:
        """A command of this client, to be parsed."""
        return Cursor(octets, separator=self.desk.dialect.delimiter, utf8=self.utf8)

    def spelled(self, name: str) -> bytes:
        """A mailbox name as it stands in a response."""
        return write.mailbox(swapped(name, self.desk.dialect.delimiter), utf8=self.utf8)

    def uid_validity(self, mailbox: Mailbox) -> int:
        """UIDVALIDITY, as this provider tells it."""
        return 1 if self.desk.dialect.has("uid_validity_1") else mailbox.uid_validity

    def lasting(self, flags: tuple[str, ...]) -> tuple[str, ...]:
        """Of these flags, those that this provider stores."""
        if not self.desk.dialect.has("keywords_not_stored"):
            return flags
        return tuple(flag for flag in flags if flag.startswith("\\"))

    def unselect(self) -> None:
        """Close the selected mailbox, if any, and hear of its changes no more."""
        view, self._view = self._view, None
        if view is not None:
            view.close()

    def mailbox(self, name: str, missing: Reason = NO_SUCH_MAILBOX) -> Mailbox:
        """The mailbox of that name; raises Refusal(`missing`) when there is none."""
        try:
            return self.home.mailbox(name)
        except NoSuchMailbox:
            if missing is not TRY_CREATE and self.home.exists(name):
                raise Refusal(NOT_SELECTABLE, name=name) from None
            raise Refusal(missing, name=name) from None
