# smtplib: SMTP, not SMTP_SSL, on port 465.
# at: qq
# known: among others
# shows: smtplib.SMTPServerDisconnected: Connection unexpectedly closed
import smtplib
from os import environ as env

with smtplib.SMTP(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
