"""A container as people run it: hardened, in use from outside, stopped, and started again."""

from __future__ import annotations

import imaplib
import json
import smtplib
import subprocess
import time
import urllib.request

import pytest

STOP_LIMIT = 2.0
MESSAGE = b"From: shop@fakemail.test\r\nTo: new@fakemail.test\r\nSubject: Welcome\r\n\r\nHello.\r\n"


def send(container, trust):
    with smtplib.SMTP("localhost", container.port(587)) as client:
        client.starttls(context=trust)
        client.login("shop@fakemail.test", "any-code")
        client.sendmail("shop@fakemail.test", ["new@fakemail.test"], MESSAGE)


def read(container, trust):
    with imaplib.IMAP4_SSL("localhost", container.port(993), ssl_context=trust) as client:
        client.login("new@fakemail.test", "any-code")
        client.select()
        _, found = client.search(None, "ALL")
        return [client.fetch(number, "(RFC822)")[1][0][1] for number in found[0].split()]


def ask(container, path, host="localhost"):
    url = f"http://127.0.0.1:{container.port(8025)}{path}"
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Host": host})) as answer:
        return json.load(answer)


def stop(container):
    """The exit code after ``docker stop``, which takes no longer than it may."""
    began = time.monotonic()
    subprocess.run(["docker", "stop", "--time=30", container.name], check=True, capture_output=True)
    assert time.monotonic() - began < STOP_LIMIT
    return container.inspect()["State"]["ExitCode"]


@pytest.mark.parametrize("user", ["1000", "12345", "12345:0"])
def test_mail_goes_in_and_out_and_stays(volume, container, user):
    """Read-only root, no capabilities, a user that the image has never heard of."""
    words = (f"--volume={volume}:/data", f"--user={user}")
    first = container(*words)
    assert "\nfakemail ready smtp=25 submission=587 " in first.log()
    trust = first.trust()
    send(first, trust)
    (message,) = read(first, trust)
    assert message.endswith(MESSAGE)
    found = ask(first, "/api/v1/wait?to=new@fakemail.test&timeout=5")
    assert "Welcome" in json.dumps(found)
    assert stop(first) == 0
    assert "Traceback" not in first.log()

    second = container(*words)
    assert read(second, trust) == [message], "the same mail, under the same CA"
    assert stop(second) == 0


def test_it_becomes_healthy(container):
    """What ``docker compose up --wait`` and CI services wait for."""
    began = int(time.time())
    made = container(wait=False)
    # Its end, after three more checks, is there only so that a failure ends, too.
    words = ("--since", str(began), "--until", str(began + 40))
    filters = ("--filter", f"container={made.name}", "--filter", "event=health_status")
    command = ["docker", "events", *words, *filters, "--format={{.Status}}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as events:
        assert events.stdout is not None
        assert events.stdout.readline() == "health_status: healthy\n"
        events.terminate()
    assert not made.fakemail("sessions").stdout, "health checks are no sessions that anybody seeks"


def test_a_signal_during_the_start_ends_it(container):
    """Process 1 gets no signal that it does not ask for; tini asks, before Python can."""
    made = container(wait=False)
    began = time.monotonic()
    subprocess.run(["docker", "kill", "--signal=TERM", made.name], check=True, capture_output=True)
    assert made.ended() in (0, 143)
    assert time.monotonic() - began < STOP_LIMIT
    assert "Traceback" not in made.log()


def test_orphans_are_buried(container, engine):
    made = container()
    script = "(sleep 0.05 & echo $!)"
    orphan = engine("exec", made.name, "sh", "-c", script).stdout.strip()
    engine("exec", made.name, "sh", "-c", f"while [ -e /proc/{orphan} ]; do :; done")


def test_every_setting_is_a_variable(container):
    made = container(
        *("-e", "FAKEMAIL_DIALECT=qq", "-e", "FAKEMAIL_HOST_NAME=mail.example"),
        *("-e", "FAKEMAIL_TLS_NAME=", "-e", "FAKEMAIL_SMTP_PORT=", "-e", "FAKEMAIL_FSYNC="),
    )
    assert "dialect       qq" in made.log()
    found = ask(made, "/api/v1/settings")
    assert "mail.example" in json.dumps(found)


def test_a_misspelt_variable_is_named(container):
    made = container("-e", "FAKEMAIL_DIALCT=qq")
    assert "FAKEMAIL_DIALCT" in made.log() and "FAKEMAIL_DIALECT" in made.log()


def test_other_words_of_fakemail(container):
    made = container(command=("serve", "--accounts", "listed", "--tls-name", "mail.example"))
    assert "accounts: listed" in made.log() or "nobody yet" in made.log()
    assert ask(made, "/api/v1/info", host="mail.example")
    names = made.fakemail("certs").stdout
    assert "ca.pem" in names
