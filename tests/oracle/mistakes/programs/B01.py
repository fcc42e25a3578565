# smtplib: the password of the web page instead of the authorization code.
# at: qq
# shows: (535, b'Login fail. Account is abnormal, service is not open…
import smtplib
from os import environ as env

with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_PASSWORD"])
