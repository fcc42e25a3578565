# poplib: POP3 was never switched on; the answer is GBK, and the program takes it for UTF-8.
# at: 163
# account: --off pop3
# shows: UnicodeDecodeError: 'utf-8' codec can't decode byte
import poplib
from os import environ as env

pop = poplib.POP3_SSL(env["FM_HOST"], int(env["FM_POP3S"]))
pop.user(env["FM_USER"])
try:
    pop.pass_(env["FM_CODE"])
except poplib.error_proto as error:
    print(error.args[0].decode())
