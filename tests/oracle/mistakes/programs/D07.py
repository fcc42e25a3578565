# imaplib: a folder that has another name there.
# at: 163
# shows: ('NO'
import imaplib
from os import environ as env

imaplib.Commands["ID"] = ("AUTH",)
with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
    imap._simple_command("ID", '("name" "x" "version" "1" "vendor" "y")')
    print(imap.select("Sent"))
