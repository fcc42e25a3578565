# smtplib: SMTP was never switched on in the web page's settings.
# at: 163
# account: --off smtp
# shows: (550, b'User has no permission
import smtplib
from os import environ as env

with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
