"""Conversations played over sockets: against any server, or against a new one made for them.

A new server speaks the dialect in the transcript's heading and has the accounts that the transcript
speaks of, each with a code, and with what its refusals need: a password that was sent for a code,
a service that is switched off.
"""

from __future__ import annotations

import socket
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomlkit

from fakemail.config import load
from fakemail.dialects.load import load as load_dialect
from fakemail.explain.scene import scene
from fakemail.faults.told import told
from fakemail.services.private import PrivateServer
from fakemail.services.replay_wire import Wire
from fakemail.transcript.read import Record
from fakemail.transcript.replay import Done, Replay, Secure, Send, user_of
from fakemail.transcript.replay_secrets import Secrets

CODE, PASSWORD, OTHER = "replayedcodecode", "replayed-password", "no-code-of-it"
"""Of the accounts of a new server, and what is none of their secrets."""

_CODES: dict[str, dict[str, Any]] = {
    "auth.code-expired": {"expires": datetime(2000, 1, 1, tzinfo=UTC)},
    "auth.code-revoked": {"revoked": True},
}
_STRANGERS = {"auth.no-such-account", "smtp.no-such-user"}


def play(
    record: Record,
    address: tuple[str, int],
    secrets: Secrets,
    *,
    timeout: float = 5.0,
) -> Replay:
    """Play a session against the server at `address`; returns it with its turns.

    Raises OSError where there is no server, ValueError for a session that is not whole, and
    `replay_secrets.NoSecret`.
    """
    replay = Replay(record, secrets, user=_somebody(record.dialect))
    wire = Wire(socket.create_connection(address, timeout))
    try:
        while not isinstance(step := replay.next(), Done):
            if isinstance(step, Send):
                _tell(replay, wire, step.octets)
            elif isinstance(step, Secure):
                try:
                    context = _context()
                    wire.connection = context.wrap_socket(
                        wire.connection, server_hostname=step.server_name
                    )
                    replay.secured()
                except (OSError, ssl.SSLError):
                    replay.closed()
            else:
                _hear(replay, wire, timeout)
    finally:
        wire.connection.close()
    return replay


def _tell(replay: Replay, wire: Wire, octets: bytes) -> None:
    try:
        wire.send(octets)
    except TimeoutError:
        replay.timed_out(wire.connection.gettimeout() or 0)
    except OSError:
        replay.closed()


def _hear(replay: Replay, wire: Wire, timeout: float) -> None:
    try:
        octets = wire.receive()
    except TimeoutError:
        replay.timed_out(timeout)
    except OSError:
        replay.closed()
    else:
        if octets:
            replay.received(octets)
        else:
            replay.closed()


def _context() -> ssl.SSLContext:
    """What is replayed is no secret, and the server is one's own: any certificate will do."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass
class Stage:
    """What a new server has to be for some sessions."""

    dialect: str = "generic"
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    listed: bool = False
    """Strangers are refused."""


def stage(records: Sequence[Record]) -> Stage:
    """For these sessions; all in the dialect of the first."""
    made = Stage()
    for record in records:
        made.dialect = records[0].dialect if records[0].dialect != "?" else "generic"
        slugs = set(_refused(record))
        made.listed = made.listed or bool(slugs & _STRANGERS)
        users = {scene(record).user or user_of(record)}
        if "auth.no-such-account" in slugs:
            users.clear()
        for user in filter(lambda user: "@" in user, users):
            code: dict[str, Any] = {"label": "replay", "code": CODE}
            account = made.accounts.setdefault(user, {"password": PASSWORD, "codes": [code]})
            if "auth.service-off" in slugs:
                account[record.protocol] = False
            for slug, facts in _CODES.items():
                if slug in slugs:
                    code.update(facts)
            if "auth.code-out-of-scope" in slugs:
                code["scopes"] = [s for s in ("smtp", "pop3", "imap") if s != record.protocol]
    return made


def _refused(record: Record) -> Iterator[str]:
    """The reasons of what was refused in earnest: not by a fault, whose mark stands before it."""
    before = b""
    for entry in record.entries:
        if entry.kind == "!" and entry.reason and told(before.decode("utf-8", "replace")) is None:
            yield entry.reason.slug
        before = entry.octets


@contextmanager
def new_server(made: Stage) -> Iterator[dict[str, int]]:
    """A server for these sessions while they are played; its ports by listener."""
    with tempfile.TemporaryDirectory(prefix="fakemail-replay-") as folder:
        if made.accounts:
            (Path(folder) / "accounts.toml").write_text(
                tomlkit.dumps({"accounts": made.accounts}), encoding="utf-8"
            )
        settings = {
            "data": folder,
            "ports": "ephemeral",
            "dialect": made.dialect,
            "accounts": "listed" if made.listed else "open",
        }
        with PrivateServer(load(settings, {})) as private:
            yield dict(private.ready.ports)


def _somebody(dialect: str) -> str:
    """An address at the provider."""
    try:
        domains = load_dialect(dialect).domains
    except ValueError:
        domains = ()
    return f"somebody@{domains[0] if domains else 'fakemail.test'}"


def made_up_secrets(user: str, slug: str) -> str | None:
    """The secrets of a new server's accounts, right or wrong as the refusal wants it."""
    del user
    if slug == "auth.password-not-code":
        return PASSWORD
    return OTHER if slug in ("auth.wrong-code", "auth.no-such-account") else CODE


def listener(record: Record) -> str:
    """The listener that a session came to; by its port and by whether it began with TLS."""
    first = next((e for e in record.entries if e.kind in "CS" or e.octets[:5] == b"TLS: "), None)
    implicit = first is not None and first.kind == "*"
    if record.protocol != "smtp":
        return record.protocol + ("s" if implicit else "")
    if implicit:
        return "submissions"
    port = record.peer.local_port
    return {25: "smtp", 3025: "smtp", 2525: "smtp-alt", 5525: "smtp-alt"}.get(port, "submission")
