"""What a test holds: where to send and read, what arrived, and what was said.

Every method may be called from any thread. The server works in a thread of its own; each call is
one visit there, and an answer is a copy that changes no more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from types import TracebackType
from typing import TYPE_CHECKING, overload

from fakemail.accounts.account import Hold
from fakemail.accounts.codes import SERVICES, Code, Service
from fakemail.accounts.shapes import Shape
from fakemail.testing import frameworks
from fakemail.testing.accounts import PASSWORD, Account, shape_at
from fakemail.testing.aio import AsyncMail
from fakemail.testing.arrivals import Waiter
from fakemail.testing.fault import Fault, Struck
from fakemail.testing.inside import Inside, Scope
from fakemail.testing.match import Match, Pattern
from fakemail.testing.message import Message, Source, octets_of
from fakemail.testing.ports import Ports
from fakemail.testing.session import Session
from fakemail.testing.waiting import NoMail, what_came

if TYPE_CHECKING:
    from fakemail.testing.shared import SharedServer

GENERIC = "generic"
PATIENCE = 5.0
"""Seconds that a wait lasts at most, unless it says."""


class Mail(Ports):
    """The mail of one test; see docs/testing.md."""

    def __init__(
        self,
        server: SharedServer,
        domain: str,
        scope: Scope,
    ) -> None:
        self.server = server
        self.domain = domain
        self.aio = AsyncMail(self)
        """The same for ``async def``: ``await mail.aio.wait(...)``."""
        self._scope = scope
        self._accounts: dict[str, Account] = {}
        self._key: int | None = None
        self._began = 0.0

    def __enter__(self) -> Mail:
        self._key, self._began = self.server.visit(Inside.begin, self._scope)
        self.own = self.account("test")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        key, self._key = self._heard, None
        try:
            self.server.end(key, self._scope)
        finally:
            self.server.accounts.remove(list(self._accounts))

    def __repr__(self) -> str:
        return f"<Mail of {self.domain} on {self.server!r}>"

    # How to get there

    @property
    def address(self) -> str:
        """Of this test's own account."""
        return self.own.address

    @property
    def code(self) -> str:
        """What this account logs in with."""
        return self.own.code

    def env(self) -> dict[str, str]:
        """All of it as environment variables, for a program that is started."""
        return frameworks.env(self)

    def django_settings(self) -> dict[str, object]:
        """Django's ``EMAIL_…`` settings: mail goes here by SMTP, after a login."""
        return frameworks.django_settings(self)

    def flask_mail_settings(self) -> dict[str, object]:
        """The same for Flask-Mail: ``app.config.update(...)``."""
        return frameworks.flask_mail_settings(self)

    # Who

    def account(
        self,
        name: str,
        *,
        code: str = "",
        password: str = "",
        addresses: Iterable[str] = (),
        services: Iterable[Service] = SERVICES,
        scopes: Iterable[Service] = SERVICES,
        expires: float | datetime | None = None,
        revoked: bool = False,
        suspended: Hold | None = None,
    ) -> Account:
        """One more account, gone after the test.

        `name` is an address, or a local part on this test's domain. It needs its own code to log
        in: with the code `revoked`, beyond its `scopes` or past the moment it `expires` (a
        datetime, or seconds since 1970 UTC), for services that are not switched on, and while it
        is `suspended` (``"banned"``, ``"web-login"``, ``"policy"``), it is refused. Raises
        ValueError if there is such an account.
        """
        address = self._address(name)
        secret = Code(
            "test",
            code or self._shape(address).make(),
            expires=expires.timestamp() if isinstance(expires, datetime) else expires,
            revoked=True if revoked else None,
            scopes=tuple(scopes),
        )
        account = Account(
            address=address,
            code=secret.secret,
            password=password or PASSWORD.make(),
            addresses=tuple(map(self._address, addresses)),
            services=tuple(services),
            suspended=suspended,
        )
        self.server.accounts.add(account, secret)
        self._accounts[account.address] = account
        return account

    def suspend(self, name: str = "", because: Hold = "banned") -> None:
        """Keep an account of this test out from now on, by default its own, although the code is
        right. Raises KeyError if it is no account of this test."""
        self._hold(name, because)

    def resume(self, name: str = "") -> None:
        """Let it in again."""
        self._hold(name, None)

    def _hold(self, name: str, because: Hold | None) -> None:
        address = self._address(name) if name else self.address
        account = self._accounts[address] = replace(self._accounts[address], suspended=because)
        self.server.accounts.hold(account)

    # What came

    @property
    def messages(self) -> list[Message]:
        """What came into an INBOX since the test began and is still there, in that order."""
        return self.find()

    def find(
        self,
        *,
        to: Pattern | None = None,
        subject: Pattern | None = None,
        sender: Pattern | None = None,
        text: Pattern | None = None,
        where: Callable[[Message], object] | None = None,
        mailbox: str | None = "INBOX",
    ) -> list[Message]:
        """Those of them that are meant (`match.Match`), without waiting."""
        match = self.match(to, subject, sender, text, where, mailbox)
        there = self.server.visit(Inside.messages, self._heard, list(self._accounts))
        return [message for message in there if match(message)]

    @overload
    def wait(
        self,
        *,
        to: Pattern | None = ...,
        subject: Pattern | None = ...,
        sender: Pattern | None = ...,
        text: Pattern | None = ...,
        where: Callable[[Message], object] | None = ...,
        mailbox: str | None = ...,
        count: None = ...,
        timeout: float = ...,
    ) -> Message: ...

    @overload
    def wait(
        self,
        *,
        to: Pattern | None = ...,
        subject: Pattern | None = ...,
        sender: Pattern | None = ...,
        text: Pattern | None = ...,
        where: Callable[[Message], object] | None = ...,
        mailbox: str | None = ...,
        count: int,
        timeout: float = ...,
    ) -> list[Message]: ...

    def wait(
        self,
        *,
        to: Pattern | None = None,
        subject: Pattern | None = None,
        sender: Pattern | None = None,
        text: Pattern | None = None,
        where: Callable[[Message], object] | None = None,
        mailbox: str | None = "INBOX",
        count: int | None = None,
        timeout: float = PATIENCE,
    ) -> Message | list[Message]:
        """The message that is meant, as soon as it is there; with `count`, the first so many.

        Also one that came before. Raises `NoMail` (an AssertionError and a TimeoutError), which
        shows what did come and what was said, after `timeout` seconds.
        """
        __tracebackhide__ = True  # pytest: the failed line is the test's own
        match = self.match(to, subject, sender, text, where, mailbox)
        waiter = self.enter(match, count)
        try:
            waiter.future.result(timeout)
        except TimeoutError:
            if waiter.future.done():  # the test's own condition raised it
                raise
        finally:
            self.leave(waiter)
        return self.answer(waiter, count, timeout)

    def deliver(
        self,
        source: Source | None = None,
        *,
        to: str | Iterable[str] = (),
        mailbox: str = "INBOX",
        flags: Collection[str] = (),
        subject: str = "",
        text: str = "",
        sender: str = "",
        date: float | None = None,
    ) -> Message:
        """Put a message into a mailbox, as if it had come: of this test's account, or of `to`.

        A message, its octets, a file; or, without it, one made of `subject`, `text` and `sender`.
        Nothing is put in front. The answer is the message as the first of `to` has it. Raises
        NoSuchMailbox, BadFlag.
        """
        names = [to] if isinstance(to, str) else list(to)
        addresses = [self._address(name) for name in names] or [self.address]
        if source is None:
            source = EmailMessage()
            source["From"] = sender or self._address("sender")
            source["To"] = ", ".join(addresses)
            source["Subject"] = subject
            source.set_content(text)
        _ = self._heard
        return self.server.visit(Inside.put, octets_of(source), addresses, mailbox, flags, date)

    def reset(self) -> None:
        """Remove what came so far, and let limits count anew; accounts and sessions stay."""
        self.server.visit(Inside.clear, self._heard)

    # What goes wrong

    def fault(self, sentence: str) -> Fault:
        """Let something go wrong (docs/faults.md), for clients of this test: those that log in as
        one of its accounts, or send to or from its domain. At ``connect`` and before a client has
        said whose it is, it is wrong for every client of the server.

        Raises FaultError, a ValueError with a text for people.
        """
        __tracebackhide__ = True
        domain = self.domain if self._scope.domain else ""
        number = self.server.visit(Inside.plan, self._heard, sentence, domain)
        return Fault(self, sentence, number)

    def remove_fault(self, number: int) -> None:
        """For `Fault`."""
        if self._key is not None:
            self.server.visit(Inside.unplan, self._key, number)

    def count_fault(self, number: int) -> Struck | None:
        """For `Fault`; None when it is not planned any more."""
        return None if self._key is None else self.server.visit(Inside.struck, number)

    # What was said

    @property
    def sessions(self) -> list[Session]:
        """Those in which something was said since the test began, by number."""
        return self.server.sessions(self._began)

    def session(self, which: int | str = "") -> Session:
        """One of them: by number, or the last of a protocol or listener (``smtp``, ``imaps``); the
        last of all without it. Raises LookupError."""
        sessions = self.sessions
        for session in reversed(sessions):
            if which in ("", session.number, session.protocol, session.listener):
                return session
        seen = ", ".join(f"{s.number} ({s.listener})" for s in sessions) or "none"
        raise LookupError(f"no session {which}".rstrip() + f"; there are: {seen}")

    # For `aio` too

    def enter(self, match: Match, count: int | None) -> Waiter:
        """Begin to wait; `leave` has to follow."""
        waiter = Waiter(match, 1 if count is None else count, Future())
        accounts = dict.fromkeys([*self._accounts, *filter(None, [match.owner])])
        self.server.wait(self._heard, waiter, list(accounts))
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """Wait no more."""
        self.server.leave(self._heard, waiter)

    def answer(self, waiter: Waiter, count: int | None, timeout: float) -> Message | list[Message]:
        """What a waiter that has left has found; raises `NoMail`."""
        __tracebackhide__ = True
        if not waiter.future.done():
            came = self.find(mailbox=None)
            raise NoMail(what_came(waiter, timeout, came, self.sessions, self.server.now()))
        found = waiter.future.result()
        return found[0] if count is None else found[:count]

    def match(
        self,
        to: Pattern | None = None,
        subject: Pattern | None = None,
        sender: Pattern | None = None,
        text: Pattern | None = None,
        where: Callable[[Message], object] | None = None,
        mailbox: str | None = "INBOX",
    ) -> Match:
        """What is meant; a local part stands for an address on this test's domain."""
        owner = ""
        if isinstance(to, str):
            to = self._address(to)
            owner = self.server.owner(to)
        return Match(to, subject, sender, text, where, mailbox, owner)

    def _shape(self, address: str) -> Shape:
        dialect, domain = self.server.ready.dialect, address.rpartition("@")[2]
        if domain == self.domain:
            return Shape() if dialect == GENERIC else shape_at("", dialect)
        return shape_at(domain, dialect)

    def _address(self, name: str) -> str:
        return (name if "@" in name else f"{name}@{self.domain}").lower()

    @property
    def _heard(self) -> int:
        if self._key is None:
            raise RuntimeError("this mail is of a test that is over")
        return self._key
