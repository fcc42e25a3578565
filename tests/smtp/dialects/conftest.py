"""One SMTP session that speaks a dialect, with accounts, a store, and timers that a test moves."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fakemail.accounts.directory import Directory
from fakemail.clock import ManualClock
from fakemail.desk import Desk, Limits
from fakemail.dialects.dialect import Dialect
from fakemail.dialects.load import load
from fakemail.dialects.made_up import maker
from fakemail.dialects.rules import by_hand
from fakemail.rates.gate import Rates
from fakemail.smtp.border import SUBMISSION, SmtpPolicy
from fakemail.smtp.session import SmtpSession
from fakemail.store.store import Store
from fakemail.transcript.recorder import Recorder
from fakemail.transcript.text import render
from fakemail.wire.engine import Peer, TlsFacts

sys.path.insert(0, str(Path(__file__).parents[3] / "docs"))

from dialect_table.compare import domain_of
from dialect_table.talk import ACCOUNTS, Talk

HOST = "mail.fakemail.test"


class Timer:
    """What `call_later` gives."""

    def __init__(self, at: float, function: Callable[[], None]) -> None:
        self.at, self.function, self.cancelled = at, function, False

    def cancel(self) -> None:
        self.cancelled = True


class ManualLoop:
    """The part of a loop that a session uses: timers, which a test lets pass."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.timers: list[Timer] = []

    def call_later(self, seconds: float, function: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.clock.monotonic() + seconds, function))
        return self.timers[-1]

    def advance(self, seconds: float) -> None:
        """Let time pass, timer by timer."""
        end = self.clock.monotonic() + seconds
        while True:
            self.timers = [timer for timer in self.timers if not timer.cancelled]
            due = [timer for timer in self.timers if timer.at <= end]
            if not due:
                break
            timer = min(due, key=lambda timer: timer.at)
            self.timers.remove(timer)
            self.clock.advance(max(0.0, timer.at - self.clock.monotonic()))
            timer.function()
        self.clock.advance(end - self.clock.monotonic())


class EngineTalk(Talk):
    """Talks to an engine; also its border."""

    def __init__(
        self,
        dialect: Dialect,
        folder: Path,
        policy: SmtpPolicy,
        limits: Limits,
        mode: str,
        beside: "EngineTalk | None" = None,
    ) -> None:
        super().__init__(dialect, domain_of(dialect))
        self._made_of = (dialect, folder, policy, limits, mode)
        self._others: list[EngineTalk] = []
        self.clock = beside.clock if beside else ManualClock()
        self.rates = beside.rates if beside else Rates(self.clock)
        self.loop = ManualLoop(self.clock)
        self.congested = self.closed = self.paused = False
        self.sent: list[bytes] = []
        peer = Peer("127.0.0.1", 51324, "127.0.0.1", 587, "submission")
        self.recorder = Recorder(7, "smtp", peer, self.clock, dialect.name)
        folder.mkdir(parents=True, exist_ok=True)
        accounts = folder / "accounts.toml"
        accounts.write_text(ACCOUNTS.replace("DOMAIN", domain_of(dialect)))
        known = {"client_ip": peer.host, "host": HOST}
        self.desk = Desk(
            peer=peer,
            host_name=HOST,
            recorder=self.recorder,
            directory=Directory(
                accounts,
                self.clock,
                mode=mode,  # type: ignore[arg-type]
                default_domain=domain_of(dialect),
            ),
            store=beside.desk.store if beside else Store(folder / "mail", self.clock, watch=False),
            clock=self.clock,
            limits=limits,
            gate=self.rates.gate(dialect, peer.host),
            dialect=dialect.for_session(maker(7, self.clock.time, known)),
        )
        self.session = SmtpSession(self.desk, self, policy, self.loop)  # type: ignore[arg-type]
        self.session.opened()
        self.at_once = b"".join(self.sent)
        self.greeting = self.heard()

    # Talk

    def say(self, line: str | bytes) -> bytes:
        if line == "(silence)":
            self.loop.advance(self.desk.limits.smtp_timeout + 1)
            return self.heard()
        if line == "(fault)":
            self.desk.directory = None  # type: ignore[assignment]
            line = "AUTH PLAIN AGEAYg=="
        self.raw(line if isinstance(line, bytes) else line.encode() + b"\r\n")
        return self.heard()

    def again(self) -> "EngineTalk":
        self._others.append(EngineTalk(*self._made_of, self))
        return self._others[-1]

    def hang_up(self) -> None:
        """The client goes."""
        self.session.ended()
        if self.desk.gate is not None:
            self.desk.gate.leave()

    def raw(self, octets: bytes) -> None:
        """Send, and wait for nothing."""
        assert not self.closed, "the server hung up"
        self.session.received(octets)

    def shake(self) -> None:
        assert self.tls_wanted
        self.desk.tls = TlsFacts("TLSv1.3", "TLS_AES_128_GCM_SHA256")
        self.session.secured(self.desk.tls)

    def heard(self) -> bytes:
        """What the server has said since; where it takes its time, after that time."""
        while self.session.waits and not self.closed:
            self.loop.advance(1)
        octets = b"".join(self.sent)
        self.sent.clear()
        return octets

    # border

    tls_wanted = False

    def send(self, octets: bytes, shown: bytes | None = None) -> None:
        assert octets.endswith(b"\r\n")
        self.recorder.server(octets if shown is None else shown)
        self.sent.append(octets)

    def start_tls(self) -> None:
        self.tls_wanted = True

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    # what came of it

    @property
    def reasons(self) -> list[str]:
        return [entry.reason.slug for entry in self.recorder.entries if entry.reason]

    @property
    def transcript(self) -> str:
        return render(self.recorder)

    def stored(self, address: str, mailbox: str = "INBOX") -> list[bytes]:
        """The messages of a mailbox, without the trace fields."""
        box = self.desk.store.home(address).mailbox(mailbox)
        found = []
        for message in box.messages():
            octets = box.read(message.uid)
            found.append(octets.partition(b"\r\nReceived: ")[2].partition(b"\r\n")[2])
        return [_without_folds(octets) for octets in found]


def _without_folds(octets: bytes) -> bytes:
    """The rest of the Received field goes."""
    while octets[:1] in (b" ", b"\t"):
        octets = octets.partition(b"\r\n")[2]
    return octets


Start = Callable[..., EngineTalk]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """A session in a dialect (a name, or the thing itself), with rules by hand."""
    begun: list[EngineTalk] = []

    def start(
        dialect: str | Dialect,
        *rules: str,
        policy: SmtpPolicy = SUBMISSION,
        mode: str = "listed",
        **limits: float,
    ) -> EngineTalk:
        spoken = load(dialect) if isinstance(dialect, str) else dialect
        spoken = spoken.with_rules([by_hand(rule) for rule in rules])
        folder = tmp_path / str(len(begun))
        changed = replace(Limits(), **limits)  # type: ignore[arg-type]
        begun.append(EngineTalk(spoken, folder, policy, changed, mode))
        return begun[-1]

    yield start
    for talk in begun:
        for each in (*talk._others, talk):
            each.hang_up()
        talk.desk.store.close()
