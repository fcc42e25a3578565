"""MAILBOXID, EMAILID and THREADID (RFC 8474): names that stay when mailboxes and messages move.

Nothing is stored for them. A mailbox has had its ID since it was made: it stands in the uidlist,
and goes where the folder goes. The other two are digests. EMAILID is one of all that may never
change under a UID, which is the octets and the internal date (§5.1); so it survives COPY, MOVE
and other programs, and two messages have the same only if nothing but their flags can tell them
apart. THREADID is one of the message that began the conversation: the first of References, else
In-Reply-To, else the message itself. So it needs no index, never changes (§5.2), and is the same
in every mailbox; a reply that names only its parent, as In-Reply-To does, begins a thread of its
own below the parent's reply.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from fakemail.imap.session import Session
from fakemail.message.header import Header
from fakemail.store.mailbox import Mailbox

OCTETS = 16
"""Of a digest: 128 bits, twice as many characters."""

_MESSAGE_ID = re.compile(rb"<[^<>\s]+>")


def mailbox_id(session: Session, mailbox: Mailbox) -> str:
    """MAILBOXID's value (§4); a number where the provider's are."""
    dialect = session.desk.dialect
    if dialect.texts and any("{mailbox_id}" in line for line in dialect.opening(True) or ()):
        return str(int.from_bytes(blake2b(mailbox.guid.encode(), digest_size=7).digest()))
    return f"F{mailbox.guid}"


def email_id(octets: bytes, internal_date: float) -> bytes:
    """EMAILID's value (§5.1), of a message as it goes over the wire."""
    return b"M" + _digest(octets, internal_date)


def as_number(object_id: bytes) -> int:
    """An EMAILID or THREADID as a number of 60 bits, never 0 (X-GM-MSGID, X-GM-THRID)."""
    return int(object_id[1:16], 16) or 1


def thread_id(header: Header, internal_date: float) -> bytes:
    """THREADID's value (§5.2)."""
    for name in (b"references", b"in-reply-to", b"message-id"):
        if found := _MESSAGE_ID.search(header.get(name) or b""):
            return b"T" + blake2b(found[0], digest_size=OCTETS).hexdigest().encode()
    return b"T" + _digest(header.octets, internal_date)


def _digest(octets: bytes, internal_date: float) -> bytes:
    found = blake2b(b"%d\n" % internal_date, digest_size=OCTETS)
    found.update(octets)
    return found.hexdigest().encode()
