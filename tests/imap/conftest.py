"""Conversations against the engine: what a script (`scripts/*.txt`) means, and who plays it.

A script is the text of a transcript. ``C:`` lines are sent with CRLF; ``S:`` lines must be all
that the server says. ``C2:`` and ``S2:`` are a second client of the same account. ``$name`` in an
``S:`` line stands for whatever word is there the first time and for the same word later, in ``C:``
lines too; ``$*`` is the rest of a line. ``S: [closed]`` and ``S: [tls]`` are the connection's.

Lines with ``!`` set the scene:

    ! messages 3 [in NAME]      so many small messages are in INBOX (or NAME)
    ! deliver                   the ``|`` lines that follow are delivered to INBOX
    ! login [2]                 client 1 (or 2) connects and logs in, unseen
    ! select [2]                the same, and selects INBOX
    ! inside tls                clients connect by TLS
    ! not pipelined             the script must wait for the server (a refused literal)
    ! timeout | ! shutdown      the host says so, to client 1
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from fakemail.accounts.directory import Directory
from fakemail.clock import ManualClock
from fakemail.desk import Desk, Limits
from fakemail.imap.engine import ImapEngine
from fakemail.store.store import Store
from fakemail.transcript.recorder import Recorder
from fakemail.wire.effects import Close, Compress, Effects, Pause, Shown, StartTls
from fakemail.wire.engine import Peer, TlsFacts

ADDRESS = "tom@fakemail.test"
CODE = "UMJLXEIFUZXKOEXK"
TLS = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384")
SMALL_LIMITS = Limits(message_octets=4096, command_octets=1024)


class Office:
    """A store and the clients around it."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.clock = ManualClock()
        self.store = Store(root, self.clock, watch=False)
        self.limits = limits
        self.clients: dict[str, Client] = {}
        self.tls = False
        self.can_tls = True

    def client(self, number: str = "1") -> Client:
        """The client of that number; connected (and greeted) when it is new."""
        if number not in self.clients:
            self.clients[number] = Client(self, int(number))
        return self.clients[number]

    def deliver(self, octets: bytes, mailbox: str = "INBOX") -> None:
        """Mail comes in."""
        delivery = self.store.delivery()
        delivery.write(octets)
        delivery.commit([self.store.home(ADDRESS)], mailbox=mailbox)
        self.wake()

    def wake(self) -> None:
        """What the host does after a wake: tell the engines."""
        for client in self.clients.values():
            if client.awake:
                client.awake = False
                client.take(client.engine.woken())


class Client:
    """One connection."""

    def __init__(self, office: Office, number: int) -> None:
        self.office = office
        peer = Peer("127.0.0.1", 50000 + number, "127.0.0.1", 143, "imap")
        self.recorder = Recorder(number, "imap", peer, office.clock, "generic")
        self.desk = Desk(
            peer,
            "fakemail.test",
            self.recorder,
            Directory(None, office.clock),
            office.store,
            office.clock,
            office.limits,
            tls=TLS if office.tls else None,
            can_tls=office.can_tls,
        )
        self.awake = False
        self.said = bytearray()
        self.open = True
        self.engine = ImapEngine(self.desk, self._wake)
        self.take(self.engine.opened())

    def _wake(self) -> None:
        self.awake = True

    def take(self, effects: Effects) -> None:
        """Carry out what the engine wants, as the host does."""
        for effect in effects:
            assert self.open, f"after Close: {effect!r}"
            match effect:
                case bytes():
                    self.said += effect
                    self.recorder.server(effect)
                case Shown(octets, text):
                    self.said += octets
                    self.recorder.server(text)
                case Close():
                    self.open = False
                    self.said += b"[closed]\r\n"
                    self.engine.closed()
                    break
                case StartTls():
                    self.said += b"[tls]\r\n"
                    self.desk.tls = TLS
                    self.take(self.engine.secured(TLS))
                case Compress(early):
                    self.said += b"[deflate]\r\n" if not early else b"[%d early]\r\n" % early
                case Pause():
                    pass

    def send(self, octets: bytes, at_once: bool = True) -> None:
        """The client sends this, in one piece or octet by octet; what follows STARTTLS is lost."""
        tls = self.desk.tls
        for piece in [octets] if at_once else [bytes([octet]) for octet in octets]:
            if self.open and self.desk.tls is tls:
                self.take(self.engine.received(piece))
        self.office.wake()

    def hear(self) -> bytes:
        """What the server said since the last time."""
        said = bytes(self.said)
        self.said.clear()
        return said

    def ask(self, line: str | bytes) -> bytes:
        """Send a line, hear the answer."""
        octets = line.encode("latin-1") if isinstance(line, str) else line
        self.send(octets + b"\r\n")
        return self.hear()

    def login(self) -> None:
        """Log in; what was said is forgotten."""
        assert b" OK " in self.ask(f"login LOGIN {ADDRESS} {CODE}")

    def select(self, name: str = "INBOX") -> None:
        """Log in if need be, and select; what was said is forgotten."""
        if self.recorder.login is None:
            self.login()
        assert b"select OK" in self.ask(f"select SELECT {name}")


@dataclass(slots=True)
class Play:
    """One performance of a script."""

    office: Office
    at_once: bool = True
    pipelined: bool = False
    bound: dict[str, str] = field(default_factory=dict)
    unsent: dict[str, bytearray] = field(default_factory=dict)
    expected: dict[str, list[str]] = field(default_factory=dict)

    def perform(self, script: str) -> None:
        """Play every line; raises AssertionError where the server says something else."""
        last = ""
        message: list[str] | None = None
        for number, line in enumerate([*script.splitlines(), "! end"], 1):
            if message is not None and not line.startswith("|"):
                self.office.deliver("".join(f"{each}\r\n" for each in message).encode("latin-1"))
                message = None
            if not line.strip() or line.startswith("#"):
                continue
            kind, _, text = line.partition(" ")
            if message is not None and kind == "|":
                message.append(text)
                continue
            if match := re.fullmatch(r"([CS])(\d?):", kind):
                who = match[2] or "1"
                self.office.client(who)
                if match[1] == "C":
                    if last == "S" and not self.pipelined:
                        self.check(number)
                    self.unsent.setdefault(who, bytearray()).extend(self._fill(text))
                else:
                    if last == "C" and not self.pipelined:
                        self.flush()
                    self.expected.setdefault(who, []).append(text)
                last = match[1]
                continue
            assert kind == "!", f"line {number} is no line of a script: {line}"
            self.flush()
            self.check(number)
            if text == "deliver":
                message = []
            else:
                self._scene(text.split())

    def _scene(self, words: list[str]) -> None:
        match words:
            case ["messages", count, *rest]:
                for index in range(int(count)):
                    self.office.deliver(small_message(index + 1), rest[-1] if rest else "INBOX")
            case ["login", *rest]:
                self._quiet(rest).login()
            case ["select", *rest]:
                self._quiet(rest).select()
            case ["inside", "tls"]:
                self.office.tls = True
            case ["no", "tls"]:
                self.office.can_tls = False
            case ["timeout"]:
                client = self.office.client()
                client.take(client.engine.timed_out())
            case ["shutdown"]:
                client = self.office.client()
                client.take(client.engine.shutting_down())
            case ["not", "pipelined"] | ["end"]:
                pass
            case _:
                raise AssertionError(f"no such scene: {words}")

    def _quiet(self, rest: list[str]) -> Client:
        client = self.office.client(rest[0] if rest else "1")
        client.hear()
        return client

    def _fill(self, text: str) -> bytes:
        filled = re.sub(r"\$(\w+)", lambda m: self.bound.get(m[1], m[0]), text)
        if "$" in filled and not self.pipelined:
            unbound = re.search(r"\$(\w+)", filled)
            assert unbound is None, f"{unbound} is not bound yet"
        return filled.encode("latin-1") + b"\r\n"

    def flush(self) -> None:
        """Send what the clients want to say."""
        for who, octets in self.unsent.items():
            if octets:
                self.office.client(who).send(bytes(octets), self.at_once)
                octets.clear()

    def check(self, number: int) -> None:
        """All that was said must be all that was expected."""
        for who, client in self.office.clients.items():
            said = client.hear().decode("latin-1").replace("\r\n", "\n").splitlines()
            expected = self.expected.pop(who, [])
            heard = "\n".join(f"S{who}: {line}" for line in said)
            for index in range(max(len(said), len(expected))):
                line = said[index] if index < len(said) else "(nothing)"
                want = expected[index] if index < len(expected) else "(nothing)"
                assert self._fits(want, line), (
                    f"before line {number}:\nwanted  {want}\nheard   {line}\nin\n{heard}"
                )

    def _fits(self, want: str, line: str) -> bool:
        pattern, seen = "", set()
        for piece in re.split(r"(\$\w+|\$\*)", want):
            name = piece[1:]
            if piece == "$*":
                pattern += ".*"
            elif re.fullmatch(r"\$\w+", piece):
                if name in self.bound:
                    pattern += re.escape(self.bound[name])
                elif name in seen:
                    pattern += f"(?P={name})"
                else:
                    seen.add(name)
                    pattern += rf"(?P<{name}>[^\s\])(]+)"
            else:
                pattern += re.escape(piece)
        found = re.fullmatch(pattern, line)
        if found is None:
            return False
        self.bound.update(found.groupdict())
        return True


def small_message(number: int) -> bytes:
    """Message 1, 2, 3...: 62 octets."""
    return b"From: a@b.example\r\nSubject: message %03d\r\n\r\nText of %03d.\r\n" % (number, number)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A store with nothing in it, and generous limits."""
    made = Office(tmp_path / "mail", Limits())
    yield made
    for client in made.clients.values():
        client.engine.closed()
    made.store.close()


@pytest.fixture
def small_office(office: Office) -> Office:
    """The same with small limits: commands of 1024 octets, messages of 4096."""
    office.limits = SMALL_LIMITS
    return office


@pytest.fixture
def selected(office: Office) -> Client:
    """A client with INBOX and its three messages selected."""
    for number in (1, 2, 3):
        office.deliver(small_message(number))
    client = office.client()
    client.select()
    return client


@pytest.fixture
def play(office: Office) -> Callable[..., None]:
    """Play a script: ``play(text, at_once=True, pipelined=False)``."""

    def performed(script: str, *, at_once: bool = True, pipelined: bool = False) -> None:
        office.limits = replace(SMALL_LIMITS, command_octets=4096)
        Play(office, at_once, pipelined).perform(script)

    return performed


@pytest.fixture(name="small_message")
def small_message_maker() -> Callable[[int], bytes]:
    """`small_message`, for tests that deliver many."""
    return small_message


@pytest.fixture(scope="session")
def make_office() -> Callable[[Path], Office]:
    """Makes an office in a folder of its own, for tests that need many; close its store."""
    return lambda root: Office(root / "mail", Limits())
