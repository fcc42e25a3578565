"""The list of all messages, beside a store that others write to."""

from __future__ import annotations

import pytest

from fakemail.clock import ManualClock
from fakemail.config import load
from fakemail.postoffice import PostOffice
from fakemail.web.mail import COMPARE_EVERY, Mail


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def office(tmp_path, clock):
    office = PostOffice(load({"data": str(tmp_path)}, {}), clock)
    yield office
    office.close()


@pytest.fixture
def mail(office):
    mail = Mail(office)
    yield mail
    mail.close()


def deliver(office, *addresses, **more):
    delivery = office.store.delivery()
    delivery.write(b"Subject: x\r\n\r\n")
    delivery.commit([office.store.home(address) for address in addresses], **more)


def test_what_was_there_before(office, clock):
    deliver(office, "a@x.test", "b@x.test")
    deliver(office, "b@x.test")
    mail = Mail(office)
    assert len(mail) == 2
    assert [len(entry.copies) for entry in mail.page(0, 10)] == [1, 2]
    again = Mail(office)
    assert again.ids() == mail.ids()


def test_nobody_is_given_folders_by_being_listed(office, mail):
    deliver(office, "a@x.test")
    mail.compare()
    assert office.store.home("a@x.test").present() == ["INBOX"]


def test_every_copy_is_told_of(office, mail):
    told = []
    stop = mail.watch(lambda entry, copy: told.append((entry.id, copy.address)))
    deliver(office, "a@x.test", "b@x.test")
    (id_,) = mail.ids()
    assert told == [(id_, "a@x.test"), (id_, "b@x.test")]
    stop()
    deliver(office, "a@x.test")
    assert len(told) == 2


def test_a_copy_in_sent_is_a_copy(office, mail):
    home = office.store.home("a@x.test")
    deliver(office, "a@x.test", also=[(home.mailbox("Sent"), ["\\Seen"])])
    (entry,) = mail.page(0, 10)
    assert sorted(copy.mailbox.name for copy in entry.copies) == ["INBOX", "Sent"]
    assert (entry.read, mail.unread) == (False, 1)
    mail.mark([entry], True)
    assert (entry.read, mail.unread) == (True, 0)


def test_other_programs_files_are_noticed_now_and_then(office, mail, clock):
    deliver(office, "a@x.test")
    folder = office.store.path("a@x.test")
    other = office.store.path("new@y.test")
    for part in ("cur", "new", "tmp"):
        (other / part).mkdir(parents=True)
    for path in (folder, other):
        text = f"Subject: for {path.name}\n\n"
        (path / "new" / "1.eml").write_text(text)
    assert len(mail.fresh()) == 1
    clock.advance(COMPARE_EVERY + 0.1)
    assert len(mail.fresh()) == 3, "one name in two mailboxes: two messages"
    said = [entry.octets() for entry in mail.page(1, 2)]
    assert sorted(said) == [b"Subject: for a\r\n\r\n", b"Subject: for new\r\n\r\n"]
    for path in (folder / "new" / "1.eml", *folder.glob("*/*,S=*")):
        path.unlink()
    clock.advance(COMPARE_EVERY + 0.1)
    (left,) = mail.fresh().page(0, 10)
    assert left.copies[0].address == "new@y.test"


def test_renamed_and_deleted_mailboxes(office, mail):
    home = office.store.home("a@x.test")
    home.create("Work")
    deliver(office, "a@x.test", mailbox="Work")
    (id_,) = mail.ids()
    home.rename("Work", "Play")
    assert mail.ids() == [id_]
    assert mail.get(id_).copies[0].mailbox.name == "Play"
    home.delete("Play")
    assert (mail.ids(), mail.unread, mail.get("latest")) == ([], 0, None)


def test_deletion_takes_all_copies(office, mail):
    deliver(office, "a@x.test", "b@x.test")
    deliver(office, "a@x.test")
    mail.delete(mail.page(1, 1))
    assert len(mail) == 1
    assert len(office.store.home("b@x.test").mailbox("INBOX").messages()) == 0


def test_who_is_closed_hears_nothing(office):
    mail = Mail(office)
    mail.close()
    deliver(office, "a@x.test")
    assert len(mail) == 0
    assert not office.store.bus


@pytest.mark.parametrize(
    "address", ["a@x.test", "Ü@x.test", "a/b@x.test", "..@x.test", "postmaster", "con@nul", "%@%"]
)
def test_addresses_are_read_back_from_folders(office, address):
    deliver(office, address)
    office.store._homes.clear()
    assert office.store.addresses() == [address.lower()]
