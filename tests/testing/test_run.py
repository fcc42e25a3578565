"""``fakemail.run()``: a server for a block, for unittest and plain Python."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import unittest
from pathlib import Path

import pytest

import fakemail
from fakemail.config import SettingsError
from fakemail.testing.pool import Pool


def test_a_server_for_a_block(send):
    with fakemail.run() as mail:
        folder = Path(mail.server.ready.data)
        assert mail.address == "test@fakemail.test"
        send(mail, "anybody@example.com")
        assert mail.wait(to="anybody@example.com").text == "It works.\n"
        assert folder.is_dir()
    assert not folder.exists()
    with pytest.raises(OSError):
        smtplib.SMTP(mail.submission.host, mail.submission.port)
    with pytest.raises(RuntimeError):
        _ = mail.messages


@pytest.mark.parametrize("process", [False, True])
def test_a_wait_in_vain_shows_what_came_and_was_said(send, process):
    with fakemail.run(process=process) as mail:
        send(mail, "new@example.com", subject="another")
        with smtplib.SMTP(mail.submission.host, mail.submission.port) as smtp:
            with pytest.raises(smtplib.SMTPSenderRefused):
                smtp.sendmail("a@example.com", ["new@example.com"], "")
            with pytest.raises(fakemail.NoMail) as vain:
                mail.wait(subject="Welcome", timeout=0)
    text = str(vain.value)
    assert "to new@example.com from test@fakemail.test  'another'  in INBOX" in text
    assert "c: mail from:<a@example.com>" in text.lower()  # smtplib's letters differ by version
    assert "smtp.auth-required" in text


def test_a_folder_that_is_given_stays(tmp_path, send):
    addresses = []
    for _ in range(2):
        with fakemail.run(tmp_path / "data", accounts="listed") as mail:
            addresses.append(mail.address)
            send(mail, mail.address)
            assert len(mail.messages) == 1
    accounts = (tmp_path / "data" / "accounts.toml").read_text()
    assert not any(f'"{address}"' in accounts for address in addresses)
    assert addresses[0] != addresses[1]
    kept = list((tmp_path / "data" / "mail").rglob("*.M*"))
    assert len(kept) == 2


def test_what_cannot_be_is_said():
    with (
        pytest.raises(TypeError, match=r"no setting colour; it has .*dialect"),
        fakemail.run(colour="red"),
    ):
        pass
    with pytest.raises(SettingsError, match="dialect = no-such"), fakemail.run(dialect="no-such"):
        pass
    with pytest.raises(SettingsError, match="rule = no_such"), fakemail.run(rules=["no_such"]):
        pass


def test_a_report_never_fails():
    pool = Pool()
    server = pool.server({})
    assert pool.server({}) is server
    assert pool.report(0.0) == ""
    server.stop()
    assert pool.report(0.0).startswith("What was said cannot be shown: RuntimeError")
    pool.stop()


def test_two_servers_at_once():
    with fakemail.run() as one, fakemail.run() as two:
        one.deliver(subject="one")
        assert two.messages == []
        assert not set(one.server.ports.values()) & set(two.server.ports.values())


class Signup(unittest.TestCase):
    """As somebody with unittest would write it."""

    @classmethod
    def setUpClass(cls):
        cls.mail = cls.enterClassContext(fakemail.run())

    def test_in_it(self):
        with smtplib.SMTP(self.mail.smtp.host, self.mail.smtp.port) as smtp:
            smtp.sendmail("app@example.com", ["new@example.com"], "Subject: Welcome\n\n")
        self.assertEqual(self.mail.wait(to="new@example.com").subject, "Welcome")


def test_importing_fakemail_imports_nothing_else():
    code = (
        "import sys; before = set(sys.modules); import fakemail;"
        "print(*sorted(m for m in set(sys.modules) - before if m != 'fakemail'));"
        "assert 'run' in dir(fakemail)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_front_door():
    assert fakemail.Mail.__module__ == "fakemail.testing.mail"
    assert issubclass(fakemail.NoMail, AssertionError)
    assert {"run", "Mail", "NoMail"} <= set(dir(fakemail))
    with pytest.raises(AttributeError, match="has no attribute 'walk'"):
        fakemail.walk
