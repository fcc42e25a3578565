"""Mail that others have kept, and what becomes of it."""

from __future__ import annotations

import mailbox
import os

from hypothesis import given
from hypothesis import strategies as st

from fakemail.store.foreign import addresses_in, place_of, quoted, read, size_of, unquoted


def test_an_mbox(tmp_path):
    path = tmp_path / "archive"
    path.write_bytes(
        b"From a@example.com Sun Nov 22 01:03:56 2026\n"
        b"Subject: one\nStatus: RO\nX-Status: F\n\nhello\n>From here\n>>From there\n\n"
        b"From nobody\n"
        b"Subject: two\n\nhello\nFrom the middle\nnot after an empty line\n"
    )
    one, two = read(path)
    assert one.octets.endswith(b"\r\n\r\nhello\r\nFrom here\r\n>From there\r\n")
    assert one.date == 1795309436.0
    assert sorted(one.flags) == ["\\Flagged", "\\Seen"]
    assert (
        two.octets == b"Subject: two\r\n\r\nhello\r\nFrom the middle\r\nnot after an empty line\r\n"
    )
    assert (two.date, two.flags, two.address, two.mailbox) == (None, (), None, "INBOX")
    assert one.taken + two.taken == size_of(path) == path.stat().st_size


def test_an_mbox_that_python_has_written(tmp_path):
    box = mailbox.mbox(tmp_path / "box")
    for number in range(3):
        box.add(f"Subject: {number}\n\nFrom {number}\n\n\n".encode())
    box.close()
    assert [kept.octets for kept in read(tmp_path / "box")] == [
        f"Subject: {number}\r\n\r\nFrom {number}\r\n\r\n\r\n".encode() for number in range(3)
    ]


def test_a_maildir_with_its_folders(tmp_path):
    box = mailbox.Maildir(tmp_path / "box")
    box.add(b"Subject: unread\n\n")
    seen = mailbox.MaildirMessage(b"Subject: seen\n\n")
    seen.set_subdir("cur")
    seen.set_flags("FS")
    box.add_folder("Work.2026").add(seen)
    (tmp_path / "box" / "new" / ".hidden").write_bytes(b"")
    inbox, work = read(tmp_path / "box")
    assert (inbox.mailbox, inbox.flags, inbox.address) == ("INBOX", (), None)
    assert inbox.octets == b"Subject: unread\r\n\r\n"
    assert (work.mailbox, sorted(work.flags)) == ("Work/2026", ["\\Flagged", "\\Seen"])
    assert size_of(tmp_path / "box") == inbox.taken + work.taken


def test_greenmails_layout(tmp_path):
    for place in ("b@example.com/INBOX/1.eml", "b@example.com/Work/2026/2.EML", "c@d.test/3.eml"):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"Subject: x\n\n")
        os.utime(path, (5, 5))
    (tmp_path / "empty@example.com").mkdir()
    (tmp_path / "readme.txt").write_text("not a message")
    assert [(kept.address, kept.mailbox, kept.date) for kept in read(tmp_path)] == [
        ("b@example.com", "INBOX", 5.0),
        ("b@example.com", "Work/2026", 5.0),
        ("c@d.test", "INBOX", 5.0),
    ]
    assert addresses_in(tmp_path) == ["b@example.com", "c@d.test", "empty@example.com"]
    assert [kept.address for kept in read(tmp_path / "c@d.test")] == [None]


def test_one_message_and_nothing(tmp_path):
    (tmp_path / "one.eml").write_bytes(b"Fromage: yes\n\n")
    assert [kept.octets for kept in read(tmp_path / "one.eml")] == [b"Fromage: yes\r\n\r\n"]
    (tmp_path / "none").mkdir()
    assert list(read(tmp_path / "none")) == []


NAMES = st.text(st.sampled_from("aZ9. %~é收:\\\x1f"), min_size=1, max_size=8)


@given(NAMES, st.lists(NAMES.filter(lambda name: name != "."), min_size=1, max_size=3))
def test_every_place_has_its_folder_and_none_leads_out(local_part, names):
    from fakemail.store.foreign import _place

    address, name = f"{local_part}@example.com", "/".join(names)
    place = place_of(address, name)
    assert _place((*place.parts, "1.eml")) == (address, name)
    assert ".." not in place.parts
    assert not any(part.startswith(".") for part in place.parts)
    assert len(place.parts) == 1 + len(names)


@given(st.binary())
def test_quoting_is_undone(octets):
    assert unquoted(quoted(octets)) == octets
    assert not any(line.startswith(b"From ") for line in quoted(octets).split(b"\n"))
