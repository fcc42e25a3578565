# poplib: the code is good for IMAP and SMTP, but POP3 is not switched on.
# at: yeah
# account: --off pop3
# shows: poplib.error_proto: b'-ERR Unable to log on'
import poplib
from os import environ as env

pop = poplib.POP3_SSL(env["FM_HOST"], int(env["FM_POP3S"]))
pop.user(env["FM_USER"])
pop.pass_(env["FM_CODE"])
