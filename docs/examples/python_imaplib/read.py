"""Python alone, without a test framework. Run: python read.py."""

import imaplib
import smtplib
from email import message_from_bytes, policy

import fakemail

with fakemail.run() as mail:
    trust = mail.ssl_context()

    with smtplib.SMTP(mail.submission.host, mail.submission.port) as smtp:
        smtp.starttls(context=trust)
        smtp.login(mail.address, mail.code)
        smtp.sendmail(mail.address, [mail.address], "Subject: Invoice 7\r\n\r\n42 EUR\r\n")

    with imaplib.IMAP4_SSL(mail.imaps.host, mail.imaps.port, ssl_context=trust) as imap:
        imap.login(mail.address, mail.code)
        imap.select()
        assert imap.search(None, "UNSEEN", "SUBJECT", "Invoice") == ("OK", [b"1"])
        _, parts = imap.fetch("1", "(BODY.PEEK[])")

    message = message_from_bytes(parts[0][1], policy=policy.default)
    assert message["Subject"] == "Invoice 7"
    assert message.get_content().strip() == "42 EUR"
