"""IMAP's ENVELOPE: ten fields of a header (RFC 3501 §7.4.2)."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from fakemail.message.address import MAX_ADDRESSES, MAX_OCTETS, Address, parse_addresses
from fakemail.message.header import Header

Addresses: TypeAlias = tuple[Address, ...] | None
"""None, for NIL, when the field is absent or empty."""


class Envelope(NamedTuple):
    """The envelope structure; a text is None when its field is absent."""

    date: bytes | None
    subject: bytes | None
    from_: Addresses
    sender: Addresses
    reply_to: Addresses
    to: Addresses
    cc: Addresses
    bcc: Addresses
    in_reply_to: bytes | None
    message_id: bytes | None


def envelope(header: Header) -> Envelope:
    """The envelope of a message with this header.

    Texts come from the first field of that name, unfolded, otherwise raw. Fields of addresses
    that occur more than once are read as one list. Sender and Reply-To default to From.
    """
    get = header.get
    from_ = _addresses(header, b"from")
    return Envelope(
        get(b"date"),
        get(b"subject"),
        from_,
        _addresses(header, b"sender") or from_,
        _addresses(header, b"reply-to") or from_,
        _addresses(header, b"to"),
        _addresses(header, b"cc"),
        _addresses(header, b"bcc"),
        get(b"in-reply-to"),
        get(b"message-id"),
    )


def _addresses(header: Header, name: bytes) -> Addresses:
    values = header.get_all(name)
    if len(values) == 1:
        return parse_addresses(values[0]) or None
    found: list[Address] = []
    octets = 0
    for value in values:
        if octets > MAX_OCTETS or len(found) >= MAX_ADDRESSES:
            break
        octets += len(value)
        found += parse_addresses(value, MAX_ADDRESSES - len(found))
    return tuple(found) or None
