# smtplib: the right code, where SMTP AUTH is switched off for the mailbox.
# at: office365
# account: --off smtp
# shows: (535, b'5.7.139 …SmtpClientAuthentication is disabled for the Tenant.
import smtplib
from os import environ as env

with smtplib.SMTP(env["FM_HOST"], int(env["FM_SUBMISSION"])) as smtp:
    smtp.starttls()
    smtp.login(env["FM_USER"], env["FM_CODE"])
