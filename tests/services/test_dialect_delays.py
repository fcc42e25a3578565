"""Where a provider takes its time, the border waits with the session, and loses nothing."""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer

WRONG = b"AUTH PLAIN " + b64encode(b"\0me@fakemail.test\0wrong") + b"\r\n"


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    flags = {
        "data": str(tmp_path_factory.mktemp("slow")),
        "ports": "ephemeral",
        "accounts": "listed",
        "rule": ("greeting_delay=0.2", "auth_failure_delay=0.2"),
    }
    with PrivateServer(load(flags, {})) as private:
        yield private


def connect(slow: PrivateServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", slow.ready.ports["submission"]), 10)


def everything(client: socket.socket) -> bytes:
    heard = b""
    while octets := client.recv(65536):
        heard += octets
    return heard


def test_late_and_in_order_for_a_client_that_does_not_wait(slow: PrivateServer) -> None:
    began = monotonic()
    with connect(slow) as client:
        client.sendall(b"EHLO x\r\n" + WRONG + b"NOOP\r\nQUIT\r\n")
        heard = everything(client)
    assert monotonic() - began > 0.38  # the loop's clock stands still for the length of a turn
    codes = [line[:3] for line in heard.splitlines() if line[3:4] == b" "]
    assert codes == [b"220", b"250", b"535", b"250", b"221"]


def test_a_client_that_half_closes_gets_its_answers(slow: PrivateServer) -> None:
    with connect(slow) as client:
        client.sendall(b"EHLO x\r\n" + WRONG)
        client.shutdown(socket.SHUT_WR)
        heard = everything(client)
    assert heard.startswith(b"220 ") and b"\r\n535 " in heard


def test_a_client_that_leaves_is_let_go(slow: PrivateServer) -> None:
    for _ in range(3):
        connect(slow).close()
    with connect(slow) as client:
        client.sendall(b"QUIT\r\n")
        assert everything(client).startswith(b"220 ")


def test_a_server_that_stops_does_not_wait_for_it(tmp_path: Path) -> None:
    flags = {"data": str(tmp_path), "ports": "ephemeral", "rule": ("greeting_delay=600",)}
    with PrivateServer(load(flags, {})) as private:
        client = connect(private)
        while not private.call(lambda: private.server.connections):
            pass
        began = monotonic()
        private.stop()
        assert monotonic() - began < 3
        with client:
            assert everything(client).startswith(b"421 ")
