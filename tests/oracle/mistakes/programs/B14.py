# imaplib: the password of the account, which has two steps.
# at: gmail
# shows: b'[ALERT] Application-specific password required: https://…(Failure)'
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_PASSWORD"])
