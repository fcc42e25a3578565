# smtplib: From, To and Subject are given to sendmail() only, not in the message.
# at: 163
# shows: smtplib.SMTPDataError: (554, b'DT:SPM 163
import smtplib
from os import environ as env

with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
    smtp.sendmail(env["FM_USER"], [env["FM_USER"]], "hello")
