# smtplib: the password of the web page instead of the authorization code.
# at: 163
# shows: smtplib.SMTPAuthenticationError: (535, b'Error: authentication failed
import smtplib
from os import environ as env

with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_PASSWORD"])
