"""A real server in a process of its own, and plain-socket clients that know only the RFCs.

The clients hold no mail library: what they send is what the tests wrote, and what they return is
what came. `server` starts `python -m fakemail serve --ports ephemeral` on a data folder; it can be
killed and started again on the same folder.
"""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
CODE = "QWERTYUIOPPOIUYT"


class Server:
    """`fakemail serve` as a child process."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.options = options
        self.stderr_path = data.parent / f"{data.name}.stderr"
        self.process: subprocess.Popen[bytes] | None = None
        self.ports: dict[str, int] = {}

    def start(self) -> Server:
        ready = self.data.parent / f"{self.data.name}.ready"
        ready.unlink(missing_ok=True)
        program = [sys.executable, "-m", "fakemail", "serve", "--ports", "ephemeral"]
        places = ["--data", str(self.data), "--ready-file", str(ready)]
        with self.stderr_path.open("ab") as errors:
            self.process = subprocess.Popen(
                [*program, *places, *self.options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=REPOSITORY,
            )
        limit = monotonic() + 20
        while not ready.exists():
            if self.process.poll() is not None or monotonic() > limit:
                self.kill()
                pytest.fail(f"the server did not come up\n{self.stderr()[-3000:]}")
            sleep(0.005)
        self.ports = json.loads(ready.read_text())["ports"]
        return self

    def kill(self) -> None:
        """`kill -9`: no goodbye, no flush."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail("the server did not end within 15 seconds of SIGTERM")

    def stderr(self) -> str:
        return self.stderr_path.read_text(errors="replace")

    def resident(self) -> int:
        """Resident memory in octets."""
        assert self.process is not None
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def maildir(self, address: str) -> Path:
        program = [sys.executable, "-m", "fakemail", "path", address, "--data", str(self.data)]
        answer = subprocess.run(program, capture_output=True, text=True, check=True, cwd=REPOSITORY)
        return Path(answer.stdout.strip())


class Wire:
    """A blocking connection with a buffer. `EOFError` where the server closed."""

    def __init__(self, port: int, timeout: float = 15) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.was_reset = False

    def opening(self, read: Callable[[], bytes]) -> bytes:
        """The greeting; where none comes, nothing of the connection is left over."""
        try:
            return read()
        except BaseException:
            self.close()
            raise

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def more(self) -> None:
        octets = self.socket.recv(1 << 18)
        if not octets:
            raise EOFError(bytes(self.buffer[-200:]))
        self.buffer += octets

    def take(self, count: int) -> bytes:
        octets = bytes(self.buffer[:count])
        del self.buffer[:count]
        return octets

    def line(self) -> bytes:
        """One line, its CRLF included."""
        start = 0
        while (end := self.buffer.find(b"\r\n", start)) < 0:
            start = max(0, len(self.buffer) - 1)
            self.more()
        return self.take(end + 2)

    def octets(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self.more()
        return self.take(count)

    def rest(self) -> bytes:
        """Everything until the server closes."""
        try:
            while True:
                self.more()
        except EOFError:
            pass
        except ConnectionError:
            self.was_reset = True
        return self.take(len(self.buffer))

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Close with RST, as a crashed client does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Smtp(Wire):
    """An SMTP conversation (RFC 5321)."""

    def __init__(self, port: int, timeout: float = 15) -> None:
        super().__init__(port, timeout)
        self.greeting = self.opening(self.reply)

    def reply(self) -> bytes:
        text = line = self.line()
        while line[3:4] == b"-":
            line = self.line()
            text += line
        return text

    def ask(self, command: bytes) -> bytes:
        self.send(command + b"\r\n")
        return self.reply()

    def hello(self) -> Smtp:
        assert self.opening(lambda: self.ask(b"EHLO load.test")).startswith(b"250")
        return self

    def envelope(self, recipients: list[str], sender: str = "sender@fakemail.test") -> None:
        assert (answer := self.ask(b"MAIL FROM:<%b>" % sender.encode())).startswith(b"250"), answer
        for recipient in recipients:
            answer = self.ask(b"RCPT TO:<%b>" % recipient.encode())
            assert answer.startswith(b"250"), answer

    def data(self, message: bytes) -> bytes:
        assert (answer := self.ask(b"DATA")).startswith(b"354"), answer
        self.send(stuffed(message))
        return self.reply()

    def deliver(self, recipients: list[str], message: bytes) -> bytes:
        """The final reply to the message."""
        self.envelope(recipients)
        return self.data(message)


def stuffed(message: bytes) -> bytes:
    """The octets of DATA (RFC 5321 §4.5.2): dots doubled, the end put behind."""
    assert message.endswith(b"\r\n")
    return (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


class Pop3(Wire):
    """A POP3 conversation (RFC 1939)."""

    def __init__(self, port: int, timeout: float = 15) -> None:
        super().__init__(port, timeout)
        self.greeting = self.opening(self.line)

    def ask(self, command: bytes) -> bytes:
        self.send(command + b"\r\n")
        return self.line()

    def log_in(self, address: str) -> Pop3:
        for line in (b"USER %b" % address.encode(), b"PASS %b" % CODE.encode()):
            answer = self.opening(functools.partial(self.ask, line))
            assert answer.startswith(b"+OK"), answer
        return self

    def several(self, command: bytes) -> bytes:
        """The octets of a multi-line response, dots removed, without the final dot line."""
        answer = self.ask(command)
        assert answer.startswith(b"+OK"), answer
        start = 0
        while not self.buffer.startswith(b".\r\n"):
            end = self.buffer.find(b"\r\n.\r\n", start)
            if end >= 0:
                text = b"\r\n" + self.take(end + 5)[:-3]
                return text.replace(b"\r\n.", b"\r\n")[2:]
            start = max(0, len(self.buffer) - 4)
            self.more()
        self.take(3)
        return b""


class Imap(Wire):
    """An IMAP conversation (RFC 3501): responses come as one run of octets, literals included."""

    LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")

    def __init__(self, port: int, timeout: float = 15) -> None:
        super().__init__(port, timeout)
        self.greeting = self.opening(self.line)
        self.count = 0

    def response(self) -> bytes:
        """One response with its literals."""
        parts = [self.line()]
        while literal := self.LITERAL.search(parts[-1]):
            parts += [self.octets(int(literal[1])), self.line()]
        return b"".join(parts)

    def tag(self) -> bytes:
        self.count += 1
        return b"t%d" % self.count

    def until(self, tag: bytes) -> list[bytes]:
        """The untagged responses and, last, the tagged one."""
        responses = [self.response()]
        while not responses[-1].startswith(tag + b" "):
            responses.append(self.response())
        return responses

    def ask(self, command: bytes) -> list[bytes]:
        tag = self.tag()
        self.send(tag + b" " + command + b"\r\n")
        return self.until(tag)

    def good(self, command: bytes) -> list[bytes]:
        """`ask`, and the tagged response has to be OK."""
        responses = self.ask(command)
        assert responses[-1].split(b" ")[1] == b"OK", responses[-1]
        return responses

    def log_in(self, address: str) -> Imap:
        line = b'LOGIN "%b" "%b"' % (address.encode(), CODE.encode())
        self.opening(lambda: self.good(line)[-1])
        return self

    def append(self, mailbox: bytes, message: bytes, flags: bytes = b"") -> bytes:
        """The tagged response of APPEND (RFC 3501 §6.3.11)."""
        tag = self.tag()
        self.send(tag + b" APPEND %b %b{%d}\r\n" % (mailbox, flags, len(message)))
        answer = self.response()
        assert answer.startswith(b"+"), answer
        self.send(message + b"\r\n")
        return self.until(tag)[-1]

    def idle(self) -> bytes:
        """Begin IDLE (RFC 2177); the tag."""
        tag = self.tag()
        self.send(tag + b" IDLE\r\n")
        while not (answer := self.response()).startswith(b"+"):
            assert answer.startswith(b"*"), answer
        return tag

    def section(self, uid: int, section: bytes) -> bytes:
        """The octets of one body section, fetched by UID."""
        for response in self.good(b"UID FETCH %d (%b)" % (uid, section)):
            if found := re.search(rb" BODY\[[^\]]*\](?:<\d+>)? (?:\{(\d+)\}\r\n|\"\")", response):
                size = int(found[1] or 0)
                return response[found.end() : found.end() + size]
        raise AssertionError(f"no {section!r} of UID {uid}")


@pytest.fixture(scope="session")
def clients() -> SimpleNamespace:
    return SimpleNamespace(Wire=Wire, Smtp=Smtp, Pop3=Pop3, Imap=Imap, stuffed=stuffed, code=CODE)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running server; ended by SIGTERM, which it has to obey, with nothing bad on stderr."""
    running = Server(tmp_path / "data").start()
    yield running
    assert running.process is not None
    if running.process.poll() is None:
        assert running.stop() == 0
    assert "Traceback" not in running.stderr()


@pytest.fixture
def stopped_server(tmp_path: Path) -> Iterator[Server]:
    """A server that the test starts (and kills) itself."""
    server = Server(tmp_path / "data")
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


@pytest.fixture
def message() -> Callable[[str], bytes]:
    def make(identity: str, octets: int = 300) -> bytes:
        head = f"From: s@fakemail.test\r\nSubject: {identity}\r\nMessage-ID: <{identity}>\r\n\r\n"
        return head.encode() + b"0123456789abcdef\r\n" * (octets // 18 + 1)

    return make
