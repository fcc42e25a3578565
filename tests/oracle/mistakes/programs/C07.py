# smtplib (as in Odoo): a sender that is not the account.
# at: yandex
# shows: smtplib.SMTPSenderRefused: (553, b'5.7.1 Sender address rejected: not owned by auth user.
import smtplib
from os import environ as env

with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
    smtp.sendmail("odoo@company.example", [env["FM_USER"]], "Subject: hello\r\n\r\nhello\r\n")
