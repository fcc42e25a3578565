"""One server that is many providers at once, over sockets."""

from __future__ import annotations

import errno
import imaplib
import poplib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.ports import LISTENERS
from fakemail.services.private import PrivateServer
from fakemail.services.providers import address_of
from fakemail.services.sockets import CannotListen, _explain

QQ, NETEASE = address_of("qq"), address_of("163")


def has(address: str) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


pytestmark = pytest.mark.skipif(not has(QQ), reason="needs all of 127.0.0.0/8, which Linux has")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    flags = {
        "data": str(tmp_path_factory.mktemp("many")),
        "ports": "ephemeral",
        "provider": ("qq", "163"),
        "listener-dialect": ("smtp-alt=sohu",),
    }
    with PrivateServer(load(flags, {})) as private:
        yield private


def greeting(many: PrivateServer, listener: str, address: str = "127.0.0.1") -> str:
    with socket.create_connection((address, many.ready.ports[listener]), 10) as client:
        return client.recv(4096).decode()


@pytest.fixture
def trusting(many: PrivateServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=many.ready.ca_file)


def last_session(many: PrivateServer) -> tuple[str, list[str]]:
    def look() -> tuple[str, list[str]]:
        newest = list(many.server.post_office.sessions)[-1]
        return newest.dialect, [e.octets.decode() for e in newest.entries if e.kind == "*"]

    return many.call(look)


def test_the_address_decides_on_the_same_port(many: PrivateServer) -> None:
    assert "XMail Esmtp QQ Mail Server" in greeting(many, "submission", QQ)
    assert "Anti-spam GT for Coremail System" in greeting(many, "submission", NETEASE)
    assert "fakemail.test" in greeting(many, "submission")
    assert last_session(many)[0] == "generic"


def test_the_listener_decides(many: PrivateServer) -> None:
    assert greeting(many, "smtp-alt") != greeting(many, "submission")
    greeting(many, "smtp-alt")
    assert last_session(many)[0] == "sohu"
    greeting(many, "smtp-alt", QQ)
    assert last_session(many)[0] == "qq", "an address before a listener"


def shake(many: PrivateServer, listener: str, name: str, trusting: ssl.SSLContext) -> str:
    address = ("127.0.0.1", many.ready.ports[listener])
    with (
        socket.create_connection(address, 10) as raw,
        trusting.wrap_socket(raw, server_hostname=name) as client,
    ):
        return client.recv(4096).decode()


def test_the_server_name_decides_before_the_greeting(
    many: PrivateServer, trusting: ssl.SSLContext
) -> None:
    assert "Coremail" in shake(many, "submissions", "smtp.163.com", trusting)
    assert "QQ Mail" in shake(many, "submissions", "smtp.qq.com", trusting)
    assert "fakemail.test" in shake(many, "submissions", "localhost", trusting)
    assert "Coremail System IMap" in shake(many, "imaps", "imap.163.com", trusting)
    assert last_session(many)[0] == "163"


def test_who_has_hosts_only_is_called_by_them(many: PrivateServer) -> None:
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    assert "220 smtp.tom.com " in shake(many, "submissions", "smtp.tom.com", careless)
    assert "+OK pop.tom.com " in shake(many, "pop3s", "pop.tom.com", careless)
    assert last_session(many)[0] == "tom"


def test_the_address_itself_is_verified(many: PrivateServer, trusting: ssl.SSLContext) -> None:
    with imaplib.IMAP4_SSL(QQ, many.ready.ports["imaps"], ssl_context=trusting) as client:
        assert client.noop()[0] == "OK"
    assert last_session(many)[0] == "qq"


def test_a_name_that_was_not_asked_for_decides_for_who_verifies_nothing(
    many: PrivateServer, trusting: ssl.SSLContext
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(many, "submissions", "smtp.gmail.com", trusting)
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    assert "gsmtp" in shake(many, "submissions", "smtp.gmail.com", careless)


def test_after_starttls_from_then_on(many: PrivateServer, trusting: ssl.SSLContext) -> None:
    client = smtplib.SMTP(timeout=10)
    _, hello = client.connect("127.0.0.1", many.ready.ports["submission"])
    assert b"fakemail.test" in hello
    client._host = "smtp.163.com"  # type: ignore[attr-defined]
    client.starttls(context=trusting)
    client.ehlo()
    assert b"coremail" in (client.ehlo_resp or b"")
    assert client.mail("a@163.com")[0] == 553
    client.quit()
    client.close()
    dialect, marks = last_session(many)
    assert dialect == "163"
    assert "dialect 163 from here on (before: generic)" in marks


def test_stls_too(many: PrivateServer, trusting: ssl.SSLContext) -> None:
    client = poplib.POP3("127.0.0.1", many.ready.ports["pop3"], timeout=10)
    client.host = "pop.qq.com"
    client.stls(trusting)
    client.user("10001")
    client.pass_("any code")
    client.quit()
    client.close()
    assert last_session(many)[0] == "qq"
    assert logged_in(many) == "10001@qq.com"


def logged_in(many: PrivateServer) -> str | None:
    return many.call(lambda: list(many.server.post_office.sessions)[-1].login)


@pytest.mark.parametrize(
    ("address", "login"),
    [(QQ, "10001@qq.com"), (NETEASE, "10001@163.com"), ("127.0.0.1", "10001@fakemail.test")],
)
def test_a_bare_user_name_belongs_to_the_provider(
    many: PrivateServer, address: str, login: str
) -> None:
    client = poplib.POP3(address, many.ready.ports["pop3"], timeout=10)
    client.user("10001")
    client.pass_("any code")
    client.quit()
    assert logged_in(many) == login


def test_programs_find_the_providers_in_the_ready_file(many: PrivateServer) -> None:
    assert many.ready.providers == {"qq": QQ, "163": NETEASE}
    assert (many.ready.dialect, many.ready.accounts) == ("generic", "open")
    assert many.ready.host == "127.0.0.1"


def test_a_machine_without_the_address_is_told_the_remedy() -> None:
    error = OSError(errno.EADDRNOTAVAIL, "Can't assign requested address")
    said = _explain(LISTENERS[0], 25, QQ, error)
    assert isinstance(said, CannotListen)
    assert f"sudo ifconfig lo0 alias {QQ} up" in str(said)


def test_a_wildcard_takes_all_addresses(tmp_path: Path) -> None:
    flags = {"data": str(tmp_path), "ports": "ephemeral", "provider": "qq", "listen": "0.0.0.0"}
    with PrivateServer(load(flags, {})) as private:
        assert "QQ Mail" in greeting(private, "smtp", QQ)
        assert "fakemail.test" in greeting(private, "smtp")


def test_a_provider_with_old_tls_only(tmp_path: Path) -> None:
    """139.com: Python connects only after set_ciphers("DEFAULT"), Go only with the suite named."""
    flags = {"data": str(tmp_path), "ports": "ephemeral", "provider": "139"}
    with PrivateServer(load(flags, {})) as private:
        today = ssl.create_default_context(cafile=private.ready.ca_file)
        port, there = private.ready.ports["imaps"], address_of("139")
        with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
            imaplib.IMAP4_SSL(there, port, ssl_context=today)
        last = private.call(lambda: list(private.server.post_office.sessions)[-1].entries)
        assert [e.reason.slug for e in last if e.reason] == ["tls.nothing-in-common"]
        older = ssl.create_default_context(cafile=private.ready.ca_file)
        older.set_ciphers("DEFAULT")
        with imaplib.IMAP4_SSL(there, port, ssl_context=older) as client:
            assert isinstance(client.sock, ssl.SSLSocket)
            assert client.sock.version() == "TLSv1.2"
            cipher = client.sock.cipher()
            assert cipher and cipher[0].startswith("AES")
        with imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=today) as client:
            assert isinstance(client.sock, ssl.SSLSocket)
            assert client.sock.version() == "TLSv1.3", "others are not concerned"
