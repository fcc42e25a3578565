# ssl: a modern list of ciphers.
# at: 139
# shows: ssl.SSLError: [SSL: …HANDSHAKE_FAILURE]
import smtplib
import ssl
from os import environ as env

context = ssl.create_default_context()
context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"]), context=context) as smtp:
    smtp.login(env["FM_USER"], env["FM_CODE"])
