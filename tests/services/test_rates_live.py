"""Limits over time on a server with sockets: three protocols, many connections, and beginning anew.

What each provider says is compared in `test_dialect_table.py`; how windows slide, in `tests/rates`.
"""

from __future__ import annotations

import imaplib
import poplib
import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakemail.accounts.edit import editing
from fakemail.cli import cli
from fakemail.clock import ManualClock, SystemClock
from fakemail.config import load
from fakemail.services.private import PrivateServer

ME, OTHER, CODE = "me@fakemail.test", "other@fakemail.test", "UMJLXEIFUZXKOEXK"
ACCOUNTS = "".join(f'[accounts."{who}"]\ncodes = [{{ code = "{CODE}" }}]\n' for who in (ME, OTHER))


class Served:
    """A server with two accounts, and a clock that the test turns."""

    def __init__(self, folder: Path, private: PrivateServer, clock: ManualClock) -> None:
        self.folder, self.private, self.clock = folder, private, clock
        self.ports = private.ready.ports

    def smtp(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.ports["submission"], timeout=20)

    def pop3(self) -> poplib.POP3:
        return poplib.POP3("127.0.0.1", self.ports["pop3"], timeout=20)

    def imap(self) -> imaplib.IMAP4:
        return imaplib.IMAP4("127.0.0.1", self.ports["imap"], timeout=20)

    def pop3_refuses(self, code: str = CODE, who: str = ME) -> str:
        """What a login by POP3 is refused with."""
        client = self.pop3()
        try:
            client.user(who)
            with pytest.raises(poplib.error_proto) as caught:
                client.pass_(code)
        finally:
            client.close()
        return str(caught.value)

    def imap_refuses(self, code: str = CODE, who: str = ME) -> str:
        """What a login by IMAP is refused with."""
        client = self.imap()
        try:
            with pytest.raises(imaplib.IMAP4.error) as caught:
                client.login(who, code)
        finally:
            client.shutdown()
        return str(caught.value)

    def greeting(self, listener: str) -> bytes:
        """All that the server says to a client that says nothing, and hangs up."""
        with socket.create_connection(("127.0.0.1", self.ports[listener]), 20) as client:
            heard = client.recv(4096)
            client.shutdown(socket.SHUT_WR)
            while more := client.recv(4096):
                heard += more
        return heard

    def auth(self, who: str = ME, code: str = CODE) -> int:
        """One login by SMTP; the code of the reply."""
        from base64 import b64encode

        with self.smtp() as smtp:
            smtp.ehlo()
            secret = b64encode(f"\0{who}\0{code}".encode()).decode()
            return smtp.docmd("AUTH", f"PLAIN {secret}")[0]

    def last_facts(self, protocol: str) -> dict[str, str]:
        """Of the last refusal of a protocol."""

        def look() -> dict[str, str]:
            sessions = self.private.server.post_office.sessions
            found = [
                entry
                for session in sessions
                if session.protocol == protocol
                for entry in session.entries
                if entry.reason is not None
            ]
            return {**(found[-1].facts or {}), "slug": found[-1].reason.slug}  # type: ignore[union-attr]

        return self.private.call(look)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    with ExitStack() as stack:

        def start(*rules: str, dialect: str = "generic") -> Served:
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            (folder / "accounts.toml").write_text(ACCOUNTS)
            flags = {
                "data": str(folder), "ports": "ephemeral", "accounts": "listed", "rule": rules,
                "dialect": dialect, "default-domain": "fakemail.test",
            }  # fmt: skip
            clock = ManualClock(SystemClock.time())
            private = stack.enter_context(PrivateServer(load(flags, {}), clock))
            return Served(folder, private, clock)

        yield start


def fail_everywhere(served: Served) -> None:
    """A wrong code by each protocol."""
    assert served.auth(code="wrong") == 535
    assert "-ERR [AUTH]" in served.pop3_refuses("wrong")
    assert "AUTHENTICATIONFAILED" in served.imap_refuses("wrong")


def test_failed_logins_are_counted_across_protocols(serve) -> None:
    served = serve("failed_logins_limit=3/10min")
    fail_everywhere(served)
    assert served.auth() == 454
    assert "-ERR [SYS/TEMP] Too many failed" in served.pop3_refuses()
    assert "[LIMIT] Too many failed" in served.imap_refuses()
    for protocol in ("smtp", "pop3", "imap"):
        facts = served.last_facts(protocol)
        assert (facts["slug"], facts["counted"]) == ("auth.too-many-failures", "3")
        assert facts["whose"] == ME
    assert served.auth(OTHER) == 235, "nothing was counted for others"
    served.clock.advance(600)
    assert served.auth() == 235


def test_a_banned_client_is_turned_away_at_the_greeting(serve) -> None:
    served = serve("failed_logins_ban=3/10min")
    fail_everywhere(served)
    assert served.greeting("submission").startswith(b"554 5.7.1 Connection refused")
    assert served.greeting("smtp").startswith(b"554 5.7.1 ")
    assert served.greeting("pop3").startswith(b"-ERR [SYS/TEMP] Connection refused")
    assert served.greeting("imap").startswith(b"* BYE [UNAVAILABLE] Connection refused")
    assert served.last_facts("imap")["rule"] == "failed_logins_ban=3/10min"
    served.clock.advance(600)
    assert served.greeting("imap").startswith(b"* OK")
    assert served.auth() == 235


def test_after_554_the_server_waits_for_quit(serve) -> None:
    """RFC 5321 §3.1."""
    served = serve("failed_logins_ban=1/10min")
    assert served.auth(code="wrong") == 535
    with socket.create_connection(("127.0.0.1", served.ports["submission"]), 20) as client:
        lines = client.makefile("rb")
        assert lines.readline().startswith(b"554 ")
        client.sendall(b"EHLO me\r\nMAIL FROM:<a@b.test>\r\nNONSENSE\r\nAUTH PLAIN AGEAYg==\r\n")
        assert [lines.readline()[:9] for _ in range(4)] == [b"503 5.5.1"] * 4
        client.sendall(b"QUIT\r\n")
        assert lines.readline().startswith(b"221 ")
        assert lines.readline() == b""


@pytest.mark.parametrize("listener", ["submission", "pop3", "imap"])
def test_so_many_connections_at_once(serve, listener: str) -> None:
    served = serve("connections_at_once=2")
    address = ("127.0.0.1", served.ports[listener])
    with socket.create_connection(address, 20) as one, socket.create_connection(address, 20) as two:
        assert one.recv(4096) and two.recv(4096)
        said = served.greeting("submission")
        assert said.startswith(b"421 4.7.0 Too many connections at a time")
        assert served.greeting("pop3").startswith(b"-ERR [SYS/TEMP] Too many connections at a time")
        assert served.greeting("imap").startswith(b"* BYE [UNAVAILABLE] Too many connections at a")
    for _ in range(100):  # until the server has seen both go
        if served.greeting("submission").startswith(b"220 "):
            break
    else:
        raise AssertionError("they are counted for ever")


def test_two_sessions_cannot_send_more_than_one_may(serve) -> None:
    """Both pass at MAIL; the limit holds all the same."""
    served = serve("messages_limit=1/h")
    with served.smtp() as one, served.smtp() as two:
        for smtp in (one, two):
            smtp.login(ME, CODE)
            assert smtp.mail(ME)[0] == 250
            assert smtp.rcpt(OTHER)[0] == 250
        assert one.data(b"Subject: 1\r\n\r\n")[0] == 250
        assert two.data(b"Subject: 2\r\n\r\n")[0] == 450
        assert two.mail(ME)[0] == 450
    inbox = served.private.server.post_office.store.home(OTHER).mailbox("INBOX")
    assert served.private.call(lambda: len(inbox.messages())) == 1


def test_a_message_that_is_refused_for_something_else_is_not_counted(serve) -> None:
    served = serve("messages_per_day=1", "recipients_per_day=1")
    with served.smtp() as smtp:
        smtp.login(ME, CODE)
        smtp.mail(ME)
        assert smtp.rcpt("nobody@fakemail.test")[0] == 550
        smtp.rset()
        smtp.mail(ME)
        assert smtp.rcpt(OTHER)[0] == 250
        assert smtp.data(b"nul\0\r\n")[0] == 554
        assert smtp.mail(ME)[0] == 250
        smtp.rset()
        served.clock.advance(86400)
        assert smtp.sendmail(ME, [OTHER], b"Subject: x\r\n\r\n") == {}
        assert smtp.mail(ME)[0] == 550


def test_bdat_is_counted_as_data_is(serve) -> None:
    served = serve("messages_limit=1/h", "messages_refused_at=data")
    with served.smtp() as smtp:
        smtp.login(ME, CODE)
        for expected in (250, 450):
            assert smtp.mail(ME)[0] == 250
            assert smtp.rcpt(OTHER)[0] == 250
            smtp.send(b"BDAT 4 LAST\r\na\r\n\n")
            assert smtp.getreply()[0] == expected


def test_reset_by_a_program_of_its_own(serve) -> None:
    served = serve("messages_per_day=1")
    with served.smtp() as smtp:
        smtp.login(ME, CODE)
        smtp.sendmail(ME, [OTHER], b"Subject: x\r\n\r\n")
        assert smtp.mail(ME)[0] == 550
        reset = ["reset", OTHER, "--data", str(served.folder)]
        assert CliRunner().invoke(cli, reset).exit_code == 0
        assert smtp.mail(ME)[0] == 550, "another account's"
        assert CliRunner().invoke(cli, ["reset", "--yes", *reset[2:]]).exit_code == 0
        assert smtp.mail(ME)[0] == 250


def test_other_rules_begin_anew(serve) -> None:
    served = serve("failed_logins_limit=1/h")
    assert served.auth(code="wrong") == 535
    assert served.auth() == 454
    served.private.call(lambda: served.private.server.speak("generic", ["failed_logins_limit=2/h"]))
    assert served.auth() == 235
    served.private.call(lambda: served.private.server.speak("generic", []))
    assert [served.auth(code="wrong") for _ in range(4)] == [535] * 4


@pytest.mark.parametrize(
    ("because", "smtp", "pop3", "imap"),
    [
        ("banned", 535, "suspended", "CONTACTADMIN"),
        ("web-login", 534, "web browser", "ALERT"),
        ("policy", 535, "policy", "CONTACTADMIN"),
    ],
)
def test_a_suspended_account(serve, because: str, smtp: int, pop3: str, imap: str) -> None:
    served = serve()
    with editing(served.folder / "accounts.toml", "fakemail.test") as file:
        file.suspend(ME, because)  # type: ignore[arg-type]
    assert served.auth() == smtp
    assert served.auth(code="wrong") == 535
    assert served.last_facts("smtp")["slug"] == "auth.wrong-code", "only the owner is told"
    assert pop3 in served.pop3_refuses()
    assert imap in served.imap_refuses()
    with smtplib.SMTP("127.0.0.1", served.ports["smtp"]) as relay:  # mail still arrives
        assert relay.sendmail(OTHER, [ME], b"Subject: x\r\n\r\n") == {}
    with editing(served.folder / "accounts.toml", "fakemail.test") as file:
        file.resume(ME)
    assert served.auth() == 235


def test_where_a_banned_account_hears_of_it_at_mail(serve) -> None:
    served = serve("suspended_refused_at=mail")
    with editing(served.folder / "accounts.toml", "fakemail.test") as file:
        file.suspend(ME, "banned")
    with served.smtp() as smtp:
        smtp.login(ME, CODE)
        assert smtp.mail(ME) == (550, b"5.7.1 The account is suspended and may not send")
    assert "suspended" in served.imap_refuses()
