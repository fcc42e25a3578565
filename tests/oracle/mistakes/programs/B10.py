# imaplib: the password of the web page.
# at: 163
# shows: imaplib.IMAP4.error: b'LOGIN Login error or password error'
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_PASSWORD"])
