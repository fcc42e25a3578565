"""Servers that speak a dialect, and clients on sockets that play the situations on them."""

from __future__ import annotations

import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from dialect_table.compare import domain_of
from dialect_table.talk import ACCOUNTS, Talk
from fakemail.clock import ManualClock, SystemClock
from fakemail.config import load as settings_of
from fakemail.dialects.dialect import Dialect
from fakemail.dialects.load import load
from fakemail.dialects.rules import by_hand
from fakemail.services.private import PrivateServer

DELAYS = ("greeting_delay", "auth_failure_delay")
"""Nobody waits for them here; tests/smtp/dialects does, on a loop that need not."""

MANY = 60
"""Accounts, so that each conversation with POP3 or IMAP finds an empty mailbox."""

NUMBERED = """
[accounts."USER@DOMAIN"]
password = "webpass"
codes = [
  { code = "UMJLXEIFUZXKOEXK" },
  { code = "SMTPONLYSMTPONLY", scopes = ["smtp"] },
  { code = "IMAPONLYIMAPONLY", scopes = ["imap"] },
]
"""
OFF = 'code = "UMJLXEIFUZXKOEXK"'


class Served:
    """One server."""

    def __init__(self, private: PrivateServer, dialect: Dialect, clock: ManualClock) -> None:
        self.private = private
        self.dialect = dialect
        self.clock = clock
        self.ports = private.ready.ports
        self.tls = ssl.create_default_context(cafile=private.ready.ca_file)
        self.numbers = count(1)

    def deliver(self, address: str, octets: bytes, mailbox: str) -> None:
        """A message into a mailbox."""

        def put() -> None:
            store = self.private.server.post_office.store
            delivery = store.delivery()
            delivery.write(octets)
            delivery.commit([store.home(address)], mailbox=mailbox)

        self.private.call(put)

    def take_away(self, address: str) -> None:
        """All that is in an INBOX goes."""

        def expunge() -> None:
            inbox = self.private.server.post_office.store.home(address).mailbox("INBOX")
            inbox.expunge([message.uid for message in inbox.messages()])

        self.private.call(expunge)


class Servers:
    """One for every dialect and rules by hand, as they are wanted."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._running: dict[tuple[str, tuple[str, ...]], Served] = {}

    def speaking(self, name: str, rules: tuple[str, ...] = ()) -> Served:
        """The server for a dialect with these rules by hand."""
        if (name, rules) not in self._running:
            self._running[name, rules] = self._start(name, rules)
        return self._running[name, rules]

    def _start(self, name: str, rules: tuple[str, ...]) -> Served:
        dialect = load(name).with_rules(by_hand(rule) for rule in rules)
        quick = tuple(f"{rule}=0" for rule in DELAYS if dialect.has(rule))
        data = self._folder / str(len(self._running))
        data.mkdir()
        numbered = [NUMBERED.replace("USER", f"tom{number}") for number in range(1, MANY)]
        accounts = "".join([ACCOUNTS, '[[accounts."off@DOMAIN".codes]]\n', OFF, "\n"])
        accounts += NUMBERED.replace("USER", "tom") + "".join(numbered)
        (data / "accounts.toml").write_text(accounts.replace("DOMAIN", domain_of(dialect)))
        flags: dict[str, Any] = {
            "data": str(data),
            "ports": "ephemeral",
            "accounts": "listed",
            "max_recipients": 20,
            "dialect": name,
            "rule": (*rules, *quick),
            "default_domain": domain_of(dialect),
        }
        clock = ManualClock(SystemClock.time())  # certificates are of today
        private = PrivateServer(
            settings_of({key.replace("_", "-"): value for key, value in flags.items()}, {}), clock
        )
        self._stack.enter_context(private)
        return Served(private, dialect, clock)


@contextmanager
def servers() -> Iterator[Servers]:
    """Servers in a folder that goes away with them."""
    folder = Path(tempfile.mkdtemp(prefix="fakemail-table-"))
    try:
        with ExitStack() as stack:
            yield Servers(folder, stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Wire:
    """A socket, line by line."""

    def __init__(self, served: Served, listener: str) -> None:
        self.served = served
        self.socket = socket.create_connection(("127.0.0.1", served.ports[listener]), 20)
        self._buffer = b""

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def line(self) -> bytes:
        """The next line; nothing where the server has hung up."""
        while b"\n" not in self._buffer:
            octets = self.socket.recv(65536)
            if not octets:
                break
            self._buffer += octets
        line, end, self._buffer = self._buffer.partition(b"\n")
        return line + end

    def more(self) -> bool:
        """Whether the server says something else in the next moment."""
        if not self._buffer:
            self.socket.settimeout(0.05)
            try:
                self._buffer = self.socket.recv(65536)
            except TimeoutError:
                pass
            finally:
                self.socket.settimeout(20)
        return bool(self._buffer)

    def shake(self) -> None:
        """The TLS handshake."""
        self.socket = self.served.tls.wrap_socket(self.socket, server_hostname="localhost")

    def close(self) -> None:
        self.socket.close()


class SmtpTalk(Talk):
    """SMTP on a socket."""

    def __init__(self, served: Served) -> None:
        super().__init__(served.dialect, domain_of(served.dialect))
        self._served = served
        self._others: list[SmtpTalk] = []
        self.wire = Wire(served, "submission")
        self.greeting = self._reply()

    def say(self, line: str | bytes) -> bytes:
        self.wire.send(line if isinstance(line, bytes) else line.encode() + b"\r\n")
        return self._reply()

    def shake(self) -> None:
        self.wire.shake()

    def again(self) -> SmtpTalk:
        self._others.append(SmtpTalk(self._served))
        return self._others[-1]

    def close(self) -> None:
        """This connection, and those that were opened beside it."""
        for talk in (self, *self._others):
            talk.wire.close()

    def _reply(self) -> bytes:
        reply = b""
        while line := self.wire.line():
            reply += line
            if line[3:4] != b"-":
                break
        return reply


class PopTalk:
    """POP3 on a socket, as the situations of tests/pop3/dialects want it."""

    MANY_LINES = frozenset({"LIST", "UIDL", "CAPA", "RETR", "TOP"})

    def __init__(self, served: Served, tls: bool) -> None:
        self.served = served
        self.dialect = served.dialect
        self.domain = domain_of(served.dialect)
        self.address = f"tom{next(served.numbers)}@{self.domain}"
        self.wire = Wire(served, "pop3")
        self.greeting = self.wire.line()
        if tls and not served.dialect.has("login_before_tls"):
            self.say("STLS")
            self.wire.shake()

    def say(self, *lines: str) -> bytes:
        heard = b""
        for line in lines:
            self.wire.send(line.encode() + b"\r\n")
            heard = self.wire.line()
            verb, _, argument = line.upper().partition(" ")
            many = verb in self.MANY_LINES and (verb not in {"LIST", "UIDL"} or not argument)
            while many and heard.startswith(b"+OK") and not heard.endswith(b"\r\n.\r\n"):
                heard += self.wire.line()
        return heard

    def deliver(self, octets: bytes = b"") -> None:
        self.served.deliver(self.address, octets or b"Subject: x\r\n\r\nText.\r\n", "INBOX")

    def take_away(self) -> None:
        self.served.take_away(self.address)

    def log_in(self) -> PopTalk:
        from base64 import b64encode

        if self.dialect.has("basic_auth_disabled"):
            secret = f"user={self.address}\x01auth=Bearer UMJLXEIFUZXKOEXK\x01\x01"
            answer = self.say("AUTH XOAUTH2", b64encode(secret.encode()).decode())
        else:
            answer = self.say(f"USER {self.address}", "PASS UMJLXEIFUZXKOEXK")
        assert answer.startswith(b"+OK"), answer
        return self


class ImapTalk:
    """IMAP on a socket, as the situations of tests/imap/dialects want it."""

    def __init__(self, served: Served, tls: bool) -> None:
        self.served = served
        self.provider = served
        self.dialect = served.dialect
        self.domain = domain_of(served.dialect)
        self.address = f"tom{next(served.numbers)}@{self.domain}"
        self.logged_in = False
        self.wire = Wire(served, "imap")
        self.greeting = self.wire.line()
        self._tag = b""
        if tls and not served.dialect.has("login_before_tls"):
            assert b" OK" in self.say("tls STARTTLS")
            self.wire.shake()

    def say(self, line: str | bytes) -> bytes:
        octets = line.encode() if isinstance(line, str) else line
        if octets != b"DONE":
            self._tag = octets.partition(b" ")[0]
        self.wire.send(octets + b"\r\n")
        heard = b""
        while found := self.wire.line():
            heard += found
            bad = found.startswith(self._tag + b" BAD") and self.wire.more()  # BYE may follow
            if found.startswith((self._tag + b" ", b"+")) and not bad:
                break
        return heard

    def deliver(self, octets: bytes = b"", mailbox: str = "INBOX") -> None:
        self.served.deliver(self.address, octets or b"Subject: x\r\n\r\nText.\r\n", mailbox)

    def log_in(self) -> ImapTalk:
        from base64 import b64encode

        if self.dialect.has("basic_auth_disabled"):
            secret = f"user={self.address}\x01auth=Bearer UMJLXEIFUZXKOEXK\x01\x01"
            answer = self.say(f"in AUTHENTICATE XOAUTH2 {b64encode(secret.encode()).decode()}")
        else:
            answer = self.say(f"in LOGIN {self.address} UMJLXEIFUZXKOEXK")
        assert b"in OK" in answer, answer
        self.logged_in = True
        self.say('who ID ("name" "test")')
        return self

    def select(self, name: str = "INBOX") -> ImapTalk:
        if not self.logged_in:
            self.log_in()
        self.served.clock.advance(60)
        answer = self.say(f"open SELECT {name}")
        assert b"open OK" in answer, answer
        return self
