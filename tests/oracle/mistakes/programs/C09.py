# smtplib (as in Sentry): a sender that is not the account.
# at: aliyun_qiye
# shows: b"mail from account doesn't conform with …sentry@
import smtplib
from os import environ as env

with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
    smtp.sendmail("sentry@company.example", [env["FM_USER"]], "Subject: hello\r\n\r\nhello\r\n")
