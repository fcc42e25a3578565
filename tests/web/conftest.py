"""A client of the API, and servers to ask."""

from __future__ import annotations

import contextlib
import http.client
import json
import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    octets: bytes

    @cached_property
    def json(self) -> Any:
        assert "json" in self.headers["content-type"], self.octets[:500]
        return json.loads(self.octets)

    @property
    def text(self) -> str:
        return self.octets.decode()


class Api:
    """``api("GET", "/api/v1/messages")``."""

    def __init__(self, private: PrivateServer) -> None:
        self.private = private
        self.port = private.ready.ports["http"]

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        timeout: float = 20,
    ) -> Answer:
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(client):
            client.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                client.putheader(name, value)
            if body is not None:
                client.putheader("Content-Length", str(len(body)))
            client.endheaders(body)
            answer = client.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())

    def send(self, message: bytes, *recipients: str, sender: str = "sender@else.test") -> str:
        """By SMTP; the ID of the message."""
        with smtplib.SMTP("127.0.0.1", self.private.ready.ports["smtp"]) as client:
            client.sendmail(sender, list(recipients), message)
        return str(self("GET", "/api/v1/message/latest").json["ID"])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Api]]:
    """A server of the test's own: ``start(api_token="x")``."""
    with contextlib.ExitStack() as stack:

        def started(**settings: object) -> Api:
            flags = {key.replace("_", "-"): value for key, value in settings.items()}
            data = str(tmp_path / f"data{time.monotonic_ns()}")
            chosen = load({"data": data, "ports": "ephemeral"} | flags, {})
            return Api(stack.enter_context(PrivateServer(chosen)))

        yield started


@pytest.fixture
def own(start: Callable[..., Api]) -> Api:
    """An empty server."""
    return start()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One server for a file of tests."""
    data = tmp_path_factory.mktemp("web") / "data"
    with PrivateServer(load({"data": str(data), "ports": "ephemeral"}, {})) as private:
        yield Api(private)


@pytest.fixture
def raw(api: Api) -> Callable[[bytes], bytes]:
    """Octets to the HTTP port, and all that comes back."""

    def said(octets: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", api.port), 10) as client:
            client.sendall(octets)
            client.shutdown(socket.SHUT_WR)
            found = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := client.recv(65536):
                    found += piece
            return found

    return said
