"""20 senders and 20 idling readers at once: every reader hears of every message (issue 2)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic

import pytest

SENDERS = READERS = 20
EACH = 25
SHARED = ("ann@fakemail.test", "bob@fakemail.test")
TOTAL = SENDERS * EACH
FIELD = b"(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"


@pytest.mark.timeout(90)
def test_every_idling_reader_hears_of_every_message(server, clients, message):
    """Each message goes to two shared mailboxes with ten idling readers each."""
    everybody = Barrier(SENDERS + READERS, timeout=30)

    def read(number: int) -> tuple[list[int], list[str]]:
        with clients.Imap(server.ports["imap"]).log_in(SHARED[number % 2]) as imap:
            imap.good(b"SELECT INBOX")
            tag = imap.idle()
            everybody.wait()
            heard: list[int] = []
            limit = monotonic() + 30
            while TOTAL not in heard:
                assert monotonic() < limit, f"reader {number} heard of {heard[-1:]}"
                if found := re.fullmatch(rb"\* (\d+) EXISTS\r\n", imap.response()):
                    heard.append(int(found[1]))
            imap.send(b"DONE\r\n")
            late = [r for r in imap.until(tag) if b" EXISTS" in r or b" EXPUNGE" in r]
            assert not late
            found = [
                identity[1].decode()
                for response in imap.good(b"FETCH 1:* " + FIELD)
                if (identity := re.search(rb"<([^>]+)>", response))
            ]
            return heard, found

    def send(number: int) -> list[str]:
        with clients.Smtp(server.ports["smtp"]).hello() as smtp:
            everybody.wait()
            sent = []
            for serial in range(EACH):
                identity = f"{number}.{serial}@load.test"
                reply = smtp.deliver(list(SHARED), message(identity))
                assert reply.startswith(b"250"), reply
                sent.append(identity)
            return sent

    with ThreadPoolExecutor(SENDERS + READERS) as pool:
        readers = [pool.submit(read, number) for number in range(READERS)]
        senders = [pool.submit(send, number) for number in range(SENDERS)]
        sent = sorted(identity for sender in senders for identity in sender.result())
        results = [reader.result() for reader in readers]

    assert len(sent) == TOTAL
    for heard, found in results:
        assert heard == sorted(set(heard)), "EXISTS goes up, and says a number once"
        assert heard[-1] == TOTAL
        assert sorted(found) == sent
    by_mailbox = {tuple(found) for _, found in results[::2]}, {tuple(f) for _, f in results[1::2]}
    assert [len(orders) for orders in by_mailbox] == [1, 1], "readers agree on the order"
    for address in SHARED:
        folder = server.maildir(address)
        files = [f for sub in ("new", "cur") for f in (folder / sub).iterdir()]
        assert len(files) == TOTAL
        assert not list((folder / "tmp").iterdir())
