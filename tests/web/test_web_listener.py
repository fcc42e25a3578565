"""The listener: when it is there, what it costs, how it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fakemail.services.sockets import CannotListen
from fakemail.web import describe


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def test_it_can_be_turned_off(start, tmp_path):
    from fakemail.config import load
    from fakemail.services.private import PrivateServer

    with PrivateServer(
        load({"data": str(tmp_path / "off"), "ports": "ephemeral", "http": "no"}, {})
    ) as private:
        assert "http" not in private.ready.ports
        assert "http" not in private.ready.line


def test_its_port_can_be_chosen_and_be_taken(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        with pytest.raises(CannotListen, match=r"HTTP port .* \(http\).*already in use"):
            start(http_port=number)
    assert start(http_port=number).port == int(number)


def test_nobody_asks_nothing_is_imported(tmp_path):
    program = (
        "import sys\n"
        "from fakemail.config import load\n"
        "from fakemail.services.private import PrivateServer\n"
        f"with PrivateServer(load({{'data': {str(tmp_path)!r}, 'ports': 'ephemeral'}}, {{}})):\n"
        "    print([m for m in sys.modules if m.startswith(('twisted', 'fakemail.web'))])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stdout + done.stderr


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors in /proc")
def test_servers_come_and_go_without_a_trace(start, own):
    own("GET", "/api/v1/info")
    own.private.stop()
    counts = []
    for _ in range(3):
        own.private.start()
        own.port = own.private.ready.ports["http"]
        with socket.create_connection(("127.0.0.1", own.port), 10) as idle:
            own("GET", "/api/v1/messages")
            own.private.stop()
            assert idle.recv(1) == b"", "who is idle is cut off"
        counts.append((descriptors(), threading.active_count()))
    assert counts[0] == counts[1] == counts[2]


def test_a_body_larger_than_allowed_is_not_kept(start):
    api = start(message_size="1000")
    limit = 2 * 1000 + 65536
    with socket.create_connection(("127.0.0.1", api.port), 10) as client:
        client.sendall(
            b"POST /api/v1/deliver HTTP/1.1\r\nHost: localhost\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        for _ in range(2 + limit // 65536):
            client.sendall(chunk)
        client.sendall(b"0\r\n\r\n")
        assert b" 413 " in client.recv(100)


def test_a_client_that_says_nothing_costs_nobody(api):
    with socket.create_connection(("127.0.0.1", api.port), 10) as silent:
        silent.sendall(b"GET /api/v1/info HTT")
        assert api("GET", "/api/v1/info").status == 200


def test_requests_can_be_sent_ahead(raw):
    ask = b"GET /api/v1/info HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answers = raw(ask * 5 + ask.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert answers.count(b"HTTP/1.1 200 OK") == 6


def test_summaries_are_not_kept_without_end(own, monkeypatch):
    monkeypatch.setattr(describe, "KEPT", 20)
    for number in range(60):
        body = {"to": ["a@x.test"], "subject": f"{number}"}
        assert own("POST", "/api/v1/deliver", body).status == 200
    seen = set()
    for first in range(0, 60, 15):
        page = own("GET", f"/api/v1/messages?start={first}&limit=15").json
        seen |= {message["Subject"] for message in page["messages"]}
    assert seen == {f"{number}" for number in range(60)}
    site = own.private.server._web._listener._office
    assert len(site.describer._kept) == 20
