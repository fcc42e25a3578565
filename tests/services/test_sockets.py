"""Ports: plans, all or nothing, the choice of `auto`, and explanations."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from fakemail.services import sockets
from fakemail.services.owner import owner_of
from fakemail.services.ports import LISTENERS, plan
from fakemail.services.sockets import CannotListen, bind, expand


def test_documented_numbers() -> None:
    assert list(plan("standard", {}).values()) == [25, 587, 465, 2525, 110, 995, 143, 993]
    assert list(plan("test", {}).values()) == [3025, 3587, 3465, 5525, 3110, 3995, 3143, 3993]
    assert set(plan("ephemeral", {}).values()) == {0}
    assert list(plan("test", {})) == [x.name for x in LISTENERS]
    assert plan("test", {"imap": 1143})["imap"] == 1143


def test_ephemeral_ports_are_the_same_on_all_addresses() -> None:
    bindings = bind("ephemeral", {}, expand(()))
    try:
        for name, port in bindings.ports.items():
            assert {b.port for b in bindings.bound if b.listener.name == name} == {port}
        assert len(set(bindings.ports.values())) == 8
        assert not bindings.note
    finally:
        bindings.close()


def refuse(monkeypatch: pytest.MonkeyPatch, code: int, when) -> list[socket.socket]:
    """Let `_listen` fail for some; every other call gets a free port.

    Returns what was opened.
    """
    opened: list[socket.socket] = []
    real = sockets._listen

    def listen(address: str, port: int) -> socket.socket:
        if when(address, port):
            raise OSError(code, os.strerror(code))
        opened.append(real("127.0.0.1", 0))
        return opened[-1]

    monkeypatch.setattr(sockets, "_listen", listen)
    return opened


def test_auto_takes_the_standard_ports_if_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    refuse(monkeypatch, 0, lambda address, port: asked.append(port))
    bindings = bind("auto", {}, ["127.0.0.1"])
    bindings.close()
    assert asked == [25, 587, 465, 2525, 110, 995, 143, 993]
    assert not bindings.note


def test_auto_falls_back_as_a_whole_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def when(address: str, port: int) -> bool:
        asked.append(port)
        return port == 110

    opened = refuse(monkeypatch, errno.EACCES, when)
    bindings = bind("auto", {}, ["127.0.0.1"])
    try:
        assert asked[-8:] == [3025, 3587, 3465, 5525, 3110, 3995, 3143, 3993]
        assert "test ports" in bindings.note
        assert "POP3 port 110 (pop3) on 127.0.0.1" in bindings.note
        assert [s.fileno() for s in opened[:4]] == [-1] * 4, "the standard ports were given back"
    finally:
        bindings.close()


@pytest.mark.parametrize("mode", ["standard", "test"])
def test_explicit_ports_do_not_fall_back(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    opened = refuse(monkeypatch, errno.EADDRINUSE, lambda address, port: port in (993, 3993))
    with pytest.raises(CannotListen, match=r"IMAP port 3?993 \(imaps\)"):
        bind(mode, {}, ["127.0.0.1"])
    assert len(opened) == 7
    assert all(s.fileno() == -1 for s in opened)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        (errno.EADDRINUSE, ["already in use", "--ports test", "--ports ephemeral"]),
        (errno.EACCES, ["permission denied", "ports below 1024", "--ports test", "sysctl"]),
        (errno.EADDRNOTAVAIL, ["no address 192.0.2.1", "--listen"]),
        (errno.ENOBUFS, ["no buffer space", "--smtp-port"]),
    ],
)
def test_explanations(monkeypatch: pytest.MonkeyPatch, code: int, parts: list[str]) -> None:
    refuse(monkeypatch, code, lambda address, port: True)
    with pytest.raises(CannotListen) as caught:
        bind("standard", {}, ["192.0.2.1"])
    for part in ["SMTP port 25 (smtp) on 192.0.2.1", *parts]:
        assert part in str(caught.value)


def test_auto_says_why_neither_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, errno.EADDRINUSE, lambda address, port: port in (110, 3143))
    with pytest.raises(CannotListen) as caught:
        bind("auto", {}, ["127.0.0.1"])
    said = str(caught.value)
    assert said.index("IMAP port 3143 (imap)") < said.index("POP3 port 110 (pop3)")
    assert "--ports ephemeral" in said
    assert "--ports auto" not in said and "--ports test" not in said, "tried already"


def test_a_port_that_the_mode_gave_to_another_listener() -> None:
    with pytest.raises(CannotListen) as caught:
        bind("test", {"imap": 3025}, ["127.0.0.1"])
    for part in ("IMAP port 3025 (imap)", "SMTP port 3025 (smtp)", "--smtp-port", "--imap-port"):
        assert part in str(caught.value)


def test_a_link_local_address_needs_its_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, errno.EINVAL, lambda address, port: True)
    with pytest.raises(CannotListen, match=r"fe80::1%eth0"):
        bind("ephemeral", {}, ["fe80::1"])


def test_an_address_of_another_machine_is_explained_for_real() -> None:
    with pytest.raises(CannotListen, match=r"no address 192\.0\.2\.1"):
        bind("ephemeral", {}, ["192.0.2.1"])


def test_ipv6_alone_and_side_by_side() -> None:
    if "::1" not in expand(()):
        pytest.skip("this machine has no IPv6")
    bindings = bind("ephemeral", {}, ["::", "0.0.0.0"])
    try:
        for port in bindings.ports.values():
            for host in ("::1", "127.0.0.1"):
                socket.create_connection((host, port), 5).close()
    finally:
        bindings.close()


def test_listen_values() -> None:
    assert expand(["127.0.0.1", "[::1]", "127.0.0.1"]) == ("127.0.0.1", "::1")
    assert expand(["localhost"]) == expand(())
    assert "127.0.0.1" in expand(())
    with pytest.raises(ValueError, match=r"mail\.example"):
        expand(["mail.example"])


def test_the_owner_of_a_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert f"(pid {os.getpid()})" in owner_of(taken.getsockname()[1])
        number = taken.getsockname()[1]
    assert owner_of(number) == ""
