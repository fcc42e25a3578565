# imaplib: SEARCH by SUBJECT.
# at: sina
# serve: --rule greeting_delay=0
# shows: SEARCH command error: BAD [b'Missing or invalid or unimplemented argument'
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
    imap.select("INBOX")
    imap.search(None, "SUBJECT", '"hello"')
