# smtplib: more messages than the provider allows in a day.
# at: 163
# serve: --rule messages_per_day=3
# shows: smtplib.SMTPSenderRefused: (554, b'MI:STC'
import smtplib
from email.message import EmailMessage
from os import environ as env

with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
    while True:
        message = EmailMessage()
        message["From"] = message["To"] = env["FM_USER"]
        message["Subject"] = "hello"
        message.set_content("hello")
        smtp.send_message(message)
