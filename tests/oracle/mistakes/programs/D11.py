# imaplib: APPEND of a message that is too large for it.
# at: qq
# serve: --rule append_limit=1000000
# shows: ('NO', [b'Mail length …exceeded!'
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
    print(imap.append("INBOX", None, None, b"Subject: hello\r\n\r\n" + b"hello\r\n" * 200_000))
