"""Deliver messages one at a time and time when an idling IMAP client hears of each.

Argument: a JSON object with `smtp` (port), `lmtp`, `port` (IMAP), `user`, `password`, `messages`
and `pause` (seconds between messages, so that each is announced by itself). Prints two sorted lists
of seconds: `from_dot` (from the end of the message to `* n EXISTS`) and `from_250` (from the 250 to
EXISTS; negative when the idler heard first).
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
from time import perf_counter, sleep
from typing import Any

MESSAGE = b"From: tom@fakemail.test\r\nSubject: idle\r\n\r\nhello\r\n.\r\n"


def ask(wire: socket.socket, line: bytes, until: bytes) -> bytes:
    if line:
        wire.sendall(line + b"\r\n")
    answer = b""
    while not (answer.endswith(b"\r\n") and until in answer):
        octets = wire.recv(65536)
        if not octets:
            raise ConnectionError(f"closed after {line[:8]!r}: {answer!r}")
        answer += octets
    return answer


def connect(port: int) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", port), 30)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire


def run(order: dict[str, Any]) -> dict[str, list[float]]:
    smtp, imap = connect(order["smtp"]), connect(order["port"])
    ask(smtp, b"", b"220")
    ask(smtp, b"LHLO client" if order["lmtp"] else b"EHLO client", b"250 ")
    ask(imap, b"", b"OK")
    ask(imap, f"a LOGIN {order['user']} {order['password']}".encode(), b"a OK")
    ask(imap, b"b SELECT INBOX", b"b OK")
    ask(imap, b"c IDLE", b"+ ")
    from_dot, from_250 = [], []
    recipient = order["user"].encode()
    with selectors.DefaultSelector() as selector:
        selector.register(smtp, selectors.EVENT_READ)
        selector.register(imap, selectors.EVENT_READ)
        for _ in range(order["messages"]):
            sleep(order["pause"])
            ask(smtp, b"MAIL FROM:<tom@fakemail.test>", b"250")
            ask(smtp, b"RCPT TO:<" + recipient + b">", b"250")
            ask(smtp, b"DATA", b"354")
            smtp.sendall(MESSAGE)
            dot = perf_counter()
            accepted = heard = 0.0
            untagged = b""
            while not (accepted and heard):
                for key, _ in selector.select(30) or _stuck():
                    octets = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    now = perf_counter()
                    if key.fileobj is smtp:
                        assert octets.startswith(b"250"), octets
                        accepted = now
                    else:
                        untagged += octets
                        heard = heard or (now if b" EXISTS\r\n" in untagged else 0.0)
            from_dot.append(heard - dot)
            from_250.append(heard - accepted)
    return {"from_dot": sorted(from_dot), "from_250": sorted(from_250)}


def _stuck() -> Any:
    raise TimeoutError("the idler did not hear of a message for 30 seconds")


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.argv[1]))))
