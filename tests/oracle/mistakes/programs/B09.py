# imaplib: a code that was made for POP3/SMTP, in the years when codes were bound to that.
# at: qq@2017
# account: --on smtp --on pop3 --on imap --scope pop3 --scope smtp
# shows: imaplib.IMAP4.error: b'Please using authorized code to login.
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
