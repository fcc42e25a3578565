"""Log in by POP3 and RETR every message.

Argument: a JSON object with `port`, `user`, `password` and `window`: how many RETR commands are on
their way at once (1: each waits for the answer of the one before; more: PIPELINING, RFC 2449
§6.6). Prints `login` (seconds of PASS, which opens the maildrop), `seconds` and `octets` of the
drain, and `messages`.
"""

from __future__ import annotations

import json
import socket
import sys
from time import perf_counter
from typing import Any

END = b"\r\n.\r\n"


def run(order: dict[str, Any]) -> dict[str, float]:
    wire = socket.create_connection(("127.0.0.1", order["port"]), 60)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def line(command: bytes) -> bytes:
        if command:
            wire.sendall(command + b"\r\n")
        answer = b""
        while not answer.endswith(b"\r\n"):
            octets = wire.recv(4096)
            if not octets:
                raise ConnectionError("closed")
            answer += octets
        if not answer.startswith(b"+OK"):
            raise ConnectionError(f"{command[:4]!r}: {answer!r}")
        return answer

    line(b"")
    line(f"USER {order['user']}".encode())
    began = perf_counter()
    line(f"PASS {order['password']}".encode())
    login = perf_counter() - began
    count = int(line(b"STAT").split()[1])

    started = perf_counter()
    asked = finished = octets = 0
    tail = b""
    while finished < count:
        upto = min(count, finished + order["window"])
        # Refill when half of the window is free, so that many commands share one write.
        if asked < upto and (upto - asked) * 2 >= min(order["window"], count - asked):
            wire.sendall(b"".join(b"RETR %d\r\n" % n for n in range(asked + 1, upto + 1)))
            asked = upto
        chunk = wire.recv(1 << 18)
        if not chunk:
            raise ConnectionError("closed during RETR")
        octets += len(chunk)
        seen = tail + chunk
        finished += seen.count(END)
        tail = b"" if seen.endswith(END) else seen[-(len(END) - 1) :]
    seconds = perf_counter() - started
    line(b"QUIT")
    return {"login": login, "seconds": seconds, "octets": octets, "messages": count}


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.argv[1]))))
