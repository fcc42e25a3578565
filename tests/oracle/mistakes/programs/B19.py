# imaplib: IMAP is not switched on in the settings.
# at: yandex@2019
# account: --off imap
# shows: imaplib.IMAP4.error: b'[AUTHENTICATIONFAILED] LOGIN Invalid credentials or IMAP is disabled
import imaplib
from os import environ as env

with imaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"])) as imap:
    imap.login(env["FM_USER"], env["FM_CODE"])
