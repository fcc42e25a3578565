# imaplib: the port of SMTP.
# at: generic
# explain: output
# shows: imaplib.IMAP4.abort: unexpected response: b'220
import imaplib
from os import environ as env

with imaplib.IMAP4(env["FM_HOST"], int(env["FM_SUBMISSION"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
