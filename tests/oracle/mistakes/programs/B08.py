# imaplib: an account of 163 at the server of QQ.
# at: qq
# shows: imaplib.IMAP4.error: b'Login fail. Account is abnormal
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login("me@163.com", env["FM_CODE"])
