# imaplib: no ID before SELECT, and nobody looks at what select() returns.
# at: 163
# shows: imaplib.IMAP4.error: command SEARCH illegal in state AUTH, only allowed in states SELECTED
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
    imap.select("INBOX")
    imap.search(None, "ALL")
