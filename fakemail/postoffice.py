"""The whole: what one server consists of, apart from its sockets.

A front door and nothing more: it makes the parts from the settings, and hands a session the things
it works with.
"""

from __future__ import annotations

from collections.abc import Callable

from fakemail.accounts.directory import FILE_NAME as ACCOUNTS_FILE
from fakemail.accounts.directory import Directory
from fakemail.clock import Clock
from fakemail.config import Settings
from fakemail.desk import Desk, Limits
from fakemail.reasons.reason import Protocol_
from fakemail.store.store import Store
from fakemail.transcript.journal import FILE_NAME as JOURNAL_FILE
from fakemail.transcript.journal import Journal
from fakemail.transcript.sessions import Sessions
from fakemail.wire.engine import Engine, Peer

MAIL_FOLDER = "mail"


class PostOffice:
    """Accounts, store and sessions of one data folder.

    Raises AccountsFileError and OSError when the folder cannot be used.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.clock = clock
        self.host_name = settings.host_name
        self.limits = Limits(
            message_octets=settings.message_size,
            recipients=settings.max_recipients,
            smtp_timeout=settings.smtp_timeout,
            pop3_timeout=settings.pop3_timeout,
            imap_timeout=settings.imap_timeout,
            login_timeout=settings.login_timeout,
        )
        self.directory = Directory(
            settings.folder / ACCOUNTS_FILE,
            clock,
            mode=settings.accounts,
            default_domain=settings.default_domain,
        )
        self.store_folder = settings.folder / MAIL_FOLDER
        self.store = Store(self.store_folder, clock, fsync=settings.fsync)
        self.sessions = Sessions(Journal(settings.folder / JOURNAL_FILE))

    def desk(self, protocol: Protocol_, peer: Peer) -> Desk:
        """The things of a new session."""
        return Desk(
            peer=peer,
            host_name=self.host_name,
            recorder=self.sessions.open(protocol, peer, self.clock),
            directory=self.directory,
            store=self.store,
            clock=self.clock,
            limits=self.limits,
        )

    def close(self) -> None:
        """Put everything away; the sessions must have ended."""
        self.store.close()
        self.sessions.close()


def pop3(desk: Desk, wake: Callable[[], None]) -> Engine:
    """A POP3 engine (RFC 1939)."""
    from fakemail.pop3.engine import Pop3Engine

    return Pop3Engine(desk, wake)


def imap(desk: Desk, wake: Callable[[], None]) -> Engine:
    """An IMAP engine (RFC 3501)."""
    from fakemail.imap.engine import ImapEngine

    return ImapEngine(desk, wake)


def warm_up() -> None:
    """Import what the first session of each protocol would otherwise wait for."""
    from fakemail.imap import engine as _imap  # noqa: F401
    from fakemail.pop3 import engine as _pop3  # noqa: F401
