# poplib: the password of the web page.
# at: qq@2017
# shows: poplib.error_proto: b'-ERR Please using authorized code to login.
import poplib
from os import environ as env

pop = poplib.POP3_SSL(env["FM_HOST"], int(env["FM_POP3S"]))
pop.user(env["FM_USER"])
pop.pass_(env["FM_PASSWORD"])
