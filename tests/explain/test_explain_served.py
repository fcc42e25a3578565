"""The whole way: a served dialect, a real library making the mistake, the explanation of it."""

from __future__ import annotations

import imaplib
import json
import os
import signal
import smtplib
import ssl
import subprocess
import sys

import pytest


@pytest.fixture
def served(tmp_path):
    """`served(dialect)` gives ports and a way to explain the last session."""
    running = []
    fakemail = [sys.executable, "-m", "fakemail"]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FAKEMAIL_")}

    def serve(dialect, *flags):
        data, ready = tmp_path / "data", tmp_path / "ready.json"
        command = ["serve", "--ports", "ephemeral", "--dialect", dialect, "--data", data, *flags]
        running.append(
            subprocess.Popen(
                [*fakemail, *command, "--ready-file", ready],
                env=clean, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip
        wait = [*fakemail, "ready", "--wait", "--timeout", "20", "--ready-file", ready]
        out = subprocess.run(wait, env=clean, check=True, capture_output=True, text=True)

        def explained():
            running[0].send_signal(signal.SIGTERM)  # the journal is whole when it has stopped
            assert running[0].wait(20) == 0
            ask = [*fakemail, "explain", "last", "--json", "--lang", "en", "--data", data]
            told = subprocess.run(ask, env=clean, check=True, capture_output=True, text=True)
            return json.loads(told.stdout.splitlines()[0])

        return json.loads(out.stdout)["ports"], explained

    yield serve
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_qq_without_login(served):
    ports, explained = served("qq")
    with smtplib.SMTP("localhost", ports["submission"], timeout=20) as client:
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            client.sendmail("me@qq.com", ["you@qq.com"], "Subject: x\n\nx")
        assert (refused.value.smtp_code, refused.value.smtp_error) == (
            503, b"Error: need EHLO and AUTH first !"
        )  # fmt: skip
    found = explained()
    assert found["scenarios"][0]["id"] == "A01"
    assert found["client"].startswith("Looks like Python's smtplib")
    assert "login(address, authorization_code)" in found["fix"]
    assert found["slug"] == "smtp.auth-required"


def test_163_without_id(served):
    ports, explained = served("163")
    with imaplib.IMAP4("localhost", ports["imap"], timeout=20) as client:
        client.login("me@163.com", "ABCDEFGHIJKLMNOP")
        assert client.select()[0] == "NO"
    found = explained()
    assert found["scenarios"][0]["id"] == "D01"
    assert found["reply"].endswith("NO SELECT Unsafe Login. Please contact kefu@188.com for help")
    assert "imaplib.Commands['ID']" in found["fix_for_client"]


def test_gmail_before_tls(served):
    ports, explained = served("gmail")
    client = smtplib.SMTP("localhost", ports["submission"], timeout=20)
    with client, pytest.raises(smtplib.SMTPNotSupportedError):
        client.login("me@gmail.com", "abcdefghijklmnop")
    assert explained()["scenarios"][0]["id"] == "E04"


def test_hotmail_with_a_password(served):
    ports, explained = served("hotmail", "--rule", "auth_failure_delay=0")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("localhost", ports["submission"], timeout=20) as client:
        client.starttls(context=context)
        with pytest.raises(smtplib.SMTPAuthenticationError, match="basic authentication"):
            client.login("me@hotmail.com", "secret of the web page")
    found = explained()
    assert found["scenarios"][0]["id"] == "B15"
    assert "secret of the web page" not in json.dumps(found)
