# smtplib: EHLO again after the login, as RFC 4954 advises.
# at: sina
# serve: --rule greeting_delay=0
# shows: smtplib.SMTPSenderRefused
import smtplib
from os import environ as env

with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
    smtp.ehlo()
    smtp.sendmail(env["FM_USER"], [env["FM_USER"]], "Subject: hello\r\n\r\nhello\r\n")
