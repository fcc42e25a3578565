# smtplib: HELO, then AUTH.
# at: generic
# shows: 503
import smtplib
from os import environ as env

with smtplib.SMTP(env["FM_HOST"], int(env["FM_SUBMISSION"])) as smtp:
    smtp.helo()
    print(smtp.docmd("AUTH", "LOGIN"))
