# imaplib: a synchronisation that starts from UIDNEXT.
# at: 163
# explain: session
# shows: TypeError
import imaplib
from os import environ as env

imaplib.Commands["ID"] = ("AUTH",)
with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
    imap._simple_command("ID", '("name" "x" "version" "1" "vendor" "y")')
    imap.select("INBOX")
    print(int(imap.response("UIDNEXT")[1][0]))
