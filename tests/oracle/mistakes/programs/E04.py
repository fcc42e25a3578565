# smtplib: login() before starttls().
# at: office365
# shows: smtplib.SMTPNotSupportedError: SMTP AUTH extension not supported by server.
import smtplib
from os import environ as env

with smtplib.SMTP(env["FM_HOST"], int(env["FM_SUBMISSION"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
