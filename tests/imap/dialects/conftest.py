"""Conversations with one IMAP engine that speaks a dialect, over a real store and real accounts.

`connect("qq")` is a session with that dialect; `address`, with its codes, is in its domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from fakemail.dialects.rules import Value
from fakemail.imap.engine import ImapEngine
from fakemail.wire.effects import Close, Effects, Later, Pause, Shown, StartTls
from fakemail.wire.engine import TlsFacts

TLS = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384")
CODE = "UMJLXEIFUZXKOEXK"


class Talk:
    """One connection, and what it hears."""

    def __init__(self, provider: Any, dialect: str, rules: Iterable[tuple[str, Value]], tls: bool):
        self.provider = provider
        self.desk = provider.desk("imap", 143, dialect, rules, tls=tls)
        self.recorder = self.desk.recorder
        self.dialect = self.desk.dialect
        self.domain = self.desk.directory.default_domain
        self.address = f"tom@{self.domain}"
        self.open = True
        self.waited: list[float] = []
        self.alarms: list[float] = []
        """When the engine wants to be woken."""
        self.woken = False
        self.engine = ImapEngine(self.desk, self._wake)
        self.greeting = self._take(self.engine.opened())

    def _wake(self) -> None:
        self.woken = True

    def _take(self, effects: Effects) -> bytes:
        heard = b""
        for effect in effects:
            assert self.open, f"{effect} after Close"
            match effect:
                case bytes():
                    heard += effect
                case Shown(octets, _):
                    heard += octets
                case Pause(seconds):
                    self.waited.append(seconds)
                case Later(seconds):
                    self.alarms.append(self.provider.clock.now + seconds)
                case StartTls():
                    self.desk.tls = TLS
                    heard += self._take(self.engine.secured(TLS))
                case Close():
                    self.open = False
                    self.engine.closed()
                    break
        return heard

    def say(self, line: str | bytes) -> bytes:
        """Send a line and CR LF; what the server answers."""
        octets = line.encode("utf-8") if isinstance(line, str) else line
        return self._take(self.engine.received(octets + b"\r\n"))

    def wait(self, seconds: float) -> bytes:
        """Time goes by; what the server says unasked."""
        clock = self.provider.clock
        end = clock.now + seconds
        heard = self.wake()
        while self.open and (due := [at for at in self.alarms if at <= end]):
            clock.now = max(clock.now, min(due))
            self.alarms.remove(min(due))
            heard += self._take(self.engine.woken())
        clock.now = max(clock.now, end)
        return heard

    def wake(self) -> bytes:
        """What a host does after a wake."""
        if not (self.woken and self.open):
            return b""
        self.woken = False
        return self._take(self.engine.woken())

    def deliver(self, octets: bytes = b"", mailbox: str = "INBOX") -> None:
        """Mail comes in; without octets, a small message."""
        self.provider.deliver(self.address, octets, mailbox)

    def log_in(self) -> Talk:
        """Log in by whatever is taken here, and say who we are."""
        if self.dialect.has("basic_auth_disabled"):
            answer = self.say(f"in AUTHENTICATE XOAUTH2 {bearer(self.address, CODE)}")
        else:
            answer = self.say(f"in LOGIN {self.address} {CODE}")
        assert b"in OK" in answer, answer
        self.say('who ID ("name" "test")')
        return self

    def select(self, name: str = "INBOX") -> Talk:
        """Log in and select; older mail than any rule minds is there."""
        if self.recorder.login is None:
            self.log_in()
        self.provider.clock.advance(60)
        answer = self.say(f"open SELECT {name}")
        assert b"open OK" in answer, answer
        return self

    def refusals(self) -> list[str]:
        """The slugs of what was refused."""
        return [entry.reason.slug for entry in self.recorder.entries if entry.reason]


def bearer(address: str, token: str) -> str:
    """An initial response of XOAUTH2."""
    from base64 import b64encode

    return b64encode(f"user={address}\x01auth=Bearer {token}\x01\x01".encode()).decode()


@pytest.fixture
def connect(provider: Any) -> Iterator[Callable[..., Talk]]:
    """A session: ``connect("qq@2017", tls=False, no_idle=True)``."""
    talks: list[Talk] = []

    def connected(dialect: str = "generic", *, tls: bool = True, **rules: Value) -> Talk:
        talks.append(Talk(provider, dialect, rules.items(), tls))
        return talks[-1]

    yield connected
    for talk in talks:
        talk.engine.closed()
