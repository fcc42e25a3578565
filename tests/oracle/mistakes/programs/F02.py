# smtplib: a wrong code, tried again and again; each login() tries two mechanisms.
# at: 126
# serve: --rule failed_logins_ban=6/10min
# sessions: 4
# shows: smtplib.SMTPConnectError: (554, b'IP is rejected, smtp auth error limit exceed,126
import smtplib
from os import environ as env

while True:
    with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
        try:
            smtp.login(env["FM_USER"], "wrongwrongwrongw")
        except smtplib.SMTPAuthenticationError as error:
            print(error)
