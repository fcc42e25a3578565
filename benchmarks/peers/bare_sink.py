"""The floor in Python: an asyncio protocol that takes SMTP and writes Maildir, and nothing else.

What a careful person would write in an afternoon, on the same event loop as fakemail (uvloop where
it is installed; `StdlibSink` on asyncio's own): commands checked for order, dot-stuffing undone,
the message written to `tmp` with O_EXCL and renamed into `new` before the 250. No AUTH, no TLS, no
size limit, no trace fields, no UIDs, no transcript, no IMAP and no POP3. Run:
`python -m benchmarks.peers.bare_sink PORT FOLDER LOOP`.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, ClassVar

from benchmarks.peers.peer import Peer
from benchmarks.workplace import Child, free_port, wait_for_port

END = b"\r\n.\r\n"
GREETING = b"220 sink ESMTP\r\n"
EXTENSIONS = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    serial: ClassVar[itertools.count[int]] = itertools.count()
    known: ClassVar[set[str]] = set()

    def __init__(self, root: str) -> None:
        self.root = root
        self.buffer = bytearray()
        self.searched = 0
        self.in_data = False
        self.has_sender = False
        self.recipients: list[str] = []

    def connection_made(self, transport: Any) -> None:
        self.transport: asyncio.Transport = transport  # uvloop's is not a subclass
        transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self.take_message() if self.in_data else self.take_command():
            pass

    def take_command(self) -> bool:
        end = self.buffer.find(b"\r\n")
        if end < 0:
            if len(self.buffer) > 65536:
                self.transport.write(b"500 line too long\r\n")
                self.transport.close()
            return False
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        if reply := self.answer(line):
            self.transport.write(reply)
        return bool(reply)

    def answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"MAIL":
            if self.has_sender:
                return b"503 nested MAIL\r\n"
            if line[4:10].upper() != b" FROM:":
                return b"501 MAIL FROM:<address>\r\n"
            self.has_sender = True
            return b"250 OK\r\n"
        if verb == b"RCPT":
            if not self.has_sender:
                return b"503 need MAIL\r\n"
            opened, closed = line.find(b"<"), line.rfind(b">")
            local = line[opened + 1 : closed].partition(b"@")[0].decode("ascii", "replace")
            if opened < 0 or closed < 0 or not local.isalnum():
                return b"501 RCPT TO:<address>\r\n"
            self.recipients.append(local)
            return b"250 OK\r\n"
        if verb == b"DATA":
            if not self.recipients:
                return b"503 need RCPT\r\n"
            self.in_data = True
            self.searched = 0
            return b"354 go ahead\r\n"
        if verb == b"EHLO":
            return EXTENSIONS
        if verb in (b"HELO", b"NOOP"):
            return b"250 OK\r\n"
        if verb == b"RSET":
            self.reset()
            return b"250 OK\r\n"
        if verb == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
            return b""
        return b"500 unknown command\r\n"

    def take_message(self) -> bool:
        if self.buffer.startswith(b".\r\n"):
            body, rest = b"", 3
        else:
            end = self.buffer.find(END, self.searched)
            if end < 0:
                self.searched = max(0, len(self.buffer) - len(END) + 1)
                return False
            with memoryview(self.buffer) as view:
                body, rest = bytes(view[: end + 2]), end + len(END)
        del self.buffer[:rest]
        if body.startswith(b"."):
            body = body[1:]
        if b"\r\n." in body:
            body = body.replace(b"\r\n.", b"\r\n")
        for recipient in self.recipients:
            self.deliver(recipient, body)
        self.reset()
        self.transport.write(b"250 OK\r\n")
        return True

    def deliver(self, recipient: str, body: bytes) -> None:
        folder = f"{self.root}/{recipient}"
        if folder not in self.known:
            for sub in ("tmp", "new", "cur"):
                Path(folder, sub).mkdir(parents=True, exist_ok=True)
            self.known.add(folder)
        name = f"{next(self.serial)}.{os.getpid()}.sink"
        temporary = f"{folder}/tmp/{name}"
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            view = memoryview(body)
            while view:
                view = view[os.write(handle, view) :]
        finally:
            os.close(handle)
        os.rename(temporary, f"{folder}/new/{name}")

    def reset(self) -> None:
        self.in_data = False
        self.has_sender = False
        self.recipients.clear()


class BareSink(Peer):
    name = "bare asyncio sink"
    loop: ClassVar[str] = "uvloop"

    def __init__(self, root: Path, users: list[str]) -> None:
        self.root = root
        (root / "mail").mkdir(parents=True)
        self.ports = {"smtp": free_port()}
        module = [sys.executable, "-m", "benchmarks.peers.bare_sink"]
        arguments = [*module, str(self.ports["smtp"]), str(root / "mail"), self.loop]
        self.child = Child(arguments, root / "log")
        wait_for_port(self.ports["smtp"], self.child)

    @property
    def version(self) -> str:
        loop = _loop_name() if self.loop == "uvloop" else self.loop
        return f"Python {sys.version.split()[0]}, {loop}"

    def maildir(self, user: str) -> Path:
        return self.root / "mail" / user


class StdlibSink(BareSink):
    name = "bare sink, stdlib loop"
    loop = "asyncio"


def _loop_name() -> str:
    try:
        return f"uvloop {version('uvloop')}"
    except PackageNotFoundError:
        return "asyncio"


def main() -> None:
    port, root = int(sys.argv[1]), sys.argv[2]

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Sink(root), "127.0.0.1", port, backlog=128)
        await server.serve_forever()

    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    if sys.argv[3] == "uvloop" and _loop_name() != "asyncio":
        import uvloop

        loop_factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(serve())


if __name__ == "__main__":
    main()
