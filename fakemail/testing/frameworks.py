"""The same facts in the words of others: environment variables, Django, Flask-Mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakemail.testing.mail import Mail


def env(mail: Mail) -> dict[str, str]:
    """``SMTP_HOST SMTP_PORT SMTP_USER SMTP_PASSWORD``, and so on, for each of the ports.

    SMTP is the submission port, which wants the login; the port without one is ``FAKEMAIL_SMTP``,
    and the HTTP API is at ``FAKEMAIL_URL``.
    """
    variables = {
        "FAKEMAIL_HOST": mail.host,
        "FAKEMAIL_SMTP": str(mail.smtp),
        "FAKEMAIL_URL": mail.http.url,
        "FAKEMAIL_CA_FILE": mail.ca_file,
        "NODE_EXTRA_CA_CERTS": mail.ca_file,
        "MAIL_ADDRESS": mail.address,
    }
    ports = {
        "SMTP": mail.submission,
        "SMTPS": mail.submissions,
        "POP3": mail.pop3,
        "POP3S": mail.pop3s,
        "IMAP": mail.imap,
        "IMAPS": mail.imaps,
    }
    for name, endpoint in ports.items():
        variables |= {
            f"{name}_HOST": endpoint.host,
            f"{name}_PORT": str(endpoint.port),
            f"{name}_USER": mail.address,
            f"{name}_PASSWORD": mail.code,
        }
    return variables


def django_settings(mail: Mail) -> dict[str, object]:
    """In clear: Django's backend cannot be told of a CA."""
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": mail.submission.host,
        "EMAIL_PORT": mail.submission.port,
        "EMAIL_HOST_USER": mail.address,
        "EMAIL_HOST_PASSWORD": mail.code,
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
        "EMAIL_TIMEOUT": 10,
        "DEFAULT_FROM_EMAIL": mail.address,
        "SERVER_EMAIL": mail.address,
    }


def flask_mail_settings(mail: Mail) -> dict[str, object]:
    """In clear, and sent although the application is being tested."""
    return {
        "MAIL_SERVER": mail.submission.host,
        "MAIL_PORT": mail.submission.port,
        "MAIL_USERNAME": mail.address,
        "MAIL_PASSWORD": mail.code,
        "MAIL_USE_TLS": False,
        "MAIL_USE_SSL": False,
        "MAIL_DEFAULT_SENDER": mail.address,
        "MAIL_SUPPRESS_SEND": False,
    }
