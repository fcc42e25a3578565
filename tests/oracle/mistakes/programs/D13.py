# imaplib: an extension is tried without a look at CAPABILITY.
# at: qq
# shows: imaplib.IMAP4.abort
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
    imap.xatom("XPROBE")
