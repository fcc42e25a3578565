# aioimaplib: the parameters of ID stand behind a space.
# at: 163
# shows: 'BAD'…Parse command error
import asyncio
import ssl
from os import environ as env

import aioimaplib


async def main() -> None:
    context = ssl.create_default_context()
    imap = aioimaplib.IMAP4_SSL(env["FM_HOST"], int(env["FM_IMAPS"]), ssl_context=context)
    await imap.wait_hello_from_server()
    await imap.login(env["FM_USER"], env["FM_CODE"])
    print(await imap.id(name="watcher", version="1.0"))
    await imap.logout()


asyncio.run(main())
