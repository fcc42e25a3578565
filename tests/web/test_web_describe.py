"""Whatever a message is, the API can show it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemail.accounts.directory import Directory
from fakemail.clock import ManualClock
from fakemail.web.describe import Describer, iso
from fakemail.web.search import Item, query


class OneMessage:
    """An entry of the list that is not in a store."""

    id = "1"
    read = False

    def __init__(self, octets):
        self._octets = octets
        self.copies = [self]
        self.address = "a@b.test"
        self.mailbox = self
        self.name = "INBOX"
        self.uid = 1
        self.flags = frozenset({"\\Seen", "$x", "mine"})
        self.internal_date = 1e9

    def get(self, uid):
        return self

    def octets(self):
        return self._octets


def shown(octets):
    describer = Describer(Directory(None, ManualClock()))
    entry = OneMessage(octets)
    message, summary = describer.message(entry), describer.summary(entry)
    msgspec.json.encode([message, summary])
    for words in ("x", "to:x", "bcc:x", "subject:x", "has:inline", "after:2000-01-01"):
        query(words).fits(Item(entry, describer))
    return message


NAMES = st.sampled_from(
    b"From To Cc Bcc Reply-To Subject Date Message-ID Content-Type Content-Disposition Content-ID"
    b" Content-Transfer-Encoding List-Unsubscribe Return-Path".split()
)
VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"multipart/mixed; boundary=b",
            b"text/html; charset=utf-7",
            b"text/plain; charset=utf-16",
            b"=?utf-8?b?7aCA?= <=?x?q?=ff?=@=?utf-16?b?2AA=?=>",
            b"attachment; filename*=utf-8''%ED%A0%80",
            b"base64",
            b"quoted-printable",
            b"Fri, 31 Dec 9999 23:59:60 -9999",
            b"<mailto:a@b>, <http://x>",
        ]
    ),
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_message_can_be_shown(fields, body):
    header = b"".join(name + b": " + value + b"\r\n" for name, value in fields)
    part = header + b"\r\n" + body
    shown(part)
    shown(header + b"\r\n--b\r\n" + part + b"\r\n--b\r\n" + part + b"\r\n--b--")


def test_parts_within_parts_within_parts():
    octets = b"x"
    for depth in range(300):
        octets = (
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n"
            % (depth, depth, octets, depth)
        )
    assert shown(octets).structure.PartID == ""


def test_keywords_are_tags():
    assert shown(b"Subject: x\r\n\r\n").Tags == ["mine"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1e9 + 0.25, "2001-09-09T01:46:40.250Z"),
        (-1, "1969-12-31T23:59:59.000Z"),
        (1e300, "1970-01-01T00:00:00.000Z"),
    ],
)
def test_moments(seconds, text):
    assert iso(seconds) == text
