# smtplib: an app password that is not right.
# at: gmail
# shows: smtplib.SMTPAuthenticationError: (535, b'5.7.8 Username and Password not accepted.
import smtplib
from os import environ as env

with smtplib.SMTP(env["FM_HOST"], int(env["FM_SUBMISSION"])) as smtp:
    smtp.starttls()
    smtp.login(env["FM_USER"], "abcdefghijklmnop")
