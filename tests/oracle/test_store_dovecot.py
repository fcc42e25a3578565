"""A real Dovecot on the same folders: what one writes, the other reads, under the same UIDs.

Dovecot runs by its administration tool, with a configuration of its own in a temporary folder. It
refuses to open mail as root, so as root we let it run as nobody and give it the folders.
"""

from __future__ import annotations

import datetime
import mailbox as stdlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakemail.clock import SystemClock
from fakemail.store.changes import Arrived, Change, Expunged, Flagged
from fakemail.store.home import Home
from fakemail.store.mailbox import Mailbox
from fakemail.store.store import Store

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(shutil.which("doveadm") is None, reason="Dovecot is not installed"),
]

Doveadm = Callable[..., str]
LF = b"Subject: from Dovecot\n\nbody\n"


@pytest.fixture
def store(base: Path) -> Iterator[Store]:
    store = Store(base / "mail", SystemClock())
    yield store
    store.close()


@pytest.fixture
def home(store: Store) -> Home:
    return store.home("alice@x.test")


@pytest.fixture
def inbox(home: Home) -> Mailbox:
    return home.mailbox("INBOX")


@pytest.fixture
def doveadm(dovecot: Callable[[str], Doveadm], home: Home) -> Doveadm:
    return dovecot(home.path)


def fetched(doveadm: Doveadm, mailbox: str = "INBOX") -> dict[int, dict[str, str]]:
    """What Dovecot says of all messages, by UID."""
    fields = "uid flags date.received size.virtual guid body"
    found = {}
    for record in doveadm("fetch", fields, "mailbox", mailbox).split("\f"):
        lines = record.strip("\n").split("\n")
        if lines != [""]:
            pairs = [line.partition(": ")[::2] for line in lines[:5]]
            body = "\n".join(lines[5:]).removeprefix("body:\n")
            facts = {**dict(pairs), "body": body}
            found[int(facts["uid"])] = facts
    return found


def flags_of(facts: dict[str, str]) -> set[str]:
    return set(facts["flags"].split()) - {"\\Recent"}


def deliver(home: Home, octets: bytes, mailbox: str = "INBOX", **options: object) -> int:
    delivery = home._shared.delivery()  # type: ignore[attr-defined]
    delivery.write(octets)
    ((_, uid),) = delivery.commit([home], mailbox=mailbox, uid_wanted=True, **options)
    assert uid is not None
    return int(uid)


def text(number: int) -> bytes:
    return b"Subject: %d\r\n\r\nbody %d\r\n" % (number, number)


def same(doveadm: Doveadm, mailbox: Mailbox, name: str = "INBOX") -> None:
    """Both sides show the same messages, flags, dates and sizes under the same UIDs."""
    mailbox.refresh()
    theirs = fetched(doveadm, name)
    assert [m.uid for m in mailbox.messages()] == sorted(theirs)
    for message in mailbox.messages():
        facts = theirs[message.uid]
        assert flags_of(facts) == message.flags
        assert int(facts["size.virtual"]) == message.size
        assert facts["guid"] == message.guid
        date = datetime.datetime.fromtimestamp(int(message.internal_date), datetime.UTC)
        assert facts["date.received"] == f"{date:%Y-%m-%d %H:%M:%S}"
        body = mailbox.read(message.uid).partition(b"\r\n\r\n")[2].decode()
        assert facts["body"].split() == body.split()


def validity(doveadm: Doveadm, mailbox: str = "INBOX") -> tuple[int, int]:
    said = doveadm("mailbox", "status", "uidvalidity uidnext", mailbox)
    fields = dict(word.split("=") for word in said.split() if "=" in word)
    return int(fields["uidvalidity"]), int(fields["uidnext"])


def test_dovecot_reads_what_we_wrote(doveadm: Doveadm, home: Home, inbox: Mailbox) -> None:
    for n in range(6):
        deliver(home, text(n), internal_date=1_000_000_000.0 + n)
    inbox.change_flags([1, 2], "add", ["\\Seen", "\\Flagged", "work", "$Forwarded"])
    inbox.change_flags([2], "remove", ["work"])
    inbox.expunge([3, 6])
    same(doveadm, inbox)
    assert validity(doveadm) == (inbox.uid_validity, inbox.uid_next) == (inbox.uid_validity, 7)


def test_we_read_what_dovecot_wrote(doveadm: Doveadm, home: Home, inbox: Mailbox) -> None:
    doveadm("save", stdin=LF)
    doveadm("save", stdin=LF * 3)
    doveadm("flags", "add", "\\Seen mine $Label1", "mailbox", "INBOX", "uid", "2")
    same(doveadm, inbox)
    assert inbox.read(1) == LF.replace(b"\n", b"\r\n")
    assert inbox.messages()[1].flags == {"\\Seen", "mine", "$Label1"}
    assert validity(doveadm) == (inbox.uid_validity, inbox.uid_next)


def test_turn_by_turn(doveadm: Doveadm, store: Store, home: Home, inbox: Mailbox) -> None:
    """Each does something, then both look; we also hear of it while we watch."""
    changes: list[Change] = []
    inbox.watch(changes.append)
    assert store.watcher is not None

    def news() -> list[Change]:
        assert store.watcher is not None
        store.watcher.ready()
        said = [c for c in changes if not (isinstance(c, Flagged) and not c.uids)]
        changes.clear()
        return said

    deliver(home, text(1))
    news()
    same(doveadm, inbox)
    doveadm("save", stdin=LF)
    assert news() == [Arrived((2,))]
    same(doveadm, inbox)
    doveadm("flags", "add", "\\Answered theirs", "mailbox", "INBOX", "uid", "1:2")
    assert {uid for c in news() if isinstance(c, Flagged) for uid in c.uids} == {1, 2}
    same(doveadm, inbox)
    inbox.change_flags([1], "add", ["ours", "\\Deleted"])
    same(doveadm, inbox)
    doveadm("expunge", "mailbox", "INBOX", "deleted")
    assert Expunged((1,)) in news()
    deliver(home, text(3))
    doveadm("save", stdin=LF)
    deliver(home, text(5))
    assert [m.uid for m in inbox.messages()] == [2, 3, 4, 5]
    same(doveadm, inbox)
    inbox.claim_recent()
    inbox.expunge([5])
    doveadm("flags", "remove", "theirs", "mailbox", "INBOX", "uid", "2")
    deliver(home, text(6))
    same(doveadm, inbox)
    assert validity(doveadm) == (inbox.uid_validity, inbox.uid_next)


def listed(doveadm: Doveadm) -> list[str]:
    """Dovecot's list; what it has no name for, a dot within a part, it shows as it is on disk."""
    names = doveadm("mailbox", "list").split("\n")[:-1]
    return sorted(name.replace("&AC4-", ".") for name in names)


def test_folders(doveadm: Doveadm, home: Home) -> None:
    home.create("Entwürfe/Sub & co")
    home.create("Work/2026")
    home.create("v.1")
    doveadm("mailbox", "create", "Dove/cote", "日本語")
    assert listed(doveadm) == sorted(home.mailboxes())
    assert not home.selectable("Dove") and home.selectable("Dove/cote")
    deliver(home, text(1), mailbox="Entwürfe/Sub & co")
    doveadm("save", "-m", "Entwürfe/Sub & co", stdin=LF)
    same(doveadm, home.mailbox("Entwürfe/Sub & co"), "Entwürfe/Sub & co")
    home.rename("Work", "Play")
    doveadm("mailbox", "rename", "Dove/cote", "Pigeon")
    home.delete("日本語")
    assert listed(doveadm) == sorted(home.mailboxes())


def test_subscriptions(doveadm: Doveadm, home: Home) -> None:
    home.create("Work/2026")
    home.subscribe("Work/2026")
    home.subscribe("Sent")
    doveadm("mailbox", "subscribe", "INBOX", "Trash")
    assert sorted(home.subscriptions()) == ["INBOX", "Sent", "Trash", "Work/2026"]
    home.unsubscribe("Trash")
    theirs = doveadm("mailbox", "list", "-s").split("\n")[:-1]
    assert sorted(theirs) == ["INBOX", "Sent", "Work/2026"]


def test_validities_are_never_shared(doveadm: Doveadm, home: Home) -> None:
    seen = [home.mailbox("INBOX").uid_validity]
    for n in range(3):
        doveadm("mailbox", "create", f"d{n}")
        seen.append(validity(doveadm, f"d{n}")[0])
        home.create(f"f{n}")
        seen.append(home.mailbox(f"f{n}").uid_validity)
    assert len(set(seen)) == len(seen)
    assert home.mailbox("d1").uid_validity == seen[3]


def test_copies_and_moves(doveadm: Doveadm, home: Home, inbox: Mailbox) -> None:
    for n in range(4):
        deliver(home, text(n), flags=["word"], internal_date=1e9 + n)
    same(doveadm, inbox)
    target = home.mailbox("Archive")
    inbox.copy([1, 2], target)
    inbox.move([3], target)
    doveadm("copy", "Archive", "mailbox", "INBOX", "uid", "4")
    doveadm("move", "Archive", "mailbox", "INBOX", "uid", "1")
    same(doveadm, target, "Archive")
    same(doveadm, inbox)
    assert [m.uid for m in target.messages()] == [1, 2, 3, 4, 5]
    doveadm("move", "INBOX", "mailbox", "Archive", "uid", "3")
    same(doveadm, inbox)


def test_a_damaged_uidlist(doveadm: Doveadm, home: Home, inbox: Mailbox) -> None:
    """We mend it in a way that Dovecot takes without a word."""
    for n in range(4):
        deliver(home, text(n))
    same(doveadm, inbox)
    path = Path(home.path) / "dovecot-uidlist"
    with path.open("ab") as file:
        file.write(b"5 :torn")
    deliver(home, text(5))
    assert [m.uid for m in inbox.messages()][-1] > 5
    same(doveadm, inbox)


def test_two_thousand_messages_and_a_rewritten_list(
    doveadm: Doveadm, home: Home, inbox: Mailbox
) -> None:
    for n in range(2000):
        delivery = home._shared.delivery()  # type: ignore[attr-defined]
        delivery.write(text(n))
        delivery.commit([home])
    inbox.messages()
    inbox.expunge(range(1, 1991))
    deliver(home, text(2000))
    assert len((Path(home.path) / "dovecot-uidlist").read_text().splitlines()) < 100
    same(doveadm, inbox)


def test_everybody_at_once(doveadm: Doveadm, home: Home, inbox: Mailbox) -> None:
    """Python's own reader, Dovecot and we, on one folder."""
    deliver(home, text(1))
    theirs = stdlib.Maildir(home.path, create=False)
    theirs.add(stdlib.MaildirMessage(LF))
    doveadm("save", stdin=LF)
    same(doveadm, inbox)
    assert len(theirs) == len(inbox.messages()) == 3
    home.create("Work")
    assert sorted(theirs.list_folders()) == sorted(home.mailboxes()[1:])
