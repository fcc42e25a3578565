"""Binds every socket, or none.

All ports of all addresses are bound and listening before the first connection is served; when one
cannot be had, those already bound are closed again, and the message says which protocol, port and
address, why, and what to do about it.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from fakemail.services.owner import owner_of
from fakemail.services.ports import HTTP, LISTENERS, Listener, Plan, PortsMode, plan

BACKLOG = 1024
Where: TypeAlias = dict[Listener, Sequence[str]]
"""The addresses of each listener."""

_ATTEMPTS = 20


class CannotListen(Exception):
    """A port that was asked for cannot be had.

    `problem` names protocol, port, address and the reason; `remedy` says what to do.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"cannot listen for {problem}.\n{remedy}")
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Bound:
    """One listening socket."""

    listener: Listener
    address: str
    port: int
    socket: socket.socket


@dataclass(frozen=True, slots=True)
class Bindings:
    """All of them, and what is to be said about the choice."""

    bound: tuple[Bound, ...]
    note: str = ""

    @property
    def ports(self) -> dict[str, int]:
        """Listener name to port number, in the order of the documentation."""
        return {b.listener.name: b.port for b in self.bound}

    def close(self) -> None:
        """Give all of them back."""
        for bound in self.bound:
            bound.socket.close()


def bind(
    mode: PortsMode, fixed: Plan, addresses: Sequence[str], http: Sequence[str] = ()
) -> Bindings:
    """Bind what `mode` and the `fixed` numbers say on each of `addresses`, and HTTP on its own.

    Raises CannotListen; then nothing is bound.
    """
    where: Where = dict.fromkeys(LISTENERS, addresses)
    if http:
        where[HTTP] = http
    listeners = tuple(where)
    if mode != "auto":
        return Bindings(_bind_all(plan(mode, fixed, listeners), where))
    try:
        return Bindings(_bind_all(plan("standard", fixed, listeners), where))
    except CannotListen as standard:
        problem = standard.problem
    try:
        bound = _bind_all(plan("test", fixed, listeners), where)
    except CannotListen as test:
        raise CannotListen(
            test.problem, f"Before that, the standard ports: {problem}.\n{test.remedy}"
        ) from None
    return Bindings(
        bound,
        f"Not on the standard ports: {problem}.\n"
        "These are the test ports, the standard number + 3000:",
    )


def _bind_all(numbers: Plan, where: Where) -> tuple[Bound, ...]:
    bound: list[Bound] = []
    _check_differ(numbers, where)
    try:
        for listener, addresses in where.items():
            bound += _bind_listener(listener, numbers[listener.name], addresses)
    except BaseException:
        for one in bound:
            one.socket.close()
        raise
    return tuple(bound)


def _check_differ(numbers: Plan, listeners: Iterable[Listener]) -> None:
    """A port of one's own can be one that the mode gave to another listener."""
    taken: dict[int, Listener] = {}
    for listener in listeners:
        number = numbers[listener.name]
        other = taken.setdefault(number, listener)
        if number and other is not listener:
            raise CannotListen(
                f"{_name(listener, number)}: the port is {_name(other, number)} already",
                f"Give one of them another port: --{other.name}-port or --{listener.name}-port.",
            )


def _bind_listener(listener: Listener, port: int, addresses: Sequence[str]) -> list[Bound]:
    """One listener on all addresses, with the same number on each of them."""
    for attempt in range(_ATTEMPTS):
        bound: list[Bound] = []
        number = port
        try:
            for address in addresses:
                made = _listen(address, number)
                number = made.getsockname()[1]
                bound.append(Bound(listener, address, number, made))
            return bound
        except OSError as error:
            for one in bound:
                one.socket.close()
            # A free port of one address can be taken on the next: ask for another one.
            if port == 0 and error.errno == errno.EADDRINUSE and attempt < _ATTEMPTS - 1:
                continue
            raise _explain(listener, number, address, error) from error
    raise AssertionError("unreachable")


def _listen(address: str, port: int) -> socket.socket:
    six = ":" in address
    made = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if six:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setblocking(False)
        made.bind((address, port))
        made.listen(BACKLOG)
    except BaseException:
        made.close()
        raise
    return made


def _name(listener: Listener, port: int) -> str:
    protocol = listener.protocol.upper()
    return f"{protocol} port {port} ({listener.name})" if port else f"any {protocol} port"


def _explain(listener: Listener, port: int, address: str, error: OSError) -> CannotListen:
    flag = f"--{listener.name}-port"
    if error.errno == errno.EADDRINUSE:
        owner = owner_of(port)
        why = "the port is already in use" + (f" by {owner}" if owner else "")
        remedy = (
            f"Stop the program that uses it, choose another port with {flag} NUMBER,"
            f" or other ones altogether: {_other_modes(listener, port)}."
        )
    elif error.errno in (errno.EACCES, errno.EPERM):
        why = "this user may not bind ports below 1024 (permission denied)"
        remedy = (
            f"Use --ports test (the standard number + 3000), choose {flag} NUMBER above 1023, or"
            " allow it: sudo sysctl net.ipv4.ip_unprivileged_port_start=25."
        )
    elif error.errno == errno.EADDRNOTAVAIL and address.startswith("127."):
        why = "this machine has no such loopback address (macOS has none but 127.0.0.1)"
        remedy = (
            f"Add it until the next start of the machine: sudo ifconfig lo0 alias {address} up"
            " (`fakemail hosts` prints this for every provider)."
        )
    elif error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        why = f"this machine has no address {address}"
        remedy = "Give --listen an address of this machine; 0.0.0.0 and :: stand for all of them."
    elif address.startswith("fe80:") and "%" not in address:
        why = "a link-local address is no address without its interface"
        remedy = f"Give --listen both, as in {address}%eth0."
    else:
        why = (error.strerror or str(error)).lower()
        remedy = f"Choose another port with {flag} NUMBER or another address with --listen."
    return CannotListen(f"{_name(listener, port)} on {address}: {why}", remedy)


def _other_modes(listener: Listener, port: int) -> str:
    """The modes that would not run into this port again."""
    if port == listener.standard:
        return "--ports test (the standard number + 3000) or --ports ephemeral (any free ones)"
    return "--ports ephemeral (any free ones; --ready-file says which)"


def default_addresses() -> tuple[str, ...]:
    """The loopback addresses that this machine has: what `localhost` may mean to a client."""
    try:
        _listen("::1", 0).close()
    except OSError:
        return ("127.0.0.1",)
    return ("127.0.0.1", "::1")


def expand(listen: Sequence[str]) -> tuple[str, ...]:
    """The addresses behind `--listen` values; raises ValueError for what is no address.

    Names are not looked up: fakemail asks no DNS.
    """
    found: list[str] = []
    for value in listen or ("localhost",):
        if value == "localhost":
            found += default_addresses()
        else:
            found.append(str(ipaddress.ip_address(value.strip("[]"))))
    return tuple(dict.fromkeys(found))
