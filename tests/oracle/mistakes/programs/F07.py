# zmail: a message that is gone when it is its turn.
# at: 163
# account: --on smtp --on pop3 --on imap
# sessions: 2
# shows: poplib.error_proto: b"-ERR Can't get the letter
from os import environ as env
from urllib.request import Request, urlopen

import zmail

server = zmail.server(
    env["FM_USER"], env["FM_CODE"], smtp_host=env["FM_HOST"], smtp_port=int(env["FM_SUBMISSIONS"]),
    pop_host=env["FM_HOST"], pop_port=int(env["FM_POP3S"]),
)  # fmt: skip
server.send_mail(env["FM_USER"], {"subject": "hello", "content_text": "hello"})
with server.pop_server as pop:
    latest, _ = pop.stat()
    api = f"http://{env['FM_HOST']}:{env['FM_HTTP']}/api/v1"
    urlopen(Request(f"{api}/messages", method="DELETE")).close()
    pop.get_mail(latest)
