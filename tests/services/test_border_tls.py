"""TLS at the border: implicit and by command, and every way in which it goes wrong."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

import pytest

from fakemail.dialects.dialect import GENERIC
from fakemail.reasons import tls as tls_reasons
from fakemail.transcript.recorder import Recorder


def read_line(client: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = client.recv(1)
        if not part:
            break
        line += part
    return line


def read_all(client: socket.socket) -> bytes:
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b"".join(parts)


def marks(session: Recorder) -> list[str]:
    return [e.octets.decode() for e in session.entries if e.kind == "*"]


def reasons(session: Recorder) -> list[object]:
    return [e.reason for e in session.entries if e.kind == "!"]


def test_wakes_during_a_handshake_wait_for_its_end(
    border: Callable, client_context: ssl.SSLContext
) -> None:
    host = border()
    client = host.connect()
    assert read_line(client) == b"hello\r\n"
    client.sendall(b"starttls\r\n")
    assert read_line(client) == b"go ahead\r\n"
    host.call(lambda: host.engines[0].wake())
    host.call(lambda: None)
    with client_context.wrap_socket(client, server_hostname="localhost") as tls:
        assert read_line(tls) == b"secured\r\n"
        assert read_line(tls) == b"woken\r\n"


@pytest.mark.parametrize("implicit_tls", [True, False])
def test_stopping_in_the_middle_of_a_handshake(border: Callable, implicit_tls: bool) -> None:
    host = border()
    with host.connect(implicit_tls) as client:
        if not implicit_tls:
            assert read_line(client) == b"hello\r\n"
            client.sendall(b"starttls\r\n")
            assert read_line(client) == b"go ahead\r\n"
        while not host.connections:
            pass
        host.call(lambda: [c.shut_down() for c in tuple(host.connections)])
        assert read_all(client) == b""
    assert marks(host.wait_empty()) == ["closed by server: it was stopped"]


def test_implicit_tls(border: Callable, client_context: ssl.SSLContext) -> None:
    host = border()
    with client_context.wrap_socket(host.connect(True), server_hostname="mail.example.org") as tls:
        tls.sendall(b"a\r\nhuge 3000000\r\nquit\r\n")
        assert read_all(tls) == b"hello\r\necho a\r\n" + b"y" * 3000000 + b"bye\r\n"
    session = host.wait_empty()
    assert session.tls is not None
    assert (session.tls.version, session.tls.server_name) == ("TLSv1.3", "mail.example.org")
    assert session.entries[0].octets.startswith(b"TLS: TLSv1.3 TLS_AES")


def test_starttls(border: Callable, client_context: ssl.SSLContext) -> None:
    host = border()
    client = host.connect()
    client.sendall(b"starttls\r\n")
    assert read_line(client) == b"hello\r\n"
    assert read_line(client) == b"go ahead\r\n"
    with client_context.wrap_socket(client, server_hostname="localhost") as tls:
        assert read_line(tls) == b"secured\r\n"
        tls.sendall(b"quit\r\n")
        assert read_all(tls) == b"bye\r\n"
    assert host.wait_empty().tls is not None


def test_starttls_throws_away_what_came_in_clear(
    border: Callable, client_context: ssl.SSLContext
) -> None:
    """CVE-2011-0411 and its kin: an injected command must not be executed inside TLS.

    (The engine of this test parsed the line already, so the octets in the driver's hands are those
    that arrive while the handshake is wanted.)
    """
    host = border()
    client = host.connect()
    assert read_line(client) == b"hello\r\n"
    client.sendall(b"starttls\r\n")
    assert read_line(client) == b"go ahead\r\n"
    client.sendall(b"injected\r\n")
    assert b"This port speaks TLS" in read_all(client)
    client.close()
    session = host.wait_empty()
    assert reasons(session) == [tls_reasons.PLAIN_TO_TLS_PORT]
    assert b"injected" not in b"".join(e.octets for e in session.entries)


def test_tls12_and_old_versions(border: Callable, certificates, client_context) -> None:
    host = border()
    new = ssl.create_default_context(cafile=str(certificates.ca))
    new.maximum_version = ssl.TLSVersion.TLSv1_2
    with new.wrap_socket(host.connect(True), server_hostname="localhost") as tls:
        assert tls.version() == "TLSv1.2"
        tls.sendall(b"quit\r\n")
        assert read_all(tls) == b"hello\r\nbye\r\n"
    host.wait_empty()
    hello = bytes.fromhex("160301002d0100002903014d" + "00" * 31 + "000002002f0100")
    with host.connect(True) as client:
        client.sendall(hello)
        assert read_all(client)[:1] == b"\x15"  # an alert
    assert reasons(host.wait_empty())[0] in (
        tls_reasons.NO_COMMON_TLS,
        tls_reasons.HANDSHAKE_FAILED,
    )


def test_distrust_is_explained(border: Callable) -> None:
    host = border()
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(host.connect(True), server_hostname="localhost")
    session = host.wait_empty()
    assert reasons(session) == [tls_reasons.NOT_TRUSTED]
    assert host.engines[0].closes == 1


def test_plain_text_to_a_tls_port(border: Callable) -> None:
    host = border()
    with host.connect(True) as client:
        client.sendall(b"A login user code\r\n")
        assert read_all(client).startswith(b"* BYE This port speaks TLS from the first octet")
    session = host.wait_empty()
    assert reasons(session) == [tls_reasons.PLAIN_TO_TLS_PORT]
    assert b"login" not in b"".join(e.octets for e in session.entries)


def test_silence_on_a_tls_port(border: Callable) -> None:
    host = border()
    host.handshake_limit = 0.1
    with host.connect(True) as client:
        assert read_all(client).startswith(b"* BYE This port speaks TLS from the first octet")
    assert reasons(host.wait_empty()) == [tls_reasons.SILENT_ON_TLS_PORT]


@pytest.mark.parametrize("said", [b"", b"EHLO laptop\r\n"])
def test_a_provider_that_says_nothing_there(border: Callable, said: bytes) -> None:
    host = border()
    host.handshake_limit = 0.1
    host.dialect = GENERIC.with_rules([("tls_port_silent", True)])
    with host.connect(True) as client:
        client.sendall(said)
        assert read_all(client) == b""
    expected = tls_reasons.PLAIN_TO_TLS_PORT if said else tls_reasons.SILENT_ON_TLS_PORT
    assert reasons(host.wait_empty()) == [expected]


def test_handshake_that_stops_half_way(border: Callable) -> None:
    host = border()
    host.handshake_limit = 0.1
    with host.connect(True) as client:
        client.sendall(b"\x16\x03\x01\x02\x00\x01")
        assert read_all(client) == b""
    assert reasons(host.wait_empty()) == [tls_reasons.HANDSHAKE_TIMEOUT]


def test_tls_hello_to_a_plain_port(border: Callable, client_context: ssl.SSLContext) -> None:
    host = border()
    with pytest.raises((ssl.SSLError, OSError)):
        client_context.wrap_socket(host.connect(False), server_hostname="localhost")
    assert reasons(host.wait_empty()) == [tls_reasons.TLS_TO_PLAIN_PORT]


def test_garbage_inside_tls(border: Callable, client_context: ssl.SSLContext) -> None:
    host = border()
    tls = client_context.wrap_socket(host.connect(True), server_hostname="localhost")
    assert read_line(tls) == b"hello\r\n"
    raw = socket.socket(fileno=tls.detach())
    raw.sendall(b"this is no record at all\r\n")
    raw.settimeout(10)
    while raw.recv(65536):
        pass
    raw.close()
    assert reasons(host.wait_empty()) == [tls_reasons.HANDSHAKE_FAILED]


def test_tls_slow_reader(border: Callable, client_context: ssl.SSLContext) -> None:
    host = border()
    with client_context.wrap_socket(host.connect(True), server_hostname="localhost") as tls:
        tls.sendall(b"flood 3000\r\nquit\r\n")
        assert read_line(tls) == b"hello\r\n"
        assert len(read_all(tls)) == 3000 * 10000 + len(b"bye\r\n")
