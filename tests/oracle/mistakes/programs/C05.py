# smtplib: the From field is a name without an address.
# at: qq
# shows: smtplib.SMTPDataError: (550, b'The "From" header is missing or invalid.
import smtplib
from email.header import Header
from email.mime.text import MIMEText
from os import environ as env

message = MIMEText("hello", "plain", "utf-8")
message["From"] = Header("小明", "utf-8")
message["To"] = "me@qq.com"
message["Subject"] = "hello"
with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
    smtp.sendmail(env["FM_USER"], [env["FM_USER"]], message.as_string())
