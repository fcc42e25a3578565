"""For tests of what tests use."""

from __future__ import annotations

import smtplib

import pytest


@pytest.fixture
def send():
    """Sends a small message through a `Mail`, logged in as its own account."""

    def send_to(mail, *to, subject="hello", body="It works.", sender=""):
        sender = sender or mail.address
        with smtplib.SMTP(mail.submission.host, mail.submission.port, timeout=20) as smtp:
            smtp.login(mail.address, mail.code)
            text = f"From: {sender}\nTo: {', '.join(to)}\nSubject: {subject}\n\n{body}\n"
            smtp.sendmail(sender, list(to), text.replace("\n", "\r\n").encode())

    return send_to
