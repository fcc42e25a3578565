"""A session between a fake border and a store in memory (`test_real_store.py` has the real one)."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from fakemail.accounts.directory import Directory
from fakemail.clock import ManualClock
from fakemail.desk import Desk, Limits
from fakemail.smtp.border import RELAY, SUBMISSION, SmtpPolicy
from fakemail.smtp.session import SmtpSession
from fakemail.transcript.recorder import Recorder
from fakemail.transcript.text import render
from fakemail.wire.engine import Peer, TlsFacts

TLS = TlsFacts("TLSv1.3", "TLS_AES_128_GCM_SHA256")


@dataclass(frozen=True)
class Home:
    address: str


@dataclass
class Mailbox:
    name: str = "INBOX"


@dataclass
class MemoryStore:
    """What SMTP asks of a store, and what it was given."""

    messages: list[tuple[list[str], bytes, bytes]] = field(default_factory=list)
    """Addresses, trace, content."""

    open: int = 0
    """Deliveries neither committed nor discarded."""

    write_error: Exception | None = None
    commit_error: Exception | None = None

    def delivery(self) -> "MemoryDelivery":
        self.open += 1
        return MemoryDelivery(self)

    def home(self, address: str) -> Home:
        return Home(address)

    @property
    def contents(self) -> list[bytes]:
        return [content for _, _, content in self.messages]


class MemoryDelivery:
    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.trace: bytes | None = None  # comes first, in one piece
        self.content = bytearray()
        self.done = False

    def write(self, octets: bytes) -> None:
        assert not self.done
        if self.store.write_error:
            raise self.store.write_error
        if self.trace is None:
            self.trace = octets
        else:
            self.content += octets

    @property
    def size(self) -> int:
        return len(self.octets())

    def octets(self) -> bytes:
        return (self.trace or b"") + self.content

    def commit(self, homes: list[Home]) -> list[tuple[Mailbox, int]]:
        assert not self.done
        if self.store.commit_error:
            raise self.store.commit_error
        self.end()
        addresses = [home.address for home in homes]
        self.store.messages.append((addresses, self.trace or b"", bytes(self.content)))
        return [(Mailbox(), len(self.store.messages)) for _ in homes]

    def discard(self) -> None:
        if not self.done:
            self.end()

    def end(self) -> None:
        self.done = True
        self.store.open -= 1


class FakeBorder:
    """The outside of a session: keeps what was sent, plays the host."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.congested = False
        self.sent: list[bytes] = []
        self.closed = False
        self.tls_wanted = False
        self.paused = False
        self.after_close: list[bytes] = []

    def send(self, octets: bytes, shown: bytes | None = None) -> None:
        assert octets.endswith(b"\r\n")
        self.recorder.server(octets if shown is None else shown)
        (self.after_close if self.closed else self.sent).append(octets)

    def start_tls(self) -> None:
        self.tls_wanted = True

    def close(self) -> None:
        assert not self.closed
        self.closed = True

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False


class Client:
    """Talks to one session as a client would."""

    def __init__(self, desk: Desk, policy: SmtpPolicy, loop: asyncio.AbstractEventLoop) -> None:
        self.desk = desk
        self.store: MemoryStore = desk.store  # type: ignore[assignment]
        self.border = FakeBorder(desk.recorder)
        self.session = SmtpSession(desk, self.border, policy, loop)
        self.session.opened()
        self.greeting = self.taken()

    def taken(self) -> str:
        """Replies since the last time, without the last line end."""
        octets = b"".join(self.border.sent)
        self.border.sent.clear()
        return octets.decode("ascii").replace("\r\n", "\n").removesuffix("\n")

    def raw(self, octets: bytes, step: int = 0) -> str:
        """Send octets, all at once or `step` at a time."""
        for at in range(0, len(octets), step or len(octets) or 1):
            if not self.border.closed:
                self.session.received(octets[at : at + step] if step else octets)
        return self.taken()

    def say(self, *lines: str) -> str:
        """Send lines, each by itself; the last reply."""
        reply = ""
        for line in lines:
            reply = self.raw(line.encode() + b"\r\n")
        return reply

    def ready(self) -> "Client":
        """Up to the 354 of DATA."""
        assert self.say("EHLO tom", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>", "DATA")[:3] == (
            "354"
        )
        return self

    def shake(self) -> None:
        """The host's part of STARTTLS."""
        assert self.border.tls_wanted
        self.desk.tls = TLS
        self.desk.recorder.secured(TLS)
        self.session.secured(TLS)

    @property
    def transcript(self) -> str:
        return render(self.desk.recorder)

    @property
    def reasons(self) -> list[str]:
        return [entry.reason.slug for entry in self.desk.recorder.entries if entry.reason]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


Connect = Callable[..., Client]


@pytest.fixture
def connect(loop: asyncio.AbstractEventLoop) -> Connect:
    """A new session; keywords go to `Desk`, but for `policy` and `limits`."""
    clock = ManualClock()

    def connect(
        policy: SmtpPolicy = RELAY,
        limits: dict[str, object] | None = None,
        store: object = None,
        **things: object,
    ) -> Client:
        peer = Peer("127.0.0.1", 51324, "127.0.0.1", 25, "smtp")
        desk = Desk(
            peer=peer,
            host_name="mail.fakemail.test",
            recorder=Recorder(7, "smtp", peer, clock, "generic"),
            directory=Directory(None, clock),
            store=MemoryStore() if store is None else store,  # type: ignore[arg-type]
            clock=clock,
            limits=replace(Limits(), **(limits or {})),  # type: ignore[arg-type]
        )
        for name, value in things.items():
            setattr(desk, name, value)
        return Client(desk, policy, loop)

    return connect


@pytest.fixture
def client(connect: Connect) -> Client:
    """A session on port 25."""
    return connect()


@pytest.fixture
def submitter(connect: Connect) -> Client:
    """A session on port 587."""
    return connect(SUBMISSION)
