"""Time from the 250 to the answer of waiting HTTP requests.

Argument: a JSON object with `smtp` and `http` (ports), `waiters`, `messages`, `pause` (seconds
between messages) and `same` (all wait for one address, so that one message answers all of them;
else each for its own, and a message answers one). Who has been answered waits again, from its
cursor on. Prints the sorted seconds `from_250`.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
from collections.abc import Iterator
from time import perf_counter, sleep
from typing import Any

MESSAGE = b"From: tom@fakemail.test\r\nSubject: wait\r\n\r\nhello\r\n.\r\n"


def connect(port: int) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", port), 30)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire


def ask(wire: socket.socket, line: bytes, until: bytes) -> None:
    wire.sendall(line)
    answer = b""
    while not (answer.endswith(b"\r\n") and until in answer):
        octets = wire.recv(65536)
        if not octets:
            raise ConnectionError(f"closed after {line[:8]!r}: {answer!r}")
        answer += octets


class Waiter:
    """One connection that waits again and again."""

    def __init__(self, port: int, address: str) -> None:
        self.address = address
        self.wire = connect(port)
        self.since = ""
        self._answer = b""
        self.wait()

    def wait(self) -> None:
        path = f"/api/v1/wait?to={self.address}&timeout=60&since={self.since}"
        self.wire.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def answered(self) -> bool:
        """Take what has come; whether the answer is whole now."""
        self._answer += self.wire.recv(65536)
        head, blank, body = self._answer.partition(b"\r\n\r\n")
        if not blank:
            return False
        length = next(
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        if len(body) < length:
            return False
        assert b" 200 " in head.split(b"\r\n")[0], self._answer[:500]
        self.since = json.loads(body)["cursor"]
        self._answer = b""
        return True


def round_of(
    smtp: socket.socket, selector: selectors.BaseSelector, to: str, wanted: int
) -> Iterator[tuple[Waiter, float]]:
    """Send one message; each waiter that is answered, with the seconds since the 250."""
    ask(smtp, b"MAIL FROM:<tom@fakemail.test>\r\n", b"250")
    ask(smtp, f"RCPT TO:<{to}>\r\n".encode(), b"250")
    ask(smtp, b"DATA\r\n", b"354")
    smtp.sendall(MESSAGE)
    accepted = 0.0
    early: list[tuple[Waiter, float]] = []
    while wanted or not accepted:
        for key, _ in selector.select(30) or _stuck():
            if key.fileobj is smtp:
                assert smtp.recv(65536).startswith(b"250")
                accepted = perf_counter()
            elif key.data.answered():
                early.append((key.data, perf_counter()))
                wanted -= 1
    for waiter, at in early:
        yield waiter, at - accepted


def _stuck() -> Any:
    raise TimeoutError("a wait was not answered for 30 seconds")


def run(order: dict[str, Any]) -> dict[str, list[float]]:
    count, same = order["waiters"], order["same"]
    smtp = connect(order["smtp"])
    ask(smtp, b"", b"220")
    ask(smtp, b"EHLO client\r\n", b"250 ")
    users = [f"w{0 if same else number}@fakemail.test" for number in range(count)]
    seconds = []
    with selectors.DefaultSelector() as selector:
        selector.register(smtp, selectors.EVENT_READ)
        for user in users:
            waiter = Waiter(order["http"], user)
            selector.register(waiter.wire, selectors.EVENT_READ, waiter)
        sleep(0.5)  # all of them have been heard
        for number in range(order["messages"]):
            sleep(order["pause"])
            to = users[number % count]
            for waiter, took in round_of(smtp, selector, to, count if same else 1):
                seconds.append(took)
                waiter.wait()
    return {"from_250": sorted(seconds)}


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.argv[1]))))
