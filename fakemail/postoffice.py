"""The whole: what one server consists of, apart from its sockets.

A front door and nothing more: it makes the parts from the settings, and hands a session the things
it works with.
"""

from __future__ import annotations

from collections.abc import Callable

from fakemail.accounts.branch import Branch
from fakemail.accounts.directory import FILE_NAME as ACCOUNTS_FILE
from fakemail.accounts.directory import Directory
from fakemail.clock import Clock
from fakemail.config import Settings
from fakemail.desk import Desk, Limits
from fakemail.dialects.dialect import GENERIC, Dialect
from fakemail.dialects.made_up import maker
from fakemail.faults.plan import Plan
from fakemail.rates.gate import Rates
from fakemail.rates.notes import FILE_NAME as RESET_FILE
from fakemail.rates.notes import Notes
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
        self._branches: dict[str, Branch] = {}
        self.store_folder = settings.folder / MAIL_FOLDER
        self.store = Store(self.store_folder, clock, fsync=settings.fsync)
        self.rates = Rates(clock, Notes(settings.folder / RESET_FILE))
        self.faults = Plan(settings.fault)
        self.sessions = Sessions(Journal(settings.folder / JOURNAL_FILE))

    def desk(
        self,
        protocol: Protocol_,
        peer: Peer,
        dialect: Dialect = GENERIC,
        host_name: str = "",
        domain: str = "",
    ) -> Desk:
        """The things of a new session, in this dialect.

        Where they are given, the server calls itself `host_name`, and a user name without a domain
        belongs to `domain`.
        """
        recorder = self.sessions.open(protocol, peer, self.clock, dialect.name)
        return Desk(
            peer=peer,
            host_name=host_name or self.host_name,
            recorder=recorder,
            directory=self.branch(domain),
            store=self.store,
            clock=self.clock,
            limits=self.limits,
            gate=self.rates.gate(dialect, peer.host),
            dialect=dialect.for_session(
                maker(
                    recorder.number,
                    self.clock.time,
                    {"client_ip": peer.host, "host": host_name or self.host_name},
                )
            ),
        )

    def change_dialect(self, desk: Desk, dialect: Dialect, host_name: str, domain: str) -> None:
        """A session that goes on goes on in this dialect; its transcript says so."""
        known = {"client_ip": desk.peer.host, "host": host_name}
        desk.dialect = dialect.for_session(maker(desk.recorder.number, self.clock.time, known))
        before, desk.gate = desk.gate, self.rates.gate(dialect, desk.peer.host)
        if before is not None and desk.gate is not None:
            desk.gate.follow(before)
        elif before is not None:
            before.leave()
        desk.host_name = host_name
        desk.directory = self.branch(domain)
        desk.recorder.speaks(dialect.name)

    def branch(self, domain: str) -> Directory:
        """The accounts as seen from a domain; empty: from the default domain."""
        if domain in ("", self.directory.default_domain):
            return self.directory
        if domain not in self._branches:
            self._branches[domain] = Branch(self.directory, domain, self.clock)
        return self._branches[domain]

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
