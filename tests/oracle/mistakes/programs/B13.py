# smtplib: an app password that is not right; login() tries again where the server has hung up.
# at: gmail
# serve: --rule closes_after_auth_failure
# shows: smtplib.SMTPServerDisconnected: Connection unexpectedly closed
import smtplib
from os import environ as env

with smtplib.SMTP(env["FM_HOST"], int(env["FM_SUBMISSION"])) as smtp:
    smtp.starttls()
    smtp.login(env["FM_USER"], "abcdefghijklmnop")
