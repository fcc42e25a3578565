"""Log in by IMAP, open a mailbox and run commands, each timed to its tagged OK.

Argument: a JSON object with `port`, `user`, `password` and `commands`. Prints a list with `seconds`
and `octets` for the SELECT and then for each command. The answer is only counted, not parsed: what
is timed is the server.
"""

from __future__ import annotations

import json
import socket
import sys
from time import perf_counter
from typing import Any

BUFFER = 1 << 20


class Wire:
    """A blocking connection that reads until the tagged response has come."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.space = bytearray(BUFFER)
        self.socket.recv(4096)

    def ask(self, tag: bytes, command: bytes) -> tuple[float, int, int]:
        """Seconds, octets and untagged FETCH responses of one command."""
        good = tag + b" OK"
        started = perf_counter()
        self.socket.sendall(tag + b" " + command + b"\r\n")
        total = fetched = 0
        tail = b""
        with memoryview(self.space) as view:
            while True:
                got = self.socket.recv_into(view)
                if not got:
                    raise ConnectionError(f"closed during {command!r}")
                total += got
                chunk = tail + bytes(view[:got])
                fetched += chunk.count(b" FETCH (")
                tail = chunk[-4096:]  # longer than any tagged response
                fetched -= tail.count(b" FETCH (")
                line = tail.rstrip(b"\r\n").rpartition(b"\n")[2]
                if tail.endswith(b"\r\n") and line.startswith(tag + b" "):
                    if not line.startswith(good):
                        raise ConnectionError(f"{command!r}: {line!r}")
                    return perf_counter() - started, total, fetched + tail.count(b" FETCH (")


def run(order: dict[str, Any]) -> list[dict[str, float]]:
    wire = Wire(order["port"])
    wire.ask(b"a1", f"LOGIN {order['user']} {order['password']}".encode())
    results = []
    for number, command in enumerate(["SELECT INBOX", *order["commands"]]):
        seconds, octets, fetched = wire.ask(b"b%d" % number, command.encode())
        results.append({"seconds": seconds, "octets": octets, "fetched": fetched})
    wire.ask(b"z", b"LOGOUT")
    return results


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.argv[1]))))
