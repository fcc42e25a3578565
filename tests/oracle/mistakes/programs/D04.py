# aioimaplib: waiting for IDLE to tell of new mail.
# at: qq
# explain: session
# sessions: 2
# shows: nothing came
import asyncio
import smtplib
import ssl
from os import environ as env

import aioimaplib


async def main() -> None:
    context = ssl.create_default_context()
    imap = aioimaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"]), ssl_context=context)
    await imap.wait_hello_from_server()
    await imap.login(env["FM_USER"], env["FM_CODE"])
    await imap.select("INBOX")
    idle = await imap.idle_start(timeout=20)
    with smtplib.SMTP_SSL(env["FM_HOST"], int(env["FM_SUBMISSIONS"])) as smtp:
        smtp.login(env["FM_USER"], env["FM_CODE"])
        fields = "From: me@qq.com\r\nTo: me@qq.com\r\nSubject: hello\r\n"
        smtp.sendmail("me@qq.com", ["me@qq.com"], fields + "\r\nhello\r\n")
    try:
        print(await asyncio.wait_for(imap.wait_server_push(), 2))
    except TimeoutError:
        print("nothing came")
    imap.idle_done()
    await asyncio.wait_for(idle, 5)
    await imap.logout()


asyncio.run(main())
