"""Programs that ask for delivery status notifications, and what they get (RFC 3461, RFC 3464)."""

from __future__ import annotations

import imaplib
import poplib
import shutil
import smtplib
import subprocess
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from fakemail.config import load
from fakemail.services.private import PrivateServer
from fakemail.services.ready import Ready

FETCH_LIMIT = 240
LIMIT = 30
SENDER, RECIPIENT = "tom@fakemail.test", "jerry@fakemail.test"

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(FETCH_LIMIT + LIMIT)]

PERL = r"""
use strict; use warnings; use Net::SMTP;
my ($port, $from, $to) = @ARGV;
my $smtp = Net::SMTP->new('localhost', Port => $port, Timeout => 20) or die "connect: $@";
local $SIG{__WARN__} = sub { die @_ };
$smtp->mail($from, Return => 'HDRS', Envelope => 'perl+1') or die $smtp->message;
$smtp->recipient($to, { Notify => ['SUCCESS','FAILURE'], ORcpt => "rfc822;$to" })
    or die $smtp->message;
$smtp->data("Subject: asked\r\n\r\ntext\r\n") or die $smtp->message;
$smtp->quit;
"""

NODE = r"""
const [port, from, to] = process.argv.slice(1);
const { createTransport } = require('nodemailer');
createTransport({ host: 'localhost', port: Number(port), ignoreTLS: true }).sendMail({
  from, to, subject: 'asked', text: 'text',
  dsn: { id: 'perl+1', return: 'headers', notify: ['success', 'failure'], recipient: to },
}).then(() => {}, (error) => { console.error(error); process.exit(1); });
"""


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Ready]:
    settings = {"data": str(tmp_path), "ports": "ephemeral"}
    with PrivateServer(load(settings, {})) as private:
        yield private.ready


def report(ready: Ready) -> bytes:
    """What POP3 has for the sender: one report."""
    pop = poplib.POP3("localhost", ready.ports["pop3"], timeout=20)
    pop.user(SENDER)
    pop.pass_("any")
    _, lines, _ = pop.retr(1)
    assert pop.stat()[0] == 1
    pop.quit()
    return b"".join(line + b"\r\n" for line in lines)


def check(octets: bytes, envelope_id: str) -> None:
    message = BytesParser(policy=policy.default).parsebytes(octets)
    assert not [part.defects for part in message.walk() if part.defects]
    assert (message["Return-Path"], message["To"]) == ("<>", SENDER)
    _, status, header = message.iter_parts()
    about, recipient = status.get_payload()
    assert about["Original-Envelope-Id"] == envelope_id
    assert recipient.items() == [
        ("Original-Recipient", f"rfc822;{RECIPIENT}"),
        ("Final-Recipient", f"rfc822;{RECIPIENT}"),
        ("Action", "delivered"),
        ("Status", "2.0.0"),
    ]
    assert "Subject: asked" in header.get_content()


def test_smtplib_asks_and_imaplib_reads(ready: Ready) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, RECIPIENT, "asked"
    message.set_content("text")
    with smtplib.SMTP("localhost", ready.ports["smtp"], timeout=20) as smtp:
        smtp.ehlo()
        assert smtp.has_extn("dsn")
        options = ["NOTIFY=SUCCESS,DELAY", f"ORCPT=rfc822;{RECIPIENT}"]
        smtp.send_message(message, mail_options=["RET=FULL", "ENVID=a+20b"], rcpt_options=options)
    check(report(ready), "a b")
    with imaplib.IMAP4("localhost", ready.ports["imap"], timeout=20) as imap:
        imap.login(SENDER, "any")
        imap.select()
        _, [structure] = imap.fetch("1", "(BODYSTRUCTURE)")
        _, [(_, status), _] = imap.fetch("1", "(BODY.PEEK[2])")
    assert isinstance(structure, bytes) and isinstance(status, bytes)
    for piece in (
        b'("message" "delivery-status" NIL NIL NIL "7bit" %d ' % len(status),
        b'("text" "rfc822-headers" ',
        b'"report" ("report-type" "delivery-status" "boundary" ',
    ):
        assert piece.lower() in structure.lower()


def test_net_smtp(ready: Ready) -> None:
    if shutil.which("perl") is None:
        pytest.skip("perl: not installed")
    run(["perl", "-e", PERL], ready)
    check(report(ready), "perl+1")


def test_nodemailer(ready: Ready, fetched: Callable[..., Path]) -> None:
    folder = fetched("node", Path(__file__).parent / "mistakes" / "node")
    run(["node", "-e", NODE, "--"], ready, folder)
    check(report(ready), "perl+1")


def run(words: list[str], ready: Ready, folder: Path | None = None) -> None:
    done = subprocess.run(
        [*words, str(ready.ports["smtp"]), SENDER, RECIPIENT],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
