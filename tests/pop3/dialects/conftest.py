"""Conversations with one POP3 engine that speaks a dialect, over a real store and real accounts."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from fakemail.dialects.rules import Value
from fakemail.pop3.engine import Pop3Engine
from fakemail.wire.effects import Close, Effects, Pause, Shown, StartTls
from fakemail.wire.engine import TlsFacts

TLS = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384")
CODE = "UMJLXEIFUZXKOEXK"


class Talk:
    """One connection, and what it hears."""

    def __init__(self, provider: Any, dialect: str, rules: Iterable[tuple[str, Value]], tls: bool):
        self.provider = provider
        self.desk = provider.desk("pop3", 110, dialect, rules, tls=tls)
        self.recorder = self.desk.recorder
        self.dialect = self.desk.dialect
        self.domain = self.desk.directory.default_domain
        self.address = f"tom@{self.domain}"
        self.open = True
        self.waited: list[float] = []
        self.engine = Pop3Engine(self.desk, lambda: None)
        self.greeting = self._take(self.engine.opened())

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
                case StartTls():
                    self.desk.tls = TLS
                    heard += self._take(self.engine.secured(TLS))
                case Close():
                    self.open = False
                    self.engine.closed()
        return heard

    def say(self, *lines: str) -> bytes:
        """Send lines; what the server answers to the last of them."""
        heard = b""
        for line in lines:
            heard = self._take(self.engine.received(line.encode() + b"\r\n"))
        return heard

    def deliver(self, octets: bytes = b"", address: str = "") -> None:
        """Mail comes in; without octets, a small message."""
        self.provider.deliver(address or self.address, octets)

    def take_away(self) -> None:
        """Somebody else removes what is there."""
        inbox = self.provider.store.home(self.address).mailbox("INBOX")
        inbox.expunge([message.uid for message in inbox.messages()])

    def log_in(self) -> Talk:
        """Log in by whatever is taken here."""
        if self.dialect.has("basic_auth_disabled"):
            answer = self.say("AUTH XOAUTH2", bearer(self.address, CODE))
        else:
            answer = self.say(f"USER {self.address}", f"PASS {CODE}")
        assert answer.startswith(b"+OK"), answer
        return self

    def refusals(self) -> list[str]:
        """The slugs of what was refused."""
        return [entry.reason.slug for entry in self.recorder.entries if entry.reason]


def bearer(address: str, token: str) -> str:
    """A response of XOAUTH2."""
    return b64encode(f"user={address}\x01auth=Bearer {token}\x01\x01".encode()).decode()


@pytest.fixture
def connect(provider: Any) -> Iterator[Callable[..., Talk]]:
    """A session: ``connect("qq@2017", tls=False, uidl_length=9)``."""
    talks: list[Talk] = []

    def connected(dialect: str = "generic", *, tls: bool = True, **rules: Value) -> Talk:
        talks.append(Talk(provider, dialect, rules.items(), tls))
        return talks[-1]

    yield connected
    for talk in talks:
        talk.engine.closed()


@pytest.fixture
def token() -> Callable[[str, str], str]:
    """A response of XOAUTH2 for an address and a token."""
    return bearer
