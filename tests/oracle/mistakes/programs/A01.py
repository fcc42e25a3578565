# smtplib: no login() before sendmail().
# at: qq
# shows: smtplib.SMTPSenderRefused: (503, b'Error: need EHLO and AUTH first !', 'me@qq.com')
import smtplib
from os import environ as env

with smtplib.SMTP(env["FM_HOST"], int(env["FM_SUBMISSION"])) as smtp:
    smtp.sendmail("me@qq.com", ["you@example.test"], "Subject: hello\r\n\r\nhello\r\n")
