# smtplib (as in ERPNext): a From field that is not the account.
# at: zoho
# shows: smtplib.SMTPDataError: (553, b'Relaying disallowed as other@zoho.com
import smtplib
from email.message import EmailMessage
from os import environ as env

message = EmailMessage()
message["From"] = "other@zoho.com"
message["To"] = env["FM_USER"]
message["Subject"] = "hello"
message.set_content("hello")
with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
    smtp.sendmail(env["FM_USER"], [env["FM_USER"]], message.as_bytes())
