from __future__ import annotations

import time

from fakemail.message.address import Address
from fakemail.message.envelope import envelope
from fakemail.message.header import header_of

GRAY = (Address(b"Terry Gray", None, b"gray", b"cac.washington.edu"),)


def test_the_example_of_rfc_3501():
    """RFC 3501 §8, the message of the sample connection."""
    found = envelope(
        header_of(
            b"Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n"
            b"From: Terry Gray <gray@cac.washington.edu>\r\n"
            b"Subject: IMAP4rev1 WG mtg summary and minutes\r\n"
            b"To: imap@cac.washington.edu\r\n"
            b"cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
            b"Message-Id: <B27397-0100000@cac.washington.edu>\r\n"
            b"MIME-Version: 1.0\r\n"
            b"Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n"
        )
    )
    assert found == (
        b"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)",
        b"IMAP4rev1 WG mtg summary and minutes",
        GRAY,
        GRAY,
        GRAY,
        (Address(None, None, b"imap", b"cac.washington.edu"),),
        (
            Address(None, None, b"minutes", b"CNRI.Reston.VA.US"),
            Address(b"John Klensin", None, b"KLENSIN", b"MIT.EDU"),
        ),
        None,
        None,
        b"<B27397-0100000@cac.washington.edu>",
    )


def test_absent_is_none_and_empty_texts_are_empty():
    assert envelope(header_of(b"")) == (None,) * 10
    found = envelope(header_of(b"Date:\r\nSubject: \r\nTo:\r\nFrom: \r\nMessage-ID:\r\n\r\n"))
    assert found.date == found.subject == found.message_id == b""
    assert found.to is found.from_ is found.sender is found.in_reply_to is None


def test_sender_and_reply_to_default_to_from_also_when_empty():
    found = envelope(header_of(b"From: a@b\r\nSender:\r\nReply-To: c@d\r\n\r\n"))
    assert found.sender == found.from_ == (Address(None, None, b"a", b"b"),)
    assert found.reply_to == (Address(None, None, b"c", b"d"),)


def test_repeated_fields_are_one_list_and_the_first_text_counts():
    found = envelope(header_of(b"To: a@b\r\nSubject: 1\r\nTo: c@d\r\nSubject: 2\r\n\r\n"))
    assert [address.mailbox for address in found.to] == [b"a", b"c"]
    assert found.subject == b"1"


def test_repeated_long_fields_are_bounded():
    octets = (b"From: " + b"(x) a@b, " * 11_000 + b"\r\n") * 20
    started = time.process_time()
    found = envelope(header_of(octets))
    assert len(found.from_) == 10_000
    assert time.process_time() - started < 3
