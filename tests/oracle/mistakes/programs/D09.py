# imaplib: LOGIN with a password.
# at: hotmail
# serve: --rule auth_failure_delay=0
# shows: imaplib.IMAP4.error: b'Basic authentication is disabled.'
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
