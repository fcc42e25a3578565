"""What tests of every floor may ask for: a running server; a data folder and sessions' desks, for
engines that speak a dialect; Dovecot's IMAP, to compare ours with."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fakemail.accounts.directory import Directory
from fakemail.clock import ManualClock
from fakemail.config import load
from fakemail.desk import Desk, Limits
from fakemail.dialects.load import load as load_dialect
from fakemail.dialects.made_up import maker
from fakemail.dialects.rules import Value
from fakemail.rates.gate import Rates
from fakemail.reasons.reason import Protocol_
from fakemail.services.private import PrivateServer
from fakemail.store.store import Store
from fakemail.transcript.recorder import Recorder
from fakemail.wire.engine import Peer, TlsFacts


def pytest_configure() -> None:
    """A shell in a script starts what ends in ``&`` with SIGINT ignored, and all that the tests
    start would ignore it too: programs are interrupted here to see how they end."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class RunningServer:
    """A whole server on free ports, in a thread of the test process."""

    ports: dict[str, int]
    """Listener name (``smtp submission submissions smtp-alt pop3 pop3s imap imaps``) to number."""

    data: Path
    ca_file: Path
    context: ssl.SSLContext
    """For clients: trusts the server's CA, and nothing else."""

    accounts: dict[str, str]
    """Address to a code that works; other addresses log in with any code (accounts: open)."""

    private: PrivateServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests of a run: use an address of your own, and count on nothing else."""
    data = tmp_path_factory.mktemp("server") / "data"
    with PrivateServer(load({"data": str(data), "ports": "ephemeral"}, {})) as private:
        ca_file = Path(private.ready.ca_file)
        yield RunningServer(
            ports=private.ready.ports,
            data=data,
            ca_file=ca_file,
            context=ssl.create_default_context(cafile=str(ca_file)),
            accounts={f"{name}@fakemail.test": f"CODE-OF-{name}" for name in ("alice", "bob")},
            private=private,
        )


TLS = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384")
ACCOUNTS = """
[accounts."tom@{domain}"]
password = "webpass"
codes = [
  {{ code = "UMJLXEIFUZXKOEXK" }},
  {{ code = "SMTPONLYSMTPONLY", scopes = ["smtp"] }},
]

[accounts."off@{domain}"]
imap = false
pop3 = false
codes = [{{ code = "UMJLXEIFUZXKOEXK" }}]

[accounts."banned@{domain}"]
suspended = "banned"
codes = [{{ code = "UMJLXEIFUZXKOEXK" }}]

[accounts."web-login@{domain}"]
suspended = "web-login"
codes = [{{ code = "UMJLXEIFUZXKOEXK" }}]

[accounts."policy@{domain}"]
suspended = "policy"
codes = [{{ code = "UMJLXEIFUZXKOEXK" }}]
"""


class Provider:
    """A data folder, for engines that speak dialects."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.accounts = folder / "accounts.toml"
        self.store = Store(folder / "mail", self.clock, watch=False)
        self.rates = Rates(self.clock)
        self.delivered = 0

    def desk(
        self,
        protocol: Protocol_,
        port: int,
        dialect: str,
        rules: Iterable[tuple[str, Value]],
        *,
        tls: bool,
    ) -> Desk:
        """For a session in a dialect with some rules; the accounts are in its domain."""
        spoken = load_dialect(dialect).with_rules(rules)
        domain = spoken.domains[0] if spoken.domains else "fakemail.test"
        self.accounts.write_text(ACCOUNTS.format(domain=domain))
        peer = Peer("127.0.0.1", 50001, "127.0.0.1", port, protocol)
        own = spoken.for_session(maker(1, self.clock.time))
        return Desk(
            peer,
            "mail.test",
            Recorder(1, protocol, peer, self.clock, dialect),
            Directory(self.accounts, self.clock, mode="listed", default_domain=domain),
            self.store,
            self.clock,
            Limits(),
            dialect=own,
            tls=TLS if tls else None,
            gate=self.rates.gate(own, peer.host),
        )

    def deliver(self, address: str, octets: bytes, mailbox: str = "INBOX") -> None:
        """Mail comes in; without octets, a small message."""
        self.delivered += 1
        number = self.delivered
        small = b"From: Ann <ann@b.example>\r\nTo: %b\r\nSubject: message %d\r\n\r\nText of %d.\r\n"
        delivery = self.store.delivery()
        delivery.write(octets or small % (address.encode(), number, number))
        delivery.commit([self.store.home(address)], mailbox=mailbox)


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    """One with no mail yet."""
    provider = Provider(tmp_path)
    yield provider
    provider.store.close()


@pytest.fixture
def fits() -> Callable[[str, str], bool]:
    """Whether a line that was said is a line of the data, its placeholders filled in somehow."""

    def fit(line: str, said: str) -> bool:
        pattern = "".join(
            r"\d+" if piece in ("{n}", "{size}") else ".+" if piece[:1] == "{" else re.escape(piece)
            for piece in re.split(r"(\{[a-z0-9_]+\})", line)
        )
        return re.fullmatch(pattern, said) is not None

    return fit


DOVECOT = Path("/usr/lib/dovecot/imap")
CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/run
mail_location = maildir:{home}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
ssl = no
protocols = imap
{more}
"""

Ask = Callable[[bytes], bytes]
"""Says a command, with its tag; hears all up to the tagged response."""


class Dovecot:
    """A Maildir, and sessions of Dovecot's IMAP over it in which nobody has to log in."""

    def __init__(self, home: Path, messages: Iterable[tuple[bytes, float]], more: str) -> None:
        as_root = os.getuid() == 0
        user, group = ("nobody", "nogroup") if as_root else (str(os.getuid()), str(os.getgid()))
        self._as: dict[str, Any] = {"user": user, "group": group} if as_root else {}
        self._home = home
        self._sessions: list[subprocess.Popen[bytes]] = []
        for folder in ("run", "mail/cur", "mail/new", "mail/tmp"):
            (home / folder).mkdir(parents=True)
        for number, (octets, date) in enumerate(messages, 1):
            file = home / f"mail/cur/{1_000_000_000 + number}.M{number}.test:2,"
            file.write_bytes(octets)
            if date:
                os.utime(file, (date, date))
        text = CONFIGURATION.format(home=home, user=user, group=group, more=more)
        (home / "dovecot.conf").write_text(text)
        if as_root:
            subprocess.run(["chmod", "-R", "a+rwX", str(home)], check=True)

    def session(self) -> Ask:
        """One more client."""
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [str(DOVECOT), "-c", str(self._home / "dovecot.conf")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"USER": "nobody", "HOME": str(self._home)},
            **self._as,
        )
        self._sessions.append(process)
        assert process.stdin is not None and process.stdout is not None
        stdin, stdout = process.stdin, process.stdout
        assert stdout.readline().startswith(b"* PREAUTH")

        def ask(command: bytes) -> bytes:
            tag = command.partition(b" ")[0] + b" "
            stdin.write(command + b"\r\n")
            stdin.flush()
            heard = b""
            for line in stdout:
                heard += line
                if line.startswith(tag):
                    return heard
            raise AssertionError(heard)

        return ask

    def close(self) -> None:
        """All clients log out; standard input stays open till then, or Dovecot would not flush."""
        for process in self._sessions:
            process.communicate(b"bye LOGOUT\r\n", timeout=20)


@pytest.fixture(scope="session")
def make_dovecot() -> Callable[..., AbstractContextManager[Dovecot]]:
    """A Dovecot whose INBOX has these (octets, internal date) pairs; skips where there is none.

    A date of 0 is now; `more`: further configuration.
    """
    if not DOVECOT.exists():
        pytest.skip(f"Dovecot is not installed ({DOVECOT})")

    @contextmanager
    def made(messages: Iterable[tuple[bytes, float]] = (), more: str = "") -> Iterator[Dovecot]:
        with tempfile.TemporaryDirectory() as home:  # tmp_path is closed to the user we become
            Path(home).chmod(0o755)
            dovecot = Dovecot(Path(home), messages, more)
            try:
                yield dovecot
            finally:
                dovecot.close()

    return made
