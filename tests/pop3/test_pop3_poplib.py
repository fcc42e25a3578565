"""Python's own client against the engine, over a loopback socket."""

from __future__ import annotations

import poplib
import socket
import threading
from collections.abc import Iterator

import pytest

MESSAGES = [
    b"Subject: one\r\n\r\n.\r\n..two\r\nthree\r\n",
    b"Subject: big\r\n\r\n" + b"".join(b".%074d\r\n" % n for n in range(4000)),
    "Subject: grüße\r\n\r\n你好\r\n".encode(),
]


@pytest.fixture
def client(place) -> Iterator[poplib.POP3]:
    place.deliver(*MESSAGES)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        host = place.session()
        with connection:
            connection.sendall(b"+OK greeting\r\n")
            while not host.over and (octets := connection.recv(4096)):
                connection.sendall(host.send(octets))

    thread = threading.Thread(target=serve)
    thread.start()
    client = poplib.POP3(*listener.getsockname()[:2], timeout=10)
    yield client
    client.close()
    thread.join(10)
    listener.close()


def lines_of(octets: bytes) -> list[bytes]:
    return octets.split(b"\r\n")[:-1]


def test_a_session(place, client):
    assert client.capa()["SASL"] == ["PLAIN", "LOGIN"]
    with pytest.raises(poplib.error_proto, match="only valid after login"):
        client.stat()
    client.user("antladdie")
    client.pass_("QWERTYUIOPPOIUYT")
    sizes = list(map(len, MESSAGES))
    assert client.stat() == (3, sum(sizes))
    assert client.list()[1] == [b"%d %d" % pair for pair in enumerate(sizes, 1)]
    assert len({line.split()[1] for line in client.uidl()[1]}) == 3
    for number, octets in enumerate(MESSAGES, 1):
        assert client.retr(number)[1] == lines_of(octets)
        assert client.top(number, 1)[1] == lines_of(octets)[:3]
    client.dele(2)
    client.noop()
    with pytest.raises(poplib.error_proto, match="marked as deleted"):
        client.retr(2)
    client.quit()
    assert place.messages() == [MESSAGES[0], MESSAGES[2]]


def test_utf8(place, client):
    octets = b"Received: by y with UTF8SMTP id 1\r\n" + MESSAGES[2]
    place.deliver(octets, to="grün@fakemail.test")
    assert client.capa()["UTF8"] == ["USER"]
    assert client.utf8() == b"+OK UTF8 enabled"
    client.user("grün@fakemail.test")
    client.pass_("any-code")
    assert client.retr(1)[1] == lines_of(octets)
