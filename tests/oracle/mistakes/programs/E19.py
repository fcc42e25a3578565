# imaplib: LOGIN before STARTTLS.
# at: generic
# serve: --rule no-login_before_tls
# shows: imaplib.IMAP4.error: b'[PRIVACYREQUIRED] Plaintext authentication
import imaplib
from os import environ as env

with imaplib.IMAP4(env["FM_HOST"], int(env["FM_IMAP"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
