"""Send messages by SMTP or LMTP over N connections, as fast as one process can.

Argument: a JSON object with `port`, `lmtp`, `connections`, `messages` (in all), `size` (octets),
`per_connection` (messages before QUIT and a new connection; 0 for no limit), `pipelining` (send
MAIL RCPT DATA in one write, RFC 2920), `users` (connection i sends to users[i]), `domain`,
`login` (AUTH PLAIN with this, in base64, once a connection; leave it out to send without).
Prints: `seconds` until the last 250, `latencies` (first octet of MAIL to 250, seconds, sorted),
`cpu` (share of one CPU that this client used), `rejected`.

One thread, one epoll, one write for each step of the conversation.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
from time import perf_counter, process_time
from typing import Any


def message_of(size: int) -> bytes:
    """A message of about `size` octets, dot-stuffed, with its end."""
    head = (
        b"From: Tom <tom@fakemail.test>\r\nTo: Ann <ann@fakemail.test>\r\n"
        b"Subject: benchmark\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
        b"Message-ID: <one.and.the.same@fakemail.test>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=us-ascii\r\n\r\n"
    )
    line = b"The quick brown fox jumps over the lazy dog, and does it again and again.\r\n"
    lines = max(1, (size - len(head)) // len(line))
    body = bytearray()
    for number in range(lines):
        body += b".." + line[2:] if number % 50 == 49 else line  # a line that starts with a dot
    return head + bytes(body) + b".\r\n"


class Work:
    """What is left to do, shared by the connections."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.left = order["messages"]
        self.message = message_of(order["size"])
        self.pipelining = order["pipelining"]
        self.limit = order["per_connection"] or sys.maxsize
        self.hello = b"LHLO client\r\n" if order["lmtp"] else b"EHLO client\r\n"
        self.login = order.get("login", "").encode()
        self.address = ("127.0.0.1", order["port"])
        self.latencies: list[float] = []
        self.rejected = 0
        self.last = 0.0


class Connection:
    def __init__(self, work: Work, recipient: bytes, selector: selectors.BaseSelector) -> None:
        self.work = work
        self.selector = selector
        self.mail = b"MAIL FROM:<tom@fakemail.test>\r\n"
        self.rcpt = b"RCPT TO:<" + recipient + b">\r\n"
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(self.work.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.pending = memoryview(b"")
        self.received = b""
        self.sent = 0
        self.replies = 1
        self.step = self.greeted
        self.selector.register(self.socket, selectors.EVENT_READ, self)

    def send(self, octets: bytes) -> None:
        try:
            done = self.socket.send(octets)
        except BlockingIOError:
            done = 0
        if done < len(octets):
            self.pending = memoryview(octets)[done:]
            both = selectors.EVENT_READ | selectors.EVENT_WRITE
            self.selector.modify(self.socket, both, self)

    def ready(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self.pending = self.pending[self.socket.send(self.pending) :]
            if not self.pending:
                self.selector.modify(self.socket, selectors.EVENT_READ, self)
        if events & selectors.EVENT_READ:
            octets = self.socket.recv(65536)
            if not octets:
                raise ConnectionError(f"server closed in the middle, after {self.received!r}")
            self.received += octets
            if self.received.endswith(b"\n"):
                lines = self.received.split(b"\r\n")
                if sum(line[3:4] != b"-" for line in lines[:-1]) >= self.replies:
                    reply, self.received = self.received, b""
                    self.step(reply)

    def greeted(self, reply: bytes) -> None:
        self.step = self.log_in if self.work.login else self.next_message
        self.send(self.work.hello)

    def log_in(self, reply: bytes) -> None:
        self.step = self.logged_in
        self.send(b"AUTH PLAIN " + self.work.login + b"\r\n")

    def logged_in(self, reply: bytes) -> None:
        if not reply.startswith(b"235"):
            raise ConnectionError(f"no login: {reply!r}")
        self.next_message()

    def next_message(self, reply: bytes = b"") -> None:
        work = self.work
        if not work.left:
            self.step = self.done
            self.send(b"QUIT\r\n")
        elif self.sent == work.limit:
            self.step = self.again
            self.send(b"QUIT\r\n")
        else:
            work.left -= 1
            self.sent += 1
            self.started = perf_counter()
            if work.pipelining:
                self.replies = 3
                self.step = self.data
                self.send(self.mail + self.rcpt + b"DATA\r\n")
            else:
                self.step = self.mailed
                self.send(self.mail)

    def mailed(self, reply: bytes) -> None:
        self.step = self.rcpted
        self.send(self.rcpt)

    def rcpted(self, reply: bytes) -> None:
        self.step = self.data
        self.send(b"DATA\r\n")

    def data(self, reply: bytes) -> None:
        if b"354" not in reply:
            raise ConnectionError(f"refused: {reply!r}")
        self.replies = 1
        self.step = self.accepted
        self.send(self.work.message)

    def accepted(self, reply: bytes) -> None:
        now = perf_counter()
        self.work.last = now
        self.work.latencies.append(now - self.started)
        self.work.rejected += not reply.startswith(b"250")
        self.next_message()

    def again(self, reply: bytes) -> None:
        self.done(reply)
        self.connect()

    def done(self, reply: bytes) -> None:
        self.selector.unregister(self.socket)
        self.socket.close()


def run(order: dict[str, Any]) -> dict[str, Any]:
    work = Work(order)
    with selectors.DefaultSelector() as selector:
        started, cpu = perf_counter(), process_time()
        for user in order["users"][: order["connections"]]:
            Connection(work, f"{user}@{order['domain']}".encode(), selector)
        while selector.get_map():
            for key, events in selector.select(30) or _stuck():
                key.data.ready(events)
    seconds = work.last - started
    return {
        "seconds": seconds,
        "started": started,
        "latencies": sorted(work.latencies),
        "cpu": (process_time() - cpu) / (perf_counter() - started),
        "rejected": work.rejected,
    }


def _stuck() -> Any:
    raise TimeoutError("no reply for 30 seconds")


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.argv[1]))))
