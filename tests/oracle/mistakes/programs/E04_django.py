# Django: EMAIL_USE_TLS is not set.
# at: office365
# shows: smtplib.SMTPNotSupportedError: SMTP AUTH extension not supported by server.
from os import environ as env

from django.conf import settings
from django.core.mail import send_mail

settings.configure(
    EMAIL_HOST=env["FM_HOST"],
    EMAIL_PORT=int(env["FM_SUBMISSION"]),
    EMAIL_HOST_USER=env["FM_USER"],
    EMAIL_HOST_PASSWORD=env["FM_CODE"],
)
send_mail("hello", "hello", env["FM_USER"], ["you@example.test"])
