"""A host for one POP3 engine over a real store, without sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fakemail.accounts.directory import Directory
from fakemail.clock import ManualClock
from fakemail.desk import Desk, Limits
from fakemail.pop3.engine import Pop3Engine
from fakemail.store.store import Store
from fakemail.transcript.recorder import Recorder
from fakemail.wire.effects import Close, Effects, Shown, StartTls
from fakemail.wire.engine import Peer, TlsFacts

TLS = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384")


@dataclass
class Host:
    """Drives one engine as `services/drive.py` does, and remembers what came out."""

    desk: Desk
    engine: Pop3Engine
    slices: int = 0
    """So many octets at a time; 0: all at once."""

    over: bool = False
    wants_tls: bool = False
    effects: list[object] = field(default_factory=list)

    def open(self) -> bytes:
        return self.carry_out(self.engine.opened())

    def say(self, *lines: bytes) -> bytes:
        """Send lines, CRLF added; the octets that come back."""
        return self.send(b"".join(line + b"\r\n" for line in lines))

    def send(self, octets: bytes) -> bytes:
        size = self.slices or len(octets) or 1
        answers = b""
        for at in range(0, len(octets), size):
            if self.over or self.wants_tls:
                break
            answers += self.carry_out(self.engine.received(octets[at : at + size]))
        return answers

    def secure(self) -> None:
        assert self.wants_tls
        self.wants_tls = False
        self.desk.tls = TLS
        self.carry_out(self.engine.secured(TLS))

    def drop(self) -> None:
        self.over = True
        self.engine.closed()

    def carry_out(self, effects: Effects) -> bytes:
        sent = b""
        for effect in effects:
            assert not self.over, f"{effect} after Close"
            self.effects.append(effect)
            if isinstance(effect, bytes):
                self.desk.recorder.server(effect)
                sent += effect
            elif isinstance(effect, Shown):
                self.desk.recorder.server(effect.text)
                sent += effect.octets
            elif isinstance(effect, Close):
                self.drop()
            elif isinstance(effect, StartTls):
                self.wants_tls = True
            else:
                raise AssertionError(effect)
        return sent

    def log_in(self, user: bytes = b"antladdie", code: bytes = b"QWERTYUIOPPOIUYT") -> bytes:
        return self.say(b"USER " + user, b"PASS " + code)

    def transcript(self) -> str:
        return "\n".join(
            f"{entry.kind} {entry.octets.decode('latin-1')} "
            f"{entry.reason.slug if entry.reason else ''}".rstrip()
            for entry in self.desk.recorder.entries
        )

    def refusals(self) -> list[str]:
        return [entry.reason.slug for entry in self.desk.recorder.entries if entry.reason]


class Place:
    """One data folder with store and accounts; opens sessions, delivers mail."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.accounts = folder / "accounts.toml"
        self.store = Store(folder / "mail", self.clock, watch=False)
        self.directory = Directory(self.accounts, self.clock)
        self.hosts: list[Host] = []

    def deliver(self, *messages: bytes, to: str = "antladdie@fakemail.test") -> None:
        for message in messages:
            delivery = self.store.delivery()
            delivery.write(message)
            delivery.commit([self.store.home(to)])

    def messages(self, address: str = "antladdie@fakemail.test") -> list[bytes]:
        inbox = self.store.home(address).mailbox("INBOX")
        inbox.refresh()
        return [inbox.read(message.uid) for message in inbox.messages()]

    def session(self, slices: int = 0, tls: bool = False, can_tls: bool = True) -> Host:
        peer = Peer("127.0.0.1", 50000 + len(self.hosts), "127.0.0.1", 110, "pop3")
        recorder = Recorder(len(self.hosts) + 1, "pop3", peer, self.clock, "generic")
        desk = Desk(
            peer, "mail.test", recorder, self.directory, self.store, self.clock, Limits(),
            tls=TLS if tls else None, can_tls=can_tls,
        )  # fmt: skip
        host = Host(desk, Pop3Engine(desk, lambda: None), slices)
        self.hosts.append(host)
        assert host.open() == b"+OK mail.test POP3 server ready (fakemail)\r\n"
        return host


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    for host in place.hosts:
        if not host.over:
            host.drop()
    place.store.close()


@pytest.fixture
def host(place: Place) -> Host:
    """A session that has just begun."""
    return place.session()


OpenSession = Callable[..., Host]
