"""`kill -9` in the middle of load, twenty times on one data folder (issue 2, "Show it").

What a client was told before the kill binds the server after it:

* a message whose 250 (or APPEND's OK) was seen is there exactly once; one whose answer was not
  seen is there once or not at all; no other message is there;
* a UID that any client ever saw means the same Message-ID for ever, under the same UIDVALIDITY;
* a flag whose STORE was answered OK is still set;
* a POP3 session that was cut off before QUIT deleted nothing; after QUIT's +OK its messages are
  gone.
"""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from typing import Any

import pytest

ROUNDS = 20
SENDERS, APPENDERS, WATCHERS = 6, 2, 2
KEPT, DRAINED = "kept@fakemail.test", "drained@fakemail.test"
IDENTITY = re.compile(rb"Message-ID: <([^>]+)>", re.IGNORECASE)
UID = re.compile(rb"UID (\d+)")
CUT = (EOFError, ConnectionError)
"""What a client sees of a kill."""


class Ledger:
    """What clients were told, over all rounds."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.serial = 0
        self.tried: dict[str, set[str]] = {KEPT: set(), DRAINED: set()}
        self.promised: dict[str, set[str]] = {KEPT: set(), DRAINED: set()}
        self.uids: dict[str, dict[int, str]] = {KEPT: {}, DRAINED: {}}
        self.validity: dict[str, bytes] = {}
        self.flagged: set[int] = set()
        self.maybe_deleted: set[str] = set()
        self.deleted: set[str] = set()
        self.errors: list[str] = []
        self.enough = threading.Event()
        self.goal = self.goodbyes = 0

    def hang_up(self) -> bool:
        self.goodbyes += 1
        return self.goodbyes % 2 == 0

    def new(self, *addresses: str) -> str:
        with self.lock:
            self.serial += 1
            identity = f"{self.serial}@kill.test"
            for address in addresses:
                self.tried[address].add(identity)
            return identity

    def promise(self, identity: str, *addresses: str) -> None:
        with self.lock:
            for address in addresses:
                self.promised[address].add(identity)
            if sum(map(len, self.promised.values())) >= self.goal:
                self.enough.set()

    def learn(self, address: str, uid: int, identity: str) -> None:
        with self.lock:
            known = self.uids[address].setdefault(uid, identity)
            if known != identity:
                self.errors.append(f"{address}: UID {uid} was {known}, is {identity}")


class Load:
    """The clients of one round, each in a thread until the server is gone."""

    def __init__(self, server: Any, clients: Any, ledger: Ledger, message: Any) -> None:
        self.server, self.clients, self.ledger, self.message = server, clients, ledger, message
        jobs = [self.send] * SENDERS + [self.append] * APPENDERS + [self.watch] * WATCHERS
        self.threads = [
            threading.Thread(target=self.work, args=(job,), daemon=True)
            for job in (*jobs, self.flag, self.drain)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(20)
            assert not thread.is_alive(), "a client hangs on a dead server"

    def work(self, job: Any) -> None:
        try:
            while True:
                job()
        except CUT:
            pass
        except BaseException as error:
            self.ledger.errors.append(f"{job.__name__}: {error!r}")
            self.ledger.enough.set()

    def send(self) -> None:
        """SMTP, to one or both mailboxes."""
        with self.clients.Smtp(self.server.ports["smtp"]).hello() as smtp:
            for turn in range(50):
                addresses = (KEPT,) if turn % 3 else (KEPT, DRAINED)
                identity = self.ledger.new(*addresses)
                reply = smtp.deliver(list(addresses), self.message(identity, 300 + turn * 97))
                assert reply.startswith(b"250"), reply
                self.ledger.promise(identity, *addresses)

    def append(self) -> None:
        with self.clients.Imap(self.server.ports["imap"]).log_in(KEPT) as imap:
            for _ in range(50):
                identity = self.ledger.new(KEPT)
                answer = imap.append(b"INBOX", self.message(identity), b"(\\Seen) ")
                assert answer.split(b" ")[1] == b"OK", answer
                self.ledger.promise(identity, KEPT)
                if found := re.search(rb"APPENDUID \d+ (\d+)", answer):
                    self.ledger.learn(KEPT, int(found[1]), identity)

    def watch(self) -> None:
        """Idle, and fetch what was announced: UIDs that a client has seen."""
        with self.clients.Imap(self.server.ports["imap"]).log_in(KEPT) as imap:
            imap.good(b"SELECT INBOX")
            first = 1
            while True:
                tag = imap.idle()
                imap.response()
                imap.send(b"DONE\r\n")
                imap.until(tag)
                command = b"UID FETCH %d:* (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])" % first
                for response in imap.good(command):
                    if found := IDENTITY.search(response):
                        uid = UID.search(response)
                        assert uid, response
                        self.ledger.learn(KEPT, int(uid[1]), found[1].decode())
                        first = int(uid[1])

    def flag(self) -> None:
        with self.clients.Imap(self.server.ports["imap"]).log_in(KEPT) as imap:
            imap.good(b"SELECT INBOX")
            while True:
                imap.good(b"NOOP")
                with self.ledger.lock:
                    known = list(self.ledger.uids[KEPT])
                for uid in known[-20:]:
                    flag = b"\\Flagged $Killed"
                    responses = imap.good(b"UID STORE %d +FLAGS (%b)" % (uid, flag))
                    if any(b"FETCH" in r for r in responses[:-1]):
                        self.ledger.flagged.add(uid)

    def drain(self) -> None:
        """POP3: read and delete the first few; every other time hang up in place of QUIT."""
        with self.clients.Pop3(self.server.ports["pop3"]).log_in(DRAINED) as pop3:
            count = int(pop3.ask(b"STAT").split()[1])
            seen = set()
            for number in range(1, min(count, 8) + 1):
                found = IDENTITY.search(pop3.several(b"RETR %d" % number))
                assert found
                seen.add(found[1].decode())
                assert pop3.ask(b"DELE %d" % number).startswith(b"+OK")
            if self.ledger.hang_up():
                return  # the connection drops: nothing is deleted
            self.ledger.maybe_deleted |= seen
            if pop3.ask(b"QUIT").startswith(b"+OK"):
                self.ledger.deleted |= seen


def survey(server: Any, clients: Any, ledger: Ledger, address: str) -> Counter[str]:
    """What is in the mailbox after the restart; teaches the ledger all UIDs."""
    there: Counter[str] = Counter()
    with clients.Imap(server.ports["imap"]).log_in(address) as imap:
        text = b"".join(imap.good(b"EXAMINE INBOX"))
        validity = re.search(rb"UIDVALIDITY (\d+)", text)
        assert validity
        assert ledger.validity.setdefault(address, validity[1]) == validity[1]
        exists = re.search(rb"\* (\d+) EXISTS", text)
        assert exists
        if exists[1] == b"0":
            return there
        uids = []
        flags: dict[int, bytes] = {}
        command = b"FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
        for response in imap.good(command)[:-1]:
            if found := IDENTITY.search(response):
                uid = int(UID.search(response)[1])  # type: ignore[index]
                ledger.learn(address, uid, found[1].decode())
                there[found[1].decode()] += 1
                uids.append(uid)
                flags[uid] = response
        assert len(uids) == int(exists[1])
        assert uids == sorted(set(uids))
        if address == KEPT:
            lost = [u for u in ledger.flagged if b"\\Flagged" not in flags[u]]
            lost += [u for u in ledger.flagged if b"$Killed" not in flags[u]]
            assert not lost, f"flags that were answered OK are gone: UIDs {lost}"
    return there


@pytest.mark.timeout(180)
def test_nothing_promised_is_lost_over_twenty_kills(stopped_server, clients, message):
    server = stopped_server
    ledger = Ledger()
    dice = random.Random(2026)
    server.start()
    for turn in range(ROUNDS):
        ledger.enough.clear()
        ledger.goal = sum(map(len, ledger.promised.values())) + dice.randrange(60, 300)
        load = Load(server, clients, ledger, message)
        load.start()
        assert ledger.enough.wait(20), f"round {turn}: the server stopped taking mail"
        server.kill()
        load.join()
        assert not ledger.errors, f"round {turn}: {ledger.errors[:5]}"

        server.start()
        for address in (KEPT, DRAINED):
            there = survey(server, clients, ledger, address)
            assert not ledger.errors, f"round {turn}: {ledger.errors[:5]}"
            promised, tried = ledger.promised[address], ledger.tried[address]
            gone = ledger.maybe_deleted if address == DRAINED else set()
            back = ledger.deleted if address == DRAINED else set()
            where = f"round {turn}, {address}"
            assert not [i for i, n in there.items() if n > 1], f"{where}: doubled"
            assert promised - gone <= set(there), f"{where}: lost {promised - gone - set(there)}"
            assert set(there) <= tried, f"{where}: out of nowhere {set(there) - tried}"
            assert not set(there) & back, f"{where}: came back after QUIT's +OK"
    assert len(ledger.promised[KEPT]) >= ROUNDS * 15
    assert ledger.flagged
    assert ledger.deleted, "no POP3 session ever got to delete"
    assert server.stop() == 0
    assert "Traceback" not in server.stderr()
