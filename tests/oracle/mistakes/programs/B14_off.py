# imaplib: IMAP is switched off in the settings.
# at: gmail
# account: --off imap
# shows: [ALERT] Your account is not enabled for IMAP use.
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
