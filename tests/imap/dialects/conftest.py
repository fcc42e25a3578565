"""Conversations with one IMAP engine that speaks a dialect, over a real store and real accounts.

`connect("qq")` is a session with that dialect; `address`, with its codes, is in its domain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from fakemail.accounts.directory import Directory
from fakemail.clock import ManualClock
from fakemail.desk import Desk, Limits
from fakemail.dialects.load import load
from fakemail.dialects.made_up import maker
from fakemail.dialects.rules import Value
from fakemail.imap.engine import ImapEngine
from fakemail.rates.gate import Rates
from fakemail.store.store import Store
from fakemail.transcript.recorder import Recorder
from fakemail.wire.effects import Close, Effects, Later, Pause, Shown, StartTls
from fakemail.wire.engine import Peer, TlsFacts

TLS = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384")
CODE = "UMJLXEIFUZXKOEXK"
PASSWORD = "webpass"
ACCOUNTS = """
[accounts."tom@{domain}"]
password = "webpass"
codes = [
  {{ code = "UMJLXEIFUZXKOEXK" }},
  {{ code = "SMTPONLYSMTPONLY", scopes = ["smtp"] }},
]

[accounts."off@{domain}"]
imap = false
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
MESSAGE = b"From: Ann <ann@b.example>\r\nTo: %b\r\nSubject: message %d\r\n\r\nText of %d.\r\n"


class Talk:
    """One connection, and what it hears."""

    def __init__(self, place: Place, dialect: str, rules: Iterable[tuple[str, Value]], tls: bool):
        self.place = place
        spoken = load(dialect).with_rules(rules)
        self.dialect = spoken.for_session(maker(1, place.clock.time))
        self.domain = spoken.domains[0] if spoken.domains else "fakemail.test"
        self.address = f"tom@{self.domain}"
        place.accounts.write_text(ACCOUNTS.format(domain=self.domain))
        peer = Peer("127.0.0.1", 50001, "127.0.0.1", 143, "imap")
        self.recorder = Recorder(1, "imap", peer, place.clock, dialect)
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
                    self.alarms.append(self.place.clock.now + seconds)
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
        clock = self.place.clock
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
        self.place.delivered += 1
        number = self.place.delivered
        delivery = self.place.store.delivery()
        delivery.write(octets or MESSAGE % (self.address.encode(), number, number))
        delivery.commit([self.place.store.home(self.address)], mailbox=mailbox)

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
        self.place.clock.advance(60)
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
    """A session: ``connect("qq@2017", tls=False, no_idle=True)``."""

    def connected(dialect: str = "generic", *, tls: bool = True, **rules: Value) -> Talk:
        talk = Talk(place, dialect, rules.items(), tls)
        place.talks.append(talk)
        return talk

    return connected


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
