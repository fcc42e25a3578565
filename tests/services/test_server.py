"""The whole server on real sockets: every port, every TLS mode, every protocol."""

from __future__ import annotations

import contextlib
import imaplib
import json
import os
import poplib
import smtplib
import socket
import ssl
import threading
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.lock import FolderInUse
from fakemail.services.ports import LISTENERS
from fakemail.services.private import PrivateServer
from fakemail.services.sockets import CannotListen
from fakemail.wire.engine import Peer


def start(data: Path, **flags: object) -> PrivateServer:
    given = {"data": str(data), "ports": "ephemeral"} | {
        key.replace("_", "-"): value for key, value in flags.items()
    }
    return PrivateServer(load(given, {}))


def read_all(client: socket.socket) -> bytes:
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b"".join(parts)


def said_by(port: int) -> bytes:
    """The first words on a new connection; empty when it was cut."""
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        try:
            return client.recv(100)
        except ConnectionResetError:
            return b""


SUBMITTING = [x for x in LISTENERS if x.protocol == "smtp" and x.name != "smtp"]


@pytest.mark.parametrize("listener", SUBMITTING, ids=lambda x: x.name)
def test_submission_with_verified_tls(server, listener) -> None:
    port = server.ports[listener.name]
    address = f"{listener.name}@fakemail.test"
    if listener.implicit_tls:
        client = smtplib.SMTP_SSL("localhost", port, context=server.context)
    else:
        client = smtplib.SMTP("localhost", port)
        client.starttls(context=server.context)
    with client:
        client.login(address, "a code")
        client.sendmail(address, [address], b"Subject: by TLS\r\n\r\nhello\r\n")
    with imaplib.IMAP4_SSL("localhost", server.ports["imaps"], ssl_context=server.context) as imap:
        imap.login(address, "a code")
        imap.select()
        (_, content), _ = imap.fetch("1", "(BODY[])")[1]
    assert content.endswith(b"Subject: by TLS\r\n\r\nhello\r\n")
    assert b"ESMTPSA" in content


def test_relay_with_starttls(server) -> None:
    with smtplib.SMTP("localhost", server.ports["smtp"]) as client:
        client.starttls(context=server.context)
        client.sendmail("x@example.org", ["relay@fakemail.test"], b"Subject: x\r\n\r\nhello\r\n")
    pop3 = poplib.POP3("localhost", server.ports["pop3"])
    pop3.user("relay@fakemail.test")
    pop3.pass_("a code")
    assert pop3.stat()[0] == 1
    pop3.quit()


@pytest.mark.parametrize("mode", ["implicit", "command"])
def test_pop3_and_imap_with_verified_tls(server, mode: str) -> None:
    if mode == "implicit":
        pop3 = poplib.POP3_SSL("localhost", server.ports["pop3s"], context=server.context)
        imap = imaplib.IMAP4_SSL("localhost", server.ports["imaps"], ssl_context=server.context)
    else:
        pop3 = poplib.POP3("localhost", server.ports["pop3"])
        pop3.stls(server.context)
        imap = imaplib.IMAP4("localhost", server.ports["imap"])
        imap.starttls(server.context)
    pop3.user("tls@fakemail.test")
    pop3.pass_("a code")
    assert pop3.stat() == (0, 0)
    pop3.quit()
    imap.login("tls@fakemail.test", "a code")
    assert imap.select()[0] == "OK"
    imap.logout()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "fakemail.test"])
@pytest.mark.parametrize("listener", ["submissions", "pop3s", "imaps"])
def test_certificate_names(server, listener: str, name: str) -> None:
    host = name if ":" in name else "127.0.0.1"
    with (
        socket.create_connection((host, server.ports[listener]), 10) as raw,
        server.context.wrap_socket(raw, server_hostname=name) as client,
    ):
        assert client.version() == "TLSv1.3"
        assert client.recv(4)


def test_wrong_name_is_not_certified(server) -> None:
    raw = socket.create_connection(("127.0.0.1", server.ports["imaps"]), 10)
    with pytest.raises(ssl.SSLCertVerificationError):
        server.context.wrap_socket(raw, server_hostname="other.example")


def test_loopback_only_on_both_families(server) -> None:
    bound = server.private.server.bindings.bound
    assert {b.address for b in bound} == {"127.0.0.1", "::1"}
    for name, port in server.ports.items():
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, port), 10).close()
        assert {b.port for b in bound if b.listener.name == name} == {port}


def test_listen_is_obeyed(tmp_path: Path) -> None:
    with start(tmp_path, listen=("127.0.0.2",)) as private:
        assert private.ready.host == "127.0.0.2"
        port = private.ready.ports["imap"]
        with socket.create_connection(("127.0.0.2", port), 10) as client:
            assert client.recv(4) == b"* OK"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 10)


def test_ready_files_come_and_go(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "r.json"
    with start(data, ready_file=str(other)) as private:
        for path in (data / "ready.json", other):
            found = json.loads(path.read_bytes())
            assert list(found)[:5] == ["host", "pid", "data", "ca_file", "ports"]
            assert list(found["ports"]) == [*(x.name for x in LISTENERS), "http"]
            assert found["pid"] == os.getpid()
            assert found["data"] == str(data)
            assert found["ports"] == private.ready.ports
            assert Path(found["ca_file"]).read_text().startswith("-----BEGIN CERTIFICATE")
    assert not other.exists()
    assert not (data / "ready.json").exists()


def test_only_the_ca_is_for_everybody(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    with start(data):
        assert data.stat().st_mode & 0o777 == 0o711
        assert (data / "mail").stat().st_mode & 0o777 == 0o700
        assert (data / "sessions.jsonl").stat().st_mode & 0o777 == 0o600
        assert (data / "certs" / "ca.pem").stat().st_mode & 0o777 == 0o644
        assert (data / "certs" / "ca.key").stat().st_mode & 0o777 == 0o600
        assert (data / "certs" / "server.key").stat().st_mode & 0o777 == 0o600


def test_one_server_per_data_folder(tmp_path: Path) -> None:
    with start(tmp_path), pytest.raises(FolderInUse, match=f"pid {os.getpid()}"):
        start(tmp_path).start()
    with start(tmp_path):
        pass


def test_restarts_keep_mail_and_certificates(tmp_path: Path) -> None:
    private = start(tmp_path)
    seen = []
    for _ in range(2):
        private.start()
        with smtplib.SMTP("127.0.0.1", private.ready.ports["smtp"]) as client:
            client.sendmail("a@b.test", ["alice@fakemail.test"], b"Subject: x\r\n\r\nhello\r\n")
        seen.append(Path(private.ready.ca_file).read_bytes())
        messages = private.call(
            lambda: len(
                private.server.post_office.store.home("alice@fakemail.test")
                .mailbox("INBOX")
                .messages()
            )
        )
        assert messages == len(seen)
        private.stop()
    assert seen[0] == seen[1]


def test_nothing_is_half_bound(tmp_path: Path) -> None:
    """The seventh port is taken: the six before it are free again, and so is the folder."""
    with socket.create_server(("127.0.0.1", 0)) as taken, contextlib.ExitStack() as stack:
        number = taken.getsockname()[1]
        free = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(6)]
        numbers = [s.getsockname()[1] for s in free]
        for one in free:
            one.close()
        fixed = dict(zip([x.name for x in LISTENERS], numbers, strict=False))
        flags = {f"{name}-port": n for name, n in fixed.items()} | {"imap-port": number}
        with pytest.raises(CannotListen) as caught:
            start(tmp_path, **flags).start()
        for one in numbers:
            socket.create_server(("127.0.0.1", one)).close()
    message = str(caught.value)
    for part in ("IMAP", str(number), "(imap)", "127.0.0.1", "already in use", "--imap-port"):
        assert part in message
    assert f"(pid {os.getpid()})" in message
    with start(tmp_path):
        pass


def test_too_many_connections_are_refused_in_the_protocols_words(tmp_path: Path) -> None:
    with start(tmp_path, max_connections=1) as private:
        ports = private.ready.ports
        context = ssl.create_default_context(cafile=private.ready.ca_file)
        with socket.create_connection(("127.0.0.1", ports["imap"]), 10) as first:
            assert first.recv(4) == b"* OK"
            for name, said in (
                ("smtp", b"421 4.3.2 Too many connections\r\n"),
                ("pop3", b"-ERR [SYS/TEMP] Too many connections\r\n"),
                ("imap", b"* BYE [UNAVAILABLE] Too many connections\r\n"),
            ):
                with socket.create_connection(("127.0.0.1", ports[name]), 10) as other:
                    assert read_all(other) == said
            with (
                socket.create_connection(("127.0.0.1", ports["imaps"]), 10) as raw,
                context.wrap_socket(raw, server_hostname="localhost") as other,
            ):
                assert read_all(other) == b"* BYE [UNAVAILABLE] Too many connections\r\n"
            first.sendall(b"a NOOP\r\n")
            first.recv(1000)
        assert private.call(private.server.has_room)


def test_flood_of_connections_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fakemail.services.server.SPARE", 0)
    with (
        start(tmp_path, max_connections=1) as private,
        socket.create_connection(("127.0.0.1", private.ready.ports["imap"]), 10) as first,
    ):
        assert first.recv(4) == b"* OK"
        assert said_by(private.ready.ports["imap"]) == b""
        first.sendall(b"a NOOP\r\n")
        assert first.recv(1000)


def test_shutting_down_says_goodbye(tmp_path: Path) -> None:
    private = start(tmp_path)
    private.start()
    clients = {}
    for name in ("smtp", "pop3", "imap"):
        clients[name] = socket.create_connection(("127.0.0.1", private.ready.ports[name]), 10)
        assert clients[name].recv(10)
    stopping = threading.Thread(target=private.stop)
    stopping.start()
    try:
        assert b"421 4.3.2" in read_all(clients["smtp"])
        assert b"-ERR" in read_all(clients["pop3"])
        assert b"* BYE" in read_all(clients["imap"])
        for client in clients.values():
            client.close()
    finally:
        stopping.join(10)
    assert not stopping.is_alive()


def test_no_session_is_lost_on_a_failed_admission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with start(tmp_path) as private:
        good = private.server.post_office.desk

        def fails(protocol: str, peer: Peer, *manner: object) -> object:
            raise RuntimeError("no desk for you")

        monkeypatch.setattr(private.server.post_office, "desk", fails)
        assert said_by(private.ready.ports["imap"]) == b""
        monkeypatch.setattr(private.server.post_office, "desk", good)
        with socket.create_connection(("127.0.0.1", private.ready.ports["imap"]), 10) as client:
            assert client.recv(4) == b"* OK"
    assert "no desk for you" in caplog.text
