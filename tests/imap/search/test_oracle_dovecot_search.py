"""Dovecot, asked to search the same messages; what it finds otherwise is listed with a reason."""

from __future__ import annotations

import pytest

from fakemail.imap.search.evaluate import Setting
from fakemail.imap.search.parse import parse_search
from fakemail.wire.cursor import Cursor

pytestmark = pytest.mark.oracle

UNTYPED = "a Content-Type that cannot be read means text/plain (RFC 2045 §5.2)"
ENCLOSED = "to us the headers of enclosed messages are part of the body"
DIFFERENT = {
    b"BODY this": {"msg_14.txt": UNTYPED},
    b"BODY subject:": {
        "msg_02.txt": ENCLOSED,
        "msg_06.txt": ENCLOSED,
        "msg_11.txt": ENCLOSED,
        "msg_28.txt": ENCLOSED,
        "msg_30.txt": ENCLOSED,
        "msg_46.txt": ENCLOSED,
        "delivery-status.txt": ENCLOSED,
        "disposition-notification.txt": ENCLOSED,
        "feedback-report.txt": ENCLOSED,
        "multipart-digest.txt": ENCLOSED,
        "simple-embedded-message.eml": ENCLOSED,
    },
}

KEYS = [
    b"ALL", b"1:5,10,*", b"UID 3:*", b"FROM barry", b"FROM @python", b"TO undisclosed", b"TO ppp",
    b"CC bperson", b'BCC ""', b'SUBJECT ""', b"SUBJECT test", b'SUBJECT "  "',
    b'HEADER message-id ""', b"HEADER received from", b"HEADER content-type multipart",
    b"HEADER from-x a", b"BODY the", b"BODY spam", b"BODY image", b'BODY "python list"',
    b'BODY ""', b'TEXT ""', b"TEXT content-type", b"TEXT boundary", b"TEXT zzz", b"TEXT base64",
    b"TEXT png", b"TEXT subject:", b"SENTON 20-Apr-2001", b"SENTSINCE 1-Jan-2003",
    b"LARGER 1000", b"SMALLER 1000", b"NOT TO ppp", b"OR FROM barry BODY the",
    b"CHARSET UTF-8 BODY {3}\r\n\xe6\x97\xa5", b"CHARSET UTF-8 TEXT {2}\r\n\xc3\xa9",
    *DIFFERENT, b"CHARSET ISO-2022-JP BODY {8}\r\n\x1b$BF|\x1b(B",
]  # fmt: skip


@pytest.mark.parametrize("keys", KEYS, ids=repr)
def test_both_find_the_same(dovecot, messages, keys):
    program = parse_search(Cursor(keys)).bound(Setting(len(messages), len(messages)))
    theirs = dovecot.search(keys)
    ours = {message.seq for message in messages if program.matches(message)}
    different = {messages[number - 1].name for number in ours ^ theirs}
    assert different == set(DIFFERENT.get(keys, ()))


def test_the_searches_tell_messages_apart(messages):
    """So that finding nothing anywhere is no agreement."""
    found = []
    for keys in KEYS:
        program = parse_search(Cursor(keys)).bound(Setting(len(messages), len(messages)))
        found.append(sum(map(program.matches, messages)))
    assert sum(0 < count < len(messages) for count in found) >= 20
