# imaplib: UID FETCH with arguments that QQ does not take.
# at: qq
# shows: imaplib.IMAP4.error: UID command error: BAD [b'UID parameters!'
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
    imap.select("INBOX")
    imap.uid("FETCH", "1:*", "(UID FLAGS) (CHANGEDSINCE 1)")
