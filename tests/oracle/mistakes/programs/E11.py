# ssl: the list of ciphers that Python has by default.
# at: 139
# shows: ssl.SSLError: [SSL: …HANDSHAKE_FAILURE]
import smtplib
import ssl
from os import environ as env

context = ssl.create_default_context()
with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"]), context=context) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
