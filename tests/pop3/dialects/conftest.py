"""Conversations with one POP3 engine that speaks a dialect, over a real store and real accounts."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from fakemail.accounts.directory import Directory
from fakemail.clock import ManualClock
from fakemail.desk import Desk, Limits
from fakemail.dialects.load import load
from fakemail.dialects.made_up import maker
from fakemail.dialects.rules import Value
from fakemail.pop3.engine import Pop3Engine
from fakemail.rates.gate import Rates
from fakemail.store.store import Store
from fakemail.transcript.recorder import Recorder
from fakemail.wire.effects import Close, Effects, Pause, Shown, StartTls
from fakemail.wire.engine import Peer, TlsFacts

TLS = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384")
CODE = "UMJLXEIFUZXKOEXK"
ACCOUNTS = """
[accounts."tom@{domain}"]
password = "webpass"
codes = [{{ code = "UMJLXEIFUZXKOEXK" }}, {{ code = "IMAPONLYIMAPONLY", scopes = ["imap"] }}]

[accounts."off@{domain}"]
pop3 = false
codes = [{{ code = "UMJLXEIFUZXKOEXK" }}]

[accounts."banned@{domain}"]
suspended = "banned"
codes = [{{ code = "UMJLXEIFUZXKOEXK" }}]

[accounts."web-login@{domain}"]
suspended = "web-login"
codes = [{{ code = "UMJLXEIFUZXKOEXK" }}]

[accounts."policy@{domain}"]
suspended = "policy"
codes = [{{ code = "UMJLXEIFUZXKOEXK" }}]
"""


class Talk:
    """One connection, and what it hears."""

    def __init__(self, place: Place, dialect: str, rules: Iterable[tuple[str, Value]], tls: bool):
        self.place = place
        spoken = load(dialect).with_rules(rules)
        self.dialect = spoken.for_session(maker(1, place.clock.time))
        self.domain = spoken.domains[0] if spoken.domains else "fakemail.test"
        self.address = f"tom@{self.domain}"
        place.accounts.write_text(ACCOUNTS.format(domain=self.domain))
        peer = Peer("127.0.0.1", 50001, "127.0.0.1", 110, "pop3")
        self.recorder = Recorder(1, "pop3", peer, place.clock, dialect)
        self.desk = Desk(
            peer,
            "mail.test",
            self.recorder,
            Directory(place.accounts, place.clock, mode="listed", default_domain=self.domain),
            place.store,
            place.clock,
            Limits(),
            dialect=self.dialect,
            tls=TLS if tls else None,
            gate=place.rates.gate(self.dialect, peer.host),
        )
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
        self.place.delivered += 1
        delivery = self.place.store.delivery()
        default = b"From: ann@b.example\r\nSubject: %d\r\n\r\nText.\r\n" % self.place.delivered
        delivery.write(octets or default)
        delivery.commit([self.place.store.home(address or self.address)])

    def take_away(self) -> None:
        """Somebody else removes what is there."""
        inbox = self.place.store.home(self.address).mailbox("INBOX")
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


class Place:
    """A data folder."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.accounts = folder / "accounts.toml"
        self.store = Store(folder / "mail", self.clock, watch=False)
        self.rates = Rates(self.clock)
        self.delivered = 0
        self.talks: list[Talk] = []


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A store with nothing in it."""
    place = Place(tmp_path)
    yield place
    for talk in place.talks:
        talk.engine.closed()
    place.store.close()


@pytest.fixture
def connect(place: Place) -> Callable[..., Talk]:
    """A session: ``connect("qq@2017", tls=False, uidl_length=9)``."""

    def connected(dialect: str = "generic", *, tls: bool = True, **rules: Value) -> Talk:
        talk = Talk(place, dialect, rules.items(), tls)
        place.talks.append(talk)
        return talk

    return connected


@pytest.fixture
def token() -> Callable[[str, str], str]:
    """A response of XOAUTH2 for an address and a token."""
    return bearer


@pytest.fixture
def fits() -> Callable[[str, str], bool]:
    """Whether a line that was said is a line of the data, its placeholders filled in somehow."""

    def fit(line: str, said: str) -> bool:
        pattern = "".join(
            r"\d+" if piece in ("{n}", "{size}") else ".+" if piece[:1] == "{" else re.escape(piece)
            for piece in re.split(r"(\{[a-z0-9_]+\})", line)
        )
        return re.fullmatch(pattern, said) is not None

    return fit
