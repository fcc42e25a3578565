# smtplib: the quota of the day is used up; it is told of in place of 354.
# at: gmail
# serve: --rule messages_per_day=3
# shows: smtplib.SMTPDataError: (550, b'5.4.5 Daily user sending limit exceeded.
import smtplib
from os import environ as env

with smtplib.SMTP(env["FM_HOST"], int(env["FM_SUBMISSION"])) as smtp:
    smtp.starttls()
    smtp.login(env["FM_USER"], env["FM_CODE"])
    while True:
        smtp.sendmail(env["FM_USER"], [env["FM_USER"]], "Subject: hello\r\n\r\nhello")
