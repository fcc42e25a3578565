# smtplib: a sender that is no address of the account.
# at: icloud
# shows: smtplib.SMTPSenderRefused: (550, b'5.7.0 From address is not one of your addresses'
import smtplib
from os import environ as env

with smtplib.SMTP(env["FM_HOST"], int(env["FM_SUBMISSION"])) as smtp:
    smtp.starttls()
    smtp.login(env["FM_USER"], env["FM_CODE"])
    smtp.sendmail("me@company.example", [env["FM_USER"]], "Subject: hello\r\n\r\nhello\r\n")
