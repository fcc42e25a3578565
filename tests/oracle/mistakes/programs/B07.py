# smtplib: the account is banned; the login works, and the message is refused.
# at: 163
# serve: --rule greeting_delay=0
# prepare: account suspend me@163.com
# shows: smtplib.SMTPSenderRefused: (550, b'User has no permission'
import smtplib
from os import environ as env

with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
    smtp.sendmail(env["FM_USER"], [env["FM_USER"]], "Subject: hello\r\n\r\nhello")
